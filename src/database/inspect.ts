import { closeSync, existsSync, openSync, readSync, type Stats, statSync } from "node:fs";
import { dirname } from "node:path";
import { WarehouseError } from "../errors.ts";
import Database from "./driver.ts";
import { applicationId, lastUnreleasedVersion, schemaVersion } from "./schema-version.ts";
import { explainSqliteError } from "./sqlite-errors.ts";

/**
 * Gives the schema version of the warehouse at a path, 0 where there is no file yet. Changes nothing. Throws a WarehouseError
 * where the path cannot be a warehouse of this program. `newest` is the latest version that the program knows.
 */
export function inspectWarehouse(path: string, newest = schemaVersion()): number {
  return hasContent(path) ? inspect(path, newest) : 0;
}

/** True where there is a file with content. Throws a WarehouseError where the path cannot be a file. */
export function hasContent(path: string): boolean {
  if (path === ":memory:") {
    throw new WarehouseError("the warehouse cannot be :memory:, which keeps nothing", {
      hint: "Set WAREHOUSE_PATH to a file.",
    });
  }
  if (!readStats(dirname(path))?.isDirectory()) {
    throw new WarehouseError(`the folder ${dirname(path)} for the warehouse does not exist`, {
      hint: "Create it, or set WAREHOUSE_PATH to a file in another folder.",
    });
  }
  const stats = readStats(path);
  if (stats && !stats.isFile()) {
    throw new WarehouseError(
      `${path} is ${stats.isDirectory() ? "a folder" : "not an ordinary file"} and cannot be the warehouse`,
      {
        hint: "Set WAREHOUSE_PATH to a file, such as warehouse.db in that folder.",
      },
    );
  }
  return stats !== undefined && stats.size > 0;
}

/** Gives the stats of a path; undefined where there is nothing. Throws a WarehouseError where the path cannot be looked at. */
export function readStats(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (cause) {
    throw new WarehouseError(`cannot look at ${path}: ${cause instanceof Error ? cause.message : cause}`, {
      hint: "Check that this user may enter the folder, and that it is not a link to itself.",
      cause,
    });
  }
}

/** Gives the schema version of a file, 0 for an empty database. Changes nothing. Refuses what this program cannot read or bring up to date. */
function inspect(path: string, newest: number): number {
  const page = firstBytes(path, 105);
  if (isForeign(page)) throw foreign(path);
  refuseTornOff(path, page);
  const { id, version, objects } = identity(path);
  if (id !== applicationId && (id !== 0 || objects > 0)) throw foreign(path);
  if (version > newest) {
    throw new WarehouseError(`${path} was written by a newer version of this program; it was not touched`, {
      hint: "Install that version, or set WAREHOUSE_PATH to a new file.",
    });
  }
  if (id !== applicationId) return 0;
  if (version <= lastUnreleasedVersion) {
    throw new WarehouseError(
      `${path} was written by an unreleased version before 0.1.0, and this version cannot read it; it was not touched`,
      { hint: "Keep it or move it away, and sync into a new file (WAREHOUSE_PATH)." },
    );
  }
  return version;
}

interface FileIdentity {
  readonly id: unknown;
  readonly version: number;
  readonly objects: number;
}

function identity(path: string): FileIdentity {
  try {
    return readIdentity(path, { readonly: true });
  } catch (cause) {
    // A killed process left a rollback journal behind, and only a connection that may write can repair the file.
    if (!(cause instanceof Database.SqliteError && cause.code === "SQLITE_READONLY_ROLLBACK"))
      throw explainSqliteError(path, cause);
  }
  try {
    return readIdentity(path, {});
  } catch (cause) {
    throw explainSqliteError(path, cause);
  }
}

function readIdentity(path: string, options: Database.Options): FileIdentity {
  const sqlite = new Database(path, { timeout: 5000, ...options });
  try {
    return {
      id: sqlite.pragma("application_id", { simple: true }),
      version: Number(sqlite.pragma("user_version", { simple: true })),
      objects: Number(sqlite.prepare("SELECT count(*) FROM sqlite_master").pluck().get()),
    };
  } finally {
    sqlite.close();
  }
}

/**
 * True where the first page of the file (https://sqlite.org/fileformat.html) belongs to another program's database. SQLite is not
 * used to read the page: it leaves files beside a database in WAL mode even if it only reads.
 */
function isForeign(page: Buffer): boolean {
  if (!isDatabase(page)) return false;
  const id = page.readUInt32BE(68);
  const objects = page.readUInt16BE(103);
  return id !== applicationId && (id !== 0 || objects > 0);
}

function isDatabase(page: Buffer): boolean {
  return page.toString("latin1", 0, 16) === "SQLite format 3\0";
}

/**
 * Refuses a file that ends in the middle of a page. SQLite reads the rest of such a page as zeros, and notices only missing whole
 * pages.
 */
function refuseTornOff(path: string, page: Buffer): void {
  if (!isDatabase(page) || existsSync(`${path}-wal`) || existsSync(`${path}-journal`)) return;
  const written = page.readUInt16BE(16);
  const pageSize = written === 1 ? 65_536 : written;
  const { size } = statSync(path);
  if (size % pageSize === 0) return;
  throw new WarehouseError(`${path} is damaged: the file ends in the middle of a page`, {
    hint: "Keep it, restore a copy, or sync into a new file.",
    cause: new Error(`${size} bytes, pages of ${pageSize}`),
  });
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
