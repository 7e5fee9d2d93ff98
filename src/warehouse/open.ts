import { closeSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { type BetterSQLite3Database, drizzle } from "drizzle-orm/better-sqlite3";
import { migrate } from "drizzle-orm/better-sqlite3/migrator";
import { WarehouseError } from "../errors.ts";

/** An open warehouse file. */
export interface Warehouse {
  readonly path: string;
  readonly sqlite: Database.Database;
  readonly orm: BetterSQLite3Database;
  close(): void;
}

const applicationId = 0x434d5748; // "CMWH"
const migrations = fileURLToPath(new URL("../../migrations", import.meta.url));

// Measured on 200,000 invoices: checkpoints of the WAL every 10,000 pages instead of 1,000 take 30 % off the write time.
const walPages = 10_000;
const megabyte = 1_048_576;

/**
 * Opens the warehouse for writing, creates it where there is none and brings its tables up to date.
 * Throws a WarehouseError, with the file untouched, where the path holds something else or a newer warehouse.
 * Only one process may do this at a time: take `lockWarehouse` first.
 */
export function openWarehouse(path: string): Warehouse {
  const version = inspectWarehouse(path);
  const sqlite = open(path, {});
  try {
    // Needs the file for itself for a moment: a reader may be in the middle of a long query.
    sqlite.pragma("busy_timeout = 60000");
    sqlite.pragma("journal_mode = WAL");
    sqlite.pragma("busy_timeout = 5000");
    sqlite.pragma("synchronous = NORMAL");
    sqlite.pragma(`wal_autocheckpoint = ${walPages}`);
    sqlite.pragma(`journal_size_limit = ${64 * megabyte}`);
    sqlite.pragma(`cache_size = ${-32 * 1024}`);
    // A child may arrive before its parent, and drizzle rebuilds tables by dropping them, which would empty their children.
    sqlite.pragma("foreign_keys = OFF");
    const orm = drizzle(sqlite);
    if (version < schemaVersion()) {
      // First, so that a crash in the middle does not leave a file that looks like somebody else's.
      sqlite.pragma(`application_id = ${applicationId}`);
      migrate(orm, { migrationsFolder: migrations });
      sqlite.pragma(`user_version = ${schemaVersion()}`);
    }
    return { path, sqlite, orm, close: () => close(sqlite) };
  } catch (cause) {
    sqlite.close();
    throw unusable(path, cause);
  }
}

/** Opens an existing warehouse so that nothing can be written to it. */
export function openForReading(path: string): Warehouse {
  if (!readable(path)) {
    throw new WarehouseError(`there is no warehouse at ${path}`, {
      hint: "Run `sync` first, or set WAREHOUSE_PATH to where it is.",
    });
  }
  if (inspect(path) < schemaVersion()) {
    throw new WarehouseError(`the warehouse ${path} was written by an older version`, {
      hint: "Run `sync` once: it brings the tables up to date.",
    });
  }
  const sqlite = open(path, { readonly: true });
  return { path, sqlite, orm: drizzle(sqlite), close: () => sqlite.close() };
}

/**
 * Looks at the path without changing anything and gives the version of the tables, 0 where there is no file yet.
 * Throws a WarehouseError where the path cannot be a warehouse of this program.
 */
export function inspectWarehouse(path: string): number {
  return readable(path) ? inspect(path) : 0;
}

/** How many migrations this version of the program knows; a warehouse carries it as `user_version`. */
function schemaVersion(): number {
  const journal = JSON.parse(readFileSync(`${migrations}/meta/_journal.json`, "utf8")) as {
    entries: unknown[];
  };
  return journal.entries.length;
}

/** True where there is a file with content; a WarehouseError where the path can be none. */
function readable(path: string): boolean {
  if (path === ":memory:") {
    throw new WarehouseError("the warehouse cannot be :memory:, nothing would be kept", {
      hint: "Set WAREHOUSE_PATH to a file.",
    });
  }
  if (!statSync(dirname(path), { throwIfNoEntry: false })?.isDirectory()) {
    throw new WarehouseError(`there is no folder ${dirname(path)} for the warehouse`, {
      hint: "Create it, or set WAREHOUSE_PATH to another place.",
    });
  }
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats && !stats.isFile()) {
    throw new WarehouseError(
      `${path} is ${stats.isDirectory() ? "a folder" : "no ordinary file"} and cannot be the warehouse`,
      {
        hint: "Set WAREHOUSE_PATH to a file, such as warehouse.db in that folder.",
      },
    );
  }
  return stats !== undefined && stats.size > 0;
}

/**
 * Looks at a file and gives its schema version; refuses what is not a warehouse of ours. Changes nothing, unless a sync was
 * killed in the midst of changing the journal mode: the rollback journal that it left must be undone before anybody can read.
 */
function inspect(path: string): number {
  if (isForeign(path)) throw foreign(path);
  const sqlite = openRolledBack(path);
  try {
    const id = sqlite.pragma("application_id", { simple: true });
    const version = Number(sqlite.pragma("user_version", { simple: true }));
    const objects = Number(sqlite.prepare("SELECT count(*) FROM sqlite_master").pluck().get());
    if (id !== applicationId && (id !== 0 || objects > 0)) {
      throw foreign(path);
    }
    if (version > schemaVersion()) {
      throw new WarehouseError(`${path} was written by a newer version of this program; it was not touched`, {
        hint: "Install that version, or set WAREHOUSE_PATH to a new file.",
      });
    }
    return version;
  } catch (cause) {
    throw unusable(path, cause);
  } finally {
    sqlite.close();
  }
}

/** Opens the file read-only, or for writing where only a writer can: https://sqlite.org/rescode.html#readonly_rollback */
function openRolledBack(path: string): Database.Database {
  const sqlite = open(path, { readonly: true });
  try {
    sqlite.pragma("schema_version");
    return sqlite;
  } catch (cause) {
    sqlite.close();
    if (cause instanceof Database.SqliteError && cause.code === "SQLITE_READONLY_ROLLBACK")
      return open(path, {});
    throw unusable(path, cause);
  }
}

/**
 * True where the first page of the file (https://sqlite.org/fileformat.html) is that of another program's database. Read
 * without SQLite, which leaves files beside a database in WAL mode even if it only reads it.
 */
function isForeign(path: string): boolean {
  const page = firstBytes(path, 105);
  if (page.toString("latin1", 0, 16) !== "SQLite format 3\0") return false;
  const id = page.readUInt32BE(68);
  const objects = page.readUInt16BE(103);
  return id !== applicationId && (id !== 0 || objects > 0);
}

function firstBytes(path: string, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  try {
    const file = openSync(path, "r");
    try {
      readSync(file, bytes);
    } finally {
      closeSync(file);
    }
    return bytes;
  } catch (cause) {
    throw new WarehouseError(`cannot read ${path}: ${cause instanceof Error ? cause.message : cause}`, {
      hint: "Check that this user may read and write it.",
      cause,
    });
  }
}

function foreign(path: string): WarehouseError {
  return new WarehouseError(`${path} is the database of another program; it was not touched`, {
    hint: "Set WAREHOUSE_PATH to a new file.",
  });
}

function open(path: string, options: Database.Options): Database.Database {
  try {
    return new Database(path, { timeout: 5000, ...options });
  } catch (cause) {
    throw unusable(path, cause);
  }
}

const hints: Readonly<Record<string, string>> = {
  SQLITE_NOTADB: "The file is no SQLite database. Set WAREHOUSE_PATH to a new file.",
  SQLITE_CANTOPEN: "Check that the folder exists and that this user may read and write it.",
  SQLITE_READONLY: "Check that this user may write the file and its folder.",
  SQLITE_BUSY: "Another program keeps the file locked; close it and try again.",
  SQLITE_FULL: "The disk is full; what was committed is safe. Make room and sync again.",
  SQLITE_CORRUPT: "The file is damaged. Keep it, restore a copy, or sync into a new file.",
};

/** Puts an error of SQLite into words for the operator; leaves every other error as it is. */
export function unusable(path: string, cause: unknown): Error {
  if (!(cause instanceof Database.SqliteError))
    return cause instanceof Error ? cause : new Error(String(cause));
  const hint = Object.entries(hints).find(([code]) => cause.code.startsWith(code))?.[1];
  return new WarehouseError(`cannot use the warehouse ${path}: ${cause.message}`, {
    hint: hint ?? "Run `check`.",
    cause,
  });
}

/** Leaves a single file behind: one with a WAL beside it cannot be opened from a read-only folder. */
function close(sqlite: Database.Database): void {
  try {
    sqlite.pragma("optimize");
    sqlite.pragma("busy_timeout = 0");
    sqlite.pragma("journal_mode = DELETE");
  } catch (error) {
    // Somebody is reading: the last one to close the file cleans up.
    if (!(error instanceof Database.SqliteError && error.code.startsWith("SQLITE_BUSY"))) throw error;
  } finally {
    sqlite.close();
  }
}
