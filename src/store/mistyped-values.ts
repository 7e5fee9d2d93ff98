import { getTableConfig } from "drizzle-orm/sqlite-core";
import type { Warehouse } from "../database/open.ts";
import type { Table } from "../schema/table.ts";

// Each gives SQL that is true for a value that is not of the declared type. SQLite itself accepts any value in any column.
const mistyped: Readonly<Record<string, (column: string) => string>> = {
  INTEGER: (column) => `typeof(${column}) NOT IN ('integer', 'null')`,
  BOOLEAN: (column) => `${column} NOT IN (0, 1)`,
  DATE: (column) => `(date(${column}) IS NOT ${column} OR ${column} < '0001')`,
  DATETIME: (column) => `(datetime(${column}) IS NOT ${column} OR ${column} < '0001')`,
};

const expectations: Readonly<Record<string, string>> = {
  INTEGER: "whole numbers of 64 bits",
  BOOLEAN: "true or false",
  DATE: "days of the calendar",
  DATETIME: "instants of the calendar",
};

/** Values of a column that are not of its declared type. Readers that trust the type refuse them. */
export interface MistypedValues {
  readonly column: string;
  readonly rows: number;
  /** What the values should be, such as `whole numbers of 64 bits`. */
  readonly expected: string;
}

function columnsOf(table: Table) {
  const { name, columns } = getTableConfig(table);
  return {
    name,
    columns: columns.flatMap((column) => {
      const type = column.getSQLType().toUpperCase();
      const isMistyped = mistyped[type]?.(`"${column.name}"`);
      const { name: own, notNull } = column;
      return isMistyped === undefined
        ? []
        : [{ column: own, notNull, isMistyped, expected: expectations[type] ?? type }];
    }),
  };
}

/** Finds the values of an account's rows that are not of their declared type, in one pass over the table. */
export function countMistypedValues({ sqlite }: Warehouse, account: string, table: Table): MistypedValues[] {
  const { name, columns } = columnsOf(table);
  const counts = columns.map(({ isMistyped }) => `count(*) FILTER (WHERE ${isMistyped})`);
  const [row = []] = sqlite
    .prepare<[string], number[]>(`SELECT ${counts.join(", ")} FROM "${name}" WHERE account = ?`)
    .raw()
    .all(account);
  return columns.flatMap(({ column, expected }, index) => {
    const rows = row[index] ?? 0;
    return rows === 0 ? [] : [{ column, rows, expected }];
  });
}

/** Sets such values to NULL, where the column may be NULL. */
export function clearMistypedValues({ sqlite }: Warehouse, account: string, table: Table): void {
  const { name, columns } = columnsOf(table);
  for (const { column, notNull, isMistyped } of columns) {
    if (!notNull)
      sqlite
        .prepare(`UPDATE "${name}" SET "${column}" = NULL WHERE account = ? AND ${isMistyped}`)
        .run(account);
  }
}
