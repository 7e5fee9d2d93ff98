import { ExactNumber } from "./exact-number.ts";

/** A copy for who knows no exact numbers: each becomes the JavaScript number that has its value, or else a text of its digits. */
export function javascriptValues(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof ExactNumber) return value.number ?? value.digits;
  if (Array.isArray(value)) return value.map(javascriptValues);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, javascriptValues(each)]));
}
