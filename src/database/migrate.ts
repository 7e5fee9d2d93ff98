import { chmodSync, statSync } from "node:fs";
import type Database from "better-sqlite3";
import { readMigrationFiles } from "drizzle-orm/migrator";
import { WarehouseError } from "../errors.ts";
import { findCopyHint, writeCopy } from "./copy.ts";
import { applicationId, schemaVersion } from "./schema-version.ts";
import { findSqliteHint } from "./sqlite-errors.ts";

/** Gives the path of the copy that is made before tables are changed. The copy is removed after the change. */
export function copyOf(path: string): string {
  return `${path}.before-migration`;
}

/**
 * Copies the warehouse beside itself, and replaces the copy of an interrupted attempt. Throws a WarehouseError if the copy cannot
 * be written; it then leaves no copy, and has changed nothing.
 */
export function copyBeforeMigration(sqlite: Database.Database, path: string): void {
  const copy = copyOf(path);
  const { mode, size } = statSync(path);
  try {
    writeCopy(sqlite, copy);
    chmodSync(copy, mode & 0o777);
  } catch (cause) {
    throw new WarehouseError(
      `cannot copy ${path} to ${copy}, which must be done before its tables are brought up to date: ${messageOf(cause)}; nothing was changed`,
      {
        hint: `${findCopyHint(cause, size)} Then sync again.`,
        cause,
      },
    );
  }
}

interface Migrating {
  readonly path: string;
  readonly migrations: string;
  /** True if the file was copied before. */
  readonly copied: boolean;
  /** The tables that must exist after the migration. */
  readonly tables: readonly string[];
  /** Stores the data dictionary of the new tables. */
  readonly describe: () => void;
}

/**
 * Brings the tables up to date and sets `user_version`, in one transaction. If that fails, throws a WarehouseError that names the copy, and
 * leaves the file as it was.
 *
 * Drizzle's own `migrate` hides the error when SQLite itself rolls back, as it does on a full disk: it says only "Failed to run the query
 * 'ROLLBACK'". The table of applied migrations has the name that drizzle gives it.
 */
export function migrate(
  sqlite: Database.Database,
  { path, migrations, copied, tables, describe }: Migrating,
): void {
  const all = sqlite.transaction(() => {
    sqlite.exec(
      "CREATE TABLE IF NOT EXISTS __drizzle_migrations (id INTEGER PRIMARY KEY NOT NULL, hash TEXT NOT NULL, created_at INTEGER NOT NULL)",
    );
    const latest = sqlite.prepare("SELECT max(created_at) FROM __drizzle_migrations").pluck().get() ?? 0;
    const record = sqlite.prepare("INSERT INTO __drizzle_migrations (hash, created_at) VALUES (?, ?)");
    for (const { sql, hash, folderMillis } of readMigrationFiles({ migrationsFolder: migrations })) {
      if (folderMillis <= Number(latest)) continue;
      dropTriggers(sqlite);
      for (const statement of sql) sqlite.exec(statement);
      record.run(hash, folderMillis);
    }
    refuseMissingTables(sqlite, tables);
    describe();
    sqlite.pragma(`application_id = ${applicationId}`);
    sqlite.pragma(`user_version = ${schemaVersion(migrations)}`);
  });
  try {
    all.immediate();
  } catch (cause) {
    const copy = copied ? `, and a copy of it is ${copyOf(path)}` : "";
    throw new WarehouseError(
      `the tables of ${path} could not be brought up to date: ${messageOf(cause)}; the file is as it was${copy}`,
      { hint: findSqliteHint(cause) ?? "Report it, and use the version that wrote the file.", cause },
    );
  }
}

/** A trigger that names a table or a column would not let it be made again. Whoever needs triggers creates the missing ones. */
function dropTriggers(sqlite: Database.Database): void {
  const names = sqlite
    .prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name GLOB 'sync_*'")
    .pluck();
  for (const name of names.all()) sqlite.exec(`DROP TRIGGER "${name}"`);
}

/** Refuses a file that lacks tables: a migration may run without an error and still be the wrong one. */
function refuseMissingTables(sqlite: Database.Database, tables: readonly string[]): void {
  const there = new Set(sqlite.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all());
  const missing = tables.filter((name) => !there.has(name));
  if (missing.length > 0) throw new Error(`there would be no table ${missing.join(", ")}`);
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
