import { getShape, type Table } from "../schema/table.ts";

/** The values of the columns that a record's key consists of. */
export function splitKey(key: string, columns: number): string[] {
  return columns === 1 ? [key] : key.split("/").slice(0, columns);
}

/**
 * An SQL expression for the key of the record that a row of this table belongs to. It is text: beside a number, and a date may be one to
 * SQLite, the index of the records would not find a key.
 */
export function selectRecordKey(table: Table, alias: string): string {
  const columns = getShape(table).key.slice(1);
  return columns.map((column) => `CAST(${alias}."${column}" AS TEXT)`).join(" || '/' || ") || "''";
}
