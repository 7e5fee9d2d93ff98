import type { Value } from "../schema/columns.ts";

/** Hundredths as people read them. */
export function formatCents(cents: number): string {
  return (cents / 100).toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

/** A number with what it counts. */
export function formatCount(number: number, one: string, several = `${one}s`): string {
  return `${number} ${number === 1 ? one : several}`;
}

const longest = 100;

/** A value that cannot be taken for another one: text in quotes, and not more than a line of it. */
export function quoteValue(value: Value | undefined): string {
  if (value === null || value === undefined) return "NULL";
  const isNumber = typeof value === "number" || typeof value === "bigint";
  const text = isNumber ? String(value) : JSON.stringify(value.toString());
  return text.length > longest ? `${text.slice(0, longest).toWellFormed()}…` : text;
}
