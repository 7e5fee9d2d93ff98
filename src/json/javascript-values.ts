import { ExactNumber } from "./exact-number.ts";

/** Copies a value without exact numbers: each becomes the JavaScript number of its value, or a text of its digits. */
export function toJavascriptValues(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof ExactNumber) return value.number ?? value.digits;
  if (Array.isArray(value)) return value.map(toJavascriptValues);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, toJavascriptValues(each)]));
}
