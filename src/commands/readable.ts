/** A value of SQLite as text and JSON can hold it: bytes have no text of their own and come in SQLite's notation for them. */
export function readable(value: unknown): unknown {
  return Buffer.isBuffer(value) ? `x'${value.toString("hex")}'` : value;
}
