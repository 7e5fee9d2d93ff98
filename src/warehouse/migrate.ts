import { chmodSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type Database from "better-sqlite3";
import { readMigrationFiles } from "drizzle-orm/migrator";
import { WarehouseError } from "../errors.ts";
import { hintForCopy, writeCopy } from "./copy.ts";
import { hintOf } from "./unusable.ts";

/** The migrations of this version of the program, as drizzle-kit writes them. */
export const ownMigrations = fileURLToPath(new URL("../../migrations", import.meta.url));

/** What tells a warehouse from the databases of other programs: "CMWH". */
export const applicationId = 0x434d5748;

/** How many migrations this version of the program knows; a warehouse carries it as `user_version`. */
export function schemaVersion(migrations = ownMigrations): number {
  return journalOf(migrations).length;
}

/** Where the warehouse is copied to before its tables are changed; the copy goes away once they are. */
export function copyOf(path: string): string {
  return `${path}.before-migration`;
}

/**
 * Copies the warehouse as it is beside itself, in place of a copy from an attempt that was cut off. Throws a WarehouseError
 * where the copy cannot be written; then there is none and nothing was changed.
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
        hint: `${hintForCopy(cause, size)} Then sync again.`,
        cause,
      },
    );
  }
}

interface Migrating {
  readonly path: string;
  readonly migrations: string;
  /** Whether a copy of the file was made before. */
  readonly copied: boolean;
  /** Writes down what the new tables mean. */
  readonly describe: () => void;
}

/**
 * Brings the tables up to date and sets `user_version`, all in one transaction. Throws a WarehouseError, with the file as it
 * was, where that fails; it names the copy where there is one.
 *
 * Drizzle's own `migrate` is of no use here: where SQLite itself rolls back, as it does on a full disk, all that it says is
 * "Failed to run the query 'ROLLBACK'". The table in which it keeps count is the same.
 */
export function migrate(sqlite: Database.Database, { path, migrations, copied, describe }: Migrating): void {
  const all = sqlite.transaction(() => {
    sqlite.exec(
      "CREATE TABLE IF NOT EXISTS __drizzle_migrations (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric)",
    );
    const latest = sqlite.prepare("SELECT max(created_at) FROM __drizzle_migrations").pluck().get() ?? 0;
    const record = sqlite.prepare("INSERT INTO __drizzle_migrations (hash, created_at) VALUES (?, ?)");
    for (const { sql, hash, folderMillis } of readMigrationFiles({ migrationsFolder: migrations })) {
      if (folderMillis <= Number(latest)) continue;
      for (const statement of sql) sqlite.exec(statement);
      record.run(hash, folderMillis);
    }
    refuseMissingTables(sqlite, migrations);
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
      { hint: hintOf(cause) ?? "Report it, and go on with the version that wrote the file.", cause },
    );
  }
}

/** A migration that ran without an error may still be the wrong one; what drizzle-kit wrote beside it knows the tables. */
function refuseMissingTables(sqlite: Database.Database, migrations: string): void {
  const latest = journalOf(migrations).at(-1)?.tag.split("_")[0];
  const { tables } = readJson<{ tables: Readonly<Record<string, { readonly name: string }>> }>(
    join(migrations, "meta", `${latest}_snapshot.json`),
  );
  const there = new Set(sqlite.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all());
  const missing = Object.values(tables).flatMap(({ name }) => (there.has(name) ? [] : name));
  if (missing.length > 0) throw new Error(`there would be no table ${missing.join(", ")}`);
}

function journalOf(migrations: string): readonly { readonly tag: string }[] {
  return readJson<{ entries: readonly { readonly tag: string }[] }>(join(migrations, "meta", "_journal.json"))
    .entries;
}

function readJson<Content>(path: string): Content {
  return JSON.parse(readFileSync(path, "utf8")) as Content;
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
