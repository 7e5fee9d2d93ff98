import { ExactNumber } from "../json/exact-number.ts";

/**
 * Converts a value of SQLite into one that text and JSON can hold. Bytes have no text of their own and become SQLite's notation
 * for them. Whole numbers that are too large for JavaScript stay exact.
 */
export function toReadable(value: unknown): unknown {
  if (typeof value === "bigint") return new ExactNumber(String(value));
  return Buffer.isBuffer(value) ? `x'${value.toString("hex")}'` : value;
}
