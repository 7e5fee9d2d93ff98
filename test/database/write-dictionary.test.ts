import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { openWarehouse } from "../../src/database/open.ts";
import { ownMigrations } from "../../src/database/schema-version.ts";
import { createDictionaryRows } from "../../src/dictionary/dictionary.ts";
import { WarehouseError } from "../../src/errors.ts";
import type { DictionaryRow } from "../../src/schema/sync-tables.ts";
import { temporaryFolder } from "../support/folder.ts";
import { newWarehouse } from "../support/syncing.ts";

const rows = createDictionaryRows();
const [first] = rows;
if (!first) throw new Error("the dictionary is empty");

/** Opens the warehouse with this dictionary and gives the stored one and how many rows that has written. */
function opened(path: string, dictionary?: readonly DictionaryRow[], migrations = ownMigrations) {
  const { sqlite, close } = openWarehouse(path, { dictionary, migrations });
  try {
    return {
      stored: sqlite.prepare("SELECT * FROM data_dictionary ORDER BY rowid").all(),
      written: sqlite.prepare("SELECT total_changes()").pluck().get(),
    };
  } finally {
    close();
  }
}

/** The migrations of this version behind an invented first one that makes no dictionary; and those of a version with that one alone. */
function inventedMigrations(): { old: string; present: string } {
  const first = { idx: 0, version: "6", when: 1_700_000_000_000, tag: "0000_invented", breakpoints: true };
  const journal = JSON.parse(readFileSync(join(ownMigrations, "meta/_journal.json"), "utf8")) as {
    entries: object[];
  };
  const folderWith = (entries: readonly object[]) => {
    const folder = join(temporaryFolder(), "migrations");
    cpSync(ownMigrations, folder, { recursive: true });
    writeFileSync(join(folder, "0000_invented.sql"), "CREATE TABLE guests (name text);");
    writeFileSync(join(folder, "meta/_journal.json"), JSON.stringify({ ...journal, entries }));
    return folder;
  };
  return { old: folderWith([first]), present: folderWith([first, ...journal.entries]) };
}

/** The version of the tables and what they are. */
function schemaOf(path: string) {
  const sqlite = new Database(path, { readonly: true });
  try {
    return [sqlite.pragma("user_version"), sqlite.prepare("SELECT * FROM sqlite_master").all()];
  } finally {
    sqlite.close();
  }
}

test("a dictionary that cannot be stored leaves the tables as old as they were", () => {
  const path = newWarehouse();
  const { old, present } = inventedMigrations();
  openWarehouse(path, { migrations: old }).close();
  const before = schemaOf(path);
  expect(() => opened(path, [first, first], present)).toThrow(WarehouseError);
  expect(schemaOf(path)).toEqual(before);
});

test("a dictionary that cannot be stored leaves the one of before", () => {
  const path = newWarehouse();
  opened(path, rows);
  expect(() => opened(path, [first, first])).toThrow(WarehouseError);
  expect(opened(path).stored).toEqual(rows);
});

test("an older warehouse gets the dictionary together with its table", () => {
  const path = newWarehouse();
  const { old, present } = inventedMigrations();
  openWarehouse(path, { migrations: old }).close();
  expect(opened(path, rows, present).stored).toEqual(rows);
});

test("a dictionary that has not changed is not written again", () => {
  const path = newWarehouse();
  opened(path, rows);
  expect(opened(path, rows)).toEqual({ stored: rows, written: 0 });
});

test("a changed meaning, a column that is gone and a changed order are written", () => {
  const path = newWarehouse();
  opened(path, rows);
  const next = rows.slice(1).reverse();
  const [last, ...others] = next;
  if (!last) throw new Error("the dictionary has one row");
  const changed = [{ ...last, meaning: "Something else." }, ...others];
  expect(opened(path, changed).stored).toEqual(changed);
});
