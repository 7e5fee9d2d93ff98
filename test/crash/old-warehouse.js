import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import Database from "better-sqlite3";
import { drizzle } from "drizzle-orm/better-sqlite3";
import { migrate } from "drizzle-orm/better-sqlite3/migrator";

const migrations = join(import.meta.dirname, "../../migrations");
const journalIn = (folder) => join(folder, "meta/_journal.json");
const journal = JSON.parse(readFileSync(journalIn(migrations), "utf8"));

/** The `user_version` of a warehouse that is up to date. */
export const schemaVersion = journal.entries.length;

/**
 * Makes a warehouse as the program left it that knew only the first `version` migrations, with the rows that the
 * warehouse `filled` has, as far as there were such tables and columns then.
 */
export function makeOldWarehouse(path, version, filled) {
  const folder = mkdtempSync(join(dirname(path), "migrations-"));
  const sqlite = new Database(path);
  try {
    cpSync(migrations, folder, { recursive: true });
    const entries = journal.entries.slice(0, version);
    writeFileSync(journalIn(folder), JSON.stringify({ ...journal, entries }));
    sqlite.pragma("foreign_keys = OFF");
    migrate(drizzle(sqlite), { migrationsFolder: folder });
    sqlite.prepare("ATTACH ? AS filled").run(filled);
    sqlite.pragma(`application_id = ${sqlite.pragma("filled.application_id", { simple: true })}`);
    sqlite.pragma(`user_version = ${version}`);
    copyRows(sqlite);
  } finally {
    sqlite.close();
    rmSync(folder, { recursive: true });
  }
}

function copyRows(sqlite) {
  const tables = sqlite.prepare(
    `SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
       AND name <> '__drizzle_migrations' AND name IN (SELECT name FROM filled.sqlite_master)`,
  );
  const columns = sqlite.prepare(
    `SELECT name FROM pragma_table_info(?, 'main')
     WHERE name IN (SELECT name FROM pragma_table_info(?, 'filled'))`,
  );
  for (const table of tables.pluck().all()) {
    const shared = columns.pluck().all(table, table);
    const list = shared.map((column) => `"${column}"`).join(", ");
    sqlite.exec(`INSERT INTO main."${table}" (${list}) SELECT ${list} FROM filled."${table}"`);
  }
}
