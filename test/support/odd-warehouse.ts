import { openWarehouse } from "../../src/database/open.ts";
import {
  createDictionary,
  createDictionaryRows,
  type DictionaryTable,
} from "../../src/dictionary/dictionary.ts";
import type { Value } from "../../src/schema/columns.ts";

type Column = DictionaryTable["columns"][number];

/** A table that nobody has filled, and one that only one of the accounts has filled. */
export const emptyTable = "tasks";
export const halfEmptyTable = "notes";

const accounts = ["default", "eu-west"] as const;

// One value of each type in each row. The last rows have the unusual values.
const values: Readonly<Record<string, readonly (Value | bigint)[]>> = {
  TEXT: ["plain", 'says "no", twice', "two\nlines\r\nand, a comma", "梅 – Käse 🧀", " ", "NULL", ""],
  INTEGER: [1, 0, -1, -1999, 7, 123_456_789, 9_007_199_254_740_993n],
  DOUBLE: [1.5, 0, -0.1, 1e-9, 0.1 + 0.2, 12, -1e15],
  BOOLEAN: [1, 0, 1, 0, 1, 0, 1],
  DATE: [
    "2024-02-29",
    "1969-12-31",
    "1900-01-01",
    "2025-01-01",
    "0999-05-06",
    "2099-12-31",
    "1970-01-01",
    "2001-02-03",
  ],
  DATETIME: [
    "2024-02-29 23:59:59",
    "1969-12-31 23:59:59",
    "1900-01-01 00:00:00",
    "2025-01-01 12:00:00",
    "0999-05-06 01:02:03",
    "2099-12-31 00:00:00",
    "1970-01-01 00:00:00",
  ],
  BLOB: ["", "a", "ab", "abc", "\u0000\u00ff", "\n", '"'].map((text) => Buffer.from(text, "latin1")),
};

/** In main units, as a division by 100 gives them. */
const amounts = [-19.99, 0, 0.01, 1234.5, 9_007_199_254_740.99];

/** Makes a warehouse of two accounts whose tables hold every kind of value, whatever columns there are; the last row is all NULL that may be. */
export function fillOddly(path: string): void {
  const warehouse = openWarehouse(path, { dictionary: createDictionaryRows() });
  try {
    for (const account of accounts) {
      for (const table of createDictionary().filter((table) => isFilled(table, account))) {
        const columns = table.columns.map(({ name }) => `"${name}"`).join(", ");
        const places = table.columns.map(() => "?").join(", ");
        const insert = warehouse.sqlite.prepare(
          `INSERT INTO "${table.name}" (${columns}) VALUES (${places})`,
        );
        for (let row = 0; row < rowsOf(table); row += 1) {
          insert.run(table.columns.map((column) => oddValue(column, account, row, isMoney(table, column))));
        }
      }
    }
  } finally {
    warehouse.close();
  }
}

function isFilled({ name, columns }: DictionaryTable, account: string): boolean {
  const hasAccount = columns.some((column) => column.name === "account");
  if (!hasAccount) return name !== "data_dictionary" && account === "default";
  return name !== emptyTable && !(name === halfEmptyTable && account !== "default");
}

/** A table whose key is the account alone has one row for each. */
function rowsOf({ primary_key }: DictionaryTable): number {
  return primary_key.length === 1 ? 1 : 8;
}

/** Whether a column has an amount in main units with its hundredths in another one. */
export function isMoney(
  { columns }: DictionaryTable,
  { name, type }: { name: string; type: string },
): boolean {
  return type === "DOUBLE" && columns.some((column) => column.name === `${name}_in_cents`);
}

function oddValue(
  { name, type, nullable, in_primary_key }: Column,
  account: string,
  row: number,
  isAmount: boolean,
) {
  if (name === "account") return account;
  const own = isAmount ? amounts : (values[type] ?? []);
  if (row === 7 && nullable) return null;
  // The largest amount with hundredths that a reader of JSON, which has floating point numbers, keeps exact.
  if (row === 6 && name.endsWith("_in_cents")) return 900_719_925_474_099n;
  if (!in_primary_key) return own[row % own.length];
  if (type === "TEXT") return `${own[row % own.length]}-${row}`;
  if (type === "INTEGER") return row - 3;
  return own[row % own.length];
}
