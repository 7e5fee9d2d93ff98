import { getTableConfig } from "drizzle-orm/sqlite-core";
import type { Warehouse } from "../database/open.ts";
import type { Table } from "../schema/table.ts";

// What is true of a value that is not of the declared type. SQLite itself keeps anything in any column.
const wrong: Readonly<Record<string, (column: string) => string>> = {
  INTEGER: (column) => `typeof(${column}) NOT IN ('integer', 'null')`,
  BOOLEAN: (column) => `${column} NOT IN (0, 1)`,
  DATE: (column) => `(date(${column}) IS NOT ${column} OR ${column} < '0001')`,
  DATETIME: (column) => `(datetime(${column}) IS NOT ${column} OR ${column} < '0001')`,
};

const words: Readonly<Record<string, string>> = {
  INTEGER: "no whole number of 64 bits",
  BOOLEAN: "neither true nor false",
  DATE: "no day of the calendar",
  DATETIME: "no instant of the calendar",
};

/** Values of a column that are not of its declared type, which readers that trust the type refuse. */
export interface MistypedValues {
  readonly column: string;
  readonly rows: number;
  /** Such as `no whole number of 64 bits`. */
  readonly found: string;
}

function columnsOf(table: Table) {
  const { name, columns } = getTableConfig(table);
  return {
    name,
    columns: columns.flatMap((column) => {
      const type = column.getSQLType().toUpperCase();
      const isWrong = wrong[type]?.(`"${column.name}"`);
      const { name: own, notNull } = column;
      return isWrong === undefined ? [] : [{ column: own, notNull, isWrong, found: words[type] ?? type }];
    }),
  };
}

/** The values of an account's rows that are not of their declared type; one pass over the table. */
export function countMistypedValues({ sqlite }: Warehouse, account: string, table: Table): MistypedValues[] {
  const { name, columns } = columnsOf(table);
  const counts = columns.map(({ isWrong }) => `count(*) FILTER (WHERE ${isWrong})`);
  const [row = []] = sqlite
    .prepare<[string], number[]>(`SELECT ${counts.join(", ")} FROM "${name}" WHERE account = ?`)
    .raw()
    .all(account);
  return columns.flatMap(({ column, found }, index) => {
    const rows = row[index] ?? 0;
    return rows === 0 ? [] : [{ column, rows, found }];
  });
}

/** Makes NULL of such values, where the column may be NULL. */
export function clearMistypedValues({ sqlite }: Warehouse, account: string, table: Table): void {
  const { name, columns } = columnsOf(table);
  for (const { column, notNull, isWrong } of columns) {
    if (!notNull)
      sqlite.prepare(`UPDATE "${name}" SET "${column}" = NULL WHERE account = ? AND ${isWrong}`).run(account);
  }
}
