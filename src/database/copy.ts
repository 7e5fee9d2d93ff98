import { rmSync, writeFileSync } from "node:fs";
import Database from "./driver.ts";
import { findSqliteHint } from "./sqlite-errors.ts";

/**
 * Copies the warehouse, as it was last committed, into a single file that only this user may read. It replaces a file that an
 * interrupted attempt left behind. If it fails, it throws the cause and leaves no file.
 */
export function writeCopy(sqlite: Database.Database, file: string): void {
  removeCopy(file);
  // The empty file comes first, with its permissions: nobody can read the copy who may not read the warehouse.
  writeFileSync(file, "", { flag: "wx", mode: 0o600 });
  try {
    sqlite.prepare("VACUUM INTO ?").run(file);
  } catch (cause) {
    removeCopy(file);
    throw cause;
  }
}

/** Removes a copy, finished or not. */
export function removeCopy(file: string): void {
  for (const each of [file, `${file}-journal`]) rmSync(each, { force: true });
}

/** Says what to do when a file of this size, in bytes, could not be copied. */
export function findCopyHint(cause: unknown, size: number): string {
  const damaged = cause instanceof Database.SqliteError && cause.code.startsWith("SQLITE_CORRUPT");
  return (
    (damaged ? findSqliteHint(cause) : undefined) ??
    `The copy needs up to ${Math.ceil(size / 1_000_000)} MB of disk space and the permission to write to the folder.`
  );
}
