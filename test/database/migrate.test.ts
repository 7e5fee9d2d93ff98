import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { openWarehouse } from "../../src/database/open.ts";
import { openReadOnly } from "../../src/database/open-read-only.ts";
import { WarehouseError } from "../../src/errors.ts";
import { temporaryFolder } from "../support/folder.ts";

/** Invented migrations as drizzle-kit writes them. */
function migrationsOf(...files: string[]): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "meta"));
  const entries = files.map((sql, idx) => {
    const tag = `000${idx}_invented`;
    writeFileSync(join(folder, `${tag}.sql`), sql);
    return { idx, version: "6", when: 1_700_000_000_000 + idx, tag, breakpoints: true };
  });
  writeFileSync(join(folder, "meta", "_journal.json"), JSON.stringify({ version: "7", entries }));
  return folder;
}

const first = "CREATE TABLE guests (name text);";
const second = "ALTER TABLE guests ADD room text;--> statement-breakpoint\nCREATE TABLE rooms (number text);";
const oldTables = () => migrationsOf(first);
const newTables = () => migrationsOf(first, second);

/** A warehouse with the tables of the first migration and a guest. */
function oldWarehouse(): { path: string; copy: string } {
  const path = join(temporaryFolder(), "warehouse.db");
  const warehouse = openWarehouse(path, { migrations: oldTables() });
  warehouse.sqlite.exec("INSERT INTO guests VALUES ('Ida')");
  warehouse.close();
  return { path, copy: `${path}.before-migration` };
}

/** What differs between two states of the file. */
function state(path: string) {
  const sqlite = new Database(path, { readonly: true });
  try {
    return {
      version: sqlite.pragma("user_version", { simple: true }),
      id: sqlite.pragma("application_id", { simple: true }),
      mode: sqlite.pragma("journal_mode", { simple: true }),
      schema: sqlite.prepare("SELECT name, sql FROM sqlite_master ORDER BY name").all(),
      migrations: sqlite.prepare("SELECT created_at FROM __drizzle_migrations").pluck().all(),
      guests: sqlite.prepare("SELECT * FROM guests").all(),
    };
  } finally {
    sqlite.close();
  }
}

function failureOf(path: string, migrations: string): WarehouseError {
  try {
    openWarehouse(path, { migrations, tables: ["guests", "rooms"] }).close();
  } catch (error) {
    if (error instanceof WarehouseError) return error;
    throw error;
  }
  throw new Error("it did not fail");
}

test("an old warehouse gets the new tables, keeps its rows, and has no copy beside it in the end", () => {
  const { path } = oldWarehouse();
  openWarehouse(path, { migrations: newTables() }).close();
  expect(state(path)).toMatchObject({
    version: 102,
    mode: "delete",
    migrations: [1_700_000_000_000, 1_700_000_000_001],
    guests: [{ name: "Ida", room: null }],
  });
  expect(readdirSync(join(path, ".."))).toEqual(["warehouse.db"]);
});

test("an old warehouse is not read before a sync has given it the new tables", () => {
  const { path } = oldWarehouse();
  expect(() => openReadOnly(path, newTables())).toThrow("was written by an older version");
  openWarehouse(path, { migrations: newTables() }).close();
  openReadOnly(path, newTables()).close();
});

test.each([
  [
    "in its statements",
    "ALTER TABLE guests ADD room text;--> statement-breakpoint\nDROP TABLE rooms;",
    "rooms",
  ],
  // As SQLite does by itself when the disk is full.
  [
    "and SQLite rolls back by itself",
    `CREATE TABLE rooms (number text);--> statement-breakpoint
     CREATE TRIGGER full BEFORE INSERT ON rooms BEGIN SELECT RAISE(ROLLBACK, 'no space'); END;--> statement-breakpoint
     INSERT INTO rooms VALUES ('12');`,
    "no space",
  ],
  ["because a table would be missing", "ALTER TABLE guests ADD room text;", "no table rooms"],
])("a migration that fails %s leaves the file as it was and names the copy", (_, sql, reason) => {
  const { path, copy } = oldWarehouse();
  const before = state(path);
  const { message, hint } = failureOf(path, migrationsOf(first, sql));
  expect(message).toContain(reason);
  expect(message).toContain(`the file is as it was, and a copy of it is ${copy}`);
  expect(hint).toContain("use the version that wrote the file");
  expect(state(path)).toEqual(before);
  expect(state(copy)).toEqual(before);
  expect(readdirSync(join(path, "..")).sort()).toEqual(["warehouse.db", "warehouse.db.before-migration"]);

  openWarehouse(path, { migrations: newTables() }).close();
  expect(state(path)).toMatchObject({ version: 102, guests: [{ name: "Ida", room: null }] });
  expect(existsSync(copy)).toBe(false);
});

test("a new warehouse whose first migration fails is not kept, and the error names no copy", () => {
  const path = join(temporaryFolder(), "warehouse.db");
  expect(failureOf(path, migrationsOf("CREATE TABEL guests (name text);")).message).toMatch(
    /could not be brought up to date: .*; the file is as it was$/,
  );
  openWarehouse(path, { migrations: oldTables() }).close();
  expect(state(path)).toMatchObject({ version: 101, guests: [] });
});

test("where the copy cannot be written nothing is migrated", () => {
  const { path, copy } = oldWarehouse();
  mkdirSync(copy);
  const before = state(path);
  const { message, hint } = failureOf(path, newTables());
  expect(message).toMatch(/^cannot copy .*warehouse\.db\.before-migration.*; nothing was changed$/);
  expect(hint).toMatch(/MB of disk space/);
  expect(state(path)).toEqual(before);
});

test("a copy that an attempt left behind is replaced while the file is old", () => {
  const { path, copy } = oldWarehouse();
  writeFileSync(copy, "half a copy");
  const before = state(path);
  failureOf(path, migrationsOf(first, "DROP TABLE rooms;"));
  expect(state(copy)).toEqual(before);
});

test("a copy that an attempt left behind is removed when the file is up to date", () => {
  const { path, copy } = oldWarehouse();
  writeFileSync(copy, "half a copy");
  openWarehouse(path, { migrations: oldTables() }).close();
  expect(existsSync(copy)).toBe(false);
  expect(state(path).guests).toEqual([{ name: "Ida" }]);
});

test("nobody may read the copy who may not read the warehouse", () => {
  const path = join(temporaryFolder(), "warehouse.db");
  writeFileSync(path, "", { mode: 0o600 });
  openWarehouse(path, { migrations: oldTables() }).close();
  failureOf(path, migrationsOf(first, "DROP TABLE rooms;"));
  expect(statSync(`${path}.before-migration`).mode & 0o777).toBe(0o600);
});

test("triggers of ours do not keep a table from being made again", () => {
  const { path } = oldWarehouse();
  const sqlite = new Database(path);
  sqlite.exec(
    "CREATE TABLE rooms (number text); CREATE TRIGGER sync_stale_rooms AFTER INSERT ON rooms BEGIN UPDATE guests SET name = NEW.number; END",
  );
  sqlite.close();
  const rebuilt =
    "CREATE TABLE __new_guests (name text, room text);--> statement-breakpoint\nINSERT INTO __new_guests SELECT name, NULL FROM guests;--> statement-breakpoint\nDROP TABLE guests;--> statement-breakpoint\nALTER TABLE __new_guests RENAME TO guests;--> statement-breakpoint\nALTER TABLE guests DROP COLUMN room;";
  const warehouse = openWarehouse(path, { migrations: migrationsOf(first, rebuilt) });
  expect(warehouse.sqlite.prepare("SELECT name FROM guests").pluck().all()).toEqual(["Ida"]);
  expect(
    warehouse.sqlite.prepare("SELECT count(*) FROM sqlite_schema WHERE type = 'trigger'").pluck().get(),
  ).toBe(0);
  warehouse.close();
});
