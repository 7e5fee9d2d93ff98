import { isDiskTrouble, WarehouseError } from "../errors.ts";
import Database from "./driver.ts";

// The keys are beginnings of SQLite's error codes (https://sqlite.org/rescode.html).
const hints: Readonly<Record<string, string>> = {
  SQLITE_NOTADB:
    "The file is not an SQLite database. Set WAREHOUSE_PATH to a new file; if it was a warehouse, it is damaged: keep it and restore a copy.",
  SQLITE_CANTOPEN: "Check that the folder exists and that this user may read and write it.",
  SQLITE_READONLY: "Check that this user may write the file and its folder.",
  SQLITE_BUSY: "Another program keeps the file locked. Close it, and try again.",
  SQLITE_FULL: "The disk is full. What was committed is safe. Make room, and sync again.",
  SQLITE_IOERR:
    "The disk is full or failing, or this process may not write files of that size (ulimit -f). What was committed is safe. Solve this, and sync again.",
  SQLITE_CORRUPT: "The file is damaged. Keep it, restore a copy, or sync into a new file.",
};

/** Puts an error of SQLite into words for the operator; leaves every other error as it is. */
export function explainSqliteError(path: string, cause: unknown): Error {
  if (!(cause instanceof Database.SqliteError))
    return cause instanceof Error ? cause : new Error(String(cause));
  return new WarehouseError(`cannot use the warehouse ${path}: ${cause.message}`, {
    hint: findSqliteHint(cause) ?? "Run `check`.",
    cause,
  });
}

/**
 * Says what to do about an error of the file or the disk. Undefined for an error in a statement, and for one that is not
 * SQLite's.
 */
export function findSqliteHint(cause: unknown): string | undefined {
  if (!(cause instanceof Database.SqliteError)) return undefined;
  return Object.entries(hints).find(([code]) => cause.code.startsWith(code))?.[1];
}

/** Says what to do about a disk that is full or fails. Undefined for any other error. */
export function findDiskHint(cause: unknown): string | undefined {
  if (!isDiskTrouble(cause)) return undefined;
  return "The disk is full or failing, or no more may be written here (quota, ulimit -f). Solve this, and try again.";
}
