import type { Warehouse } from "../database/open.ts";
import { shorten } from "../json/exact-number.ts";
import type { Value } from "../schema/columns.ts";
import { getShape, type Table } from "../schema/table.ts";
import { splitKey } from "./record-key.ts";
import type { RecordTables } from "./record-tables.ts";

/** The rows of one record as they are stored. */
export interface StoredRows {
  readonly row: readonly Value[];
  readonly children: readonly (readonly (readonly Value[])[])[];
}

/**
 * Prepares reading the rows of one record as a resource's mapping gives them, children in the order of their keys. Behind its own
 * columns each row has those that the mapping does not fill: `synced_at` and the marks of deletion.
 */
export function prepareRowReader(
  { sqlite }: Warehouse,
  account: string,
  { table, children }: Pick<RecordTables, "table" | "children">,
) {
  const columnsOf = (of: Table) => {
    const [, ...columns] = Object.keys(getShape(of).columns);
    return columns.map((column) => `"${column}"`).join(", ");
  };
  const own = getShape(table);
  const isRow = own.key.map((column) => `"${column}" = ?`).join(" AND ");
  const row = sqlite
    .prepare<string[], Value[]>(`SELECT ${columnsOf(table)} FROM "${own.name}" WHERE ${isRow}`)
    .raw()
    .safeIntegers();
  const rowsOfChildren = children.map((child) => {
    const { name, key } = getShape(child.table);
    return sqlite
      .prepare<string[], Value[]>(
        `SELECT ${columnsOf(child.table)} FROM "${name}" WHERE account = ? AND "${key[1]}" = ?
         ORDER BY ${key.map((column) => `"${column}"`).join(", ")}`,
      )
      .raw()
      .safeIntegers();
  });
  return (key: string): StoredRows | undefined => {
    const found = row.get(account, ...splitKey(key, own.key.length - 1));
    return (
      found && {
        row: found.map(asMapped),
        children: rowsOfChildren.map((child) => child.all(account, key).map((each) => each.map(asMapped))),
      }
    );
  };
}

function asMapped(value: Value): Value {
  return typeof value === "bigint" ? shorten(value) : value;
}
