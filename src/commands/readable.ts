import { ExactNumber, shortened } from "../json/exact-number.ts";

/**
 * A value of SQLite as text and JSON can hold it: bytes have no text of their own and come in SQLite's notation for them, whole numbers
 * that JavaScript's do not hold come as exact ones.
 */
export function readable(value: unknown): unknown {
  if (typeof value === "bigint") {
    const number = shortened(value);
    return typeof number === "bigint" ? new ExactNumber(String(number)) : number;
  }
  return Buffer.isBuffer(value) ? `x'${value.toString("hex")}'` : value;
}
