import { getShape, type Table } from "../schema/table.ts";

/** Splits a record's key into the values of its columns. */
export function splitKey(key: string, columns: number): string[] {
  return columns === 1 ? [key] : key.split("/").slice(0, columns);
}

/**
 * Gives an SQL expression for the key of the record that a row of this table belongs to. The expression is text. SQLite may take
 * a date for a number, and compared with a number the index of the records would not find a key.
 */
export function selectRecordKey(table: Table, alias: string): string {
  const columns = getShape(table).key.slice(1);
  return columns.map((column) => `CAST(${alias}."${column}" AS TEXT)`).join(" || '/' || ") || "''";
}
