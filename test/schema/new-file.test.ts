import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { openWarehouse } from "../../src/database/open.ts";
import { createDictionaryRows } from "../../src/dictionary/dictionary.ts";
import { newWarehouse } from "../support/syncing.ts";

interface ColumnOfFile {
  readonly table: string;
  readonly name: string;
  readonly type: string;
  readonly notnull: number;
  readonly pk: number;
}

function columnsOfNewFile(): ColumnOfFile[] {
  const path = newWarehouse();
  openWarehouse(path, { dictionary: createDictionaryRows() }).close();
  const sqlite = new Database(path, { readonly: true });
  try {
    return sqlite
      .prepare<[], ColumnOfFile>(
        `SELECT master.name AS "table", info.* FROM sqlite_master AS master, pragma_table_info(master.name) AS info
         WHERE master.type = 'table'`,
      )
      .all();
  } finally {
    sqlite.close();
  }
}

test("every table has row numbers: DuckDB cannot count the rows of one WITHOUT ROWID", () => {
  const path = newWarehouse();
  openWarehouse(path).close();
  const sqlite = new Database(path, { readonly: true });
  onTestFinished(() => void sqlite.close());
  const tables = sqlite
    .prepare<[], { name: string; wr: number }>("SELECT name, wr FROM pragma_table_list WHERE schema = 'main'")
    .all();
  expect(tables.length).toBeGreaterThan(40);
  expect(tables.filter(({ wr }) => wr === 1)).toEqual([]);
});

const named = (columns: readonly ColumnOfFile[]) => columns.map(({ table, name }) => `${table}.${name}`);

test("no column of a primary key may be NULL, in any table of the file", () => {
  const keys = columnsOfNewFile().filter(({ pk }) => pk > 0);
  expect(keys.length).toBeGreaterThan(100);
  expect(named(keys.filter(({ notnull }) => notnull === 0))).toEqual([]);
});

test("numbers with decimals are declared DOUBLE, which no converter takes for 4 bytes", () => {
  const columns = columnsOfNewFile();
  expect(named(columns.filter(({ type }) => /REAL|FLOAT/i.test(type)))).toEqual([]);
  expect(columns.filter(({ type }) => type === "DOUBLE").length).toBeGreaterThan(50);
});

test("the data dictionary gives the type of each column, and whether it may be NULL", () => {
  const declared = columnsOfNewFile()
    .filter(({ table }) => table !== "__drizzle_migrations" && !table.startsWith("sqlite_"))
    .map(({ table, name, type, notnull, pk }) => [table, name, type, Number(notnull === 0), Number(pk > 0)]);
  const documented = createDictionaryRows().map((row) => [
    row.table_name,
    row.column_name,
    row.type,
    row.nullable,
    row.in_primary_key,
  ]);
  expect(documented.map(String).sort()).toEqual(declared.map(String).sort());
});
