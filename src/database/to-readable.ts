import { ExactNumber } from "../json/exact-number.ts";

/**
 * A value of SQLite as text and JSON can hold it: bytes have no text of their own and come in SQLite's notation for them, whole numbers
 * that JavaScript's do not hold come as exact ones.
 */
export function toReadable(value: unknown): unknown {
  if (typeof value === "bigint") return new ExactNumber(String(value));
  return Buffer.isBuffer(value) ? `x'${value.toString("hex")}'` : value;
}
