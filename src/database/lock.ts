import { existsSync, realpathSync } from "node:fs";
import { WarehouseBusyError, WarehouseError } from "../errors.ts";
import Database from "./driver.ts";
import { makeFile } from "./make-file.ts";
import { findSqliteHint } from "./sqlite-errors.ts";

/**
 * Makes this process the only one that writes to the warehouse until the returned function is called. Throws a WarehouseBusyError
 * at once where another process does. The operating system holds the lock, on an empty file beside the warehouse. The lock ends
 * with its process, however that ends, so it is never left behind. The file stays: removing it would let two processes lock two
 * different files of that name.
 */
export function lockWarehouse(path: string, holder: () => string | undefined): () => void {
  const file = `${path}.lock`;
  let lock: Database.Database | undefined;
  makeFile(file);
  try {
    // The timeout is not 0, because `isLocked` takes the lock for a moment.
    lock = new Database(file, { timeout: 100 });
    lock.exec("BEGIN EXCLUSIVE");
    const open = lock;
    return () => open.close();
  } catch (cause) {
    lock?.close();
    if (cause instanceof Database.SqliteError && cause.code.startsWith("SQLITE_BUSY")) {
      throw new WarehouseBusyError(`another sync is writing to ${path}${describe(holder())}`, {
        hint: "Wait for it to end, or stop it. Nothing was changed.",
      });
    }
    throw new WarehouseError(`cannot lock ${file}: ${cause instanceof Error ? cause.message : cause}`, {
      hint: onDisk(cause) ?? "Check that this user may write to that folder.",
      cause,
    });
  }
}

/** True while a process is writing to the warehouse. Also true where this user may not look at the lock. */
export function isLocked(path: string): boolean {
  if (!existsSync(path) || !existsSync(`${realpathSync(path)}.lock`)) return false;
  let lock: Database.Database | undefined;
  try {
    lock = new Database(`${realpathSync(path)}.lock`, { readonly: true, timeout: 0 });
    lock.prepare("SELECT count(*) FROM sqlite_master").get();
    return false;
  } catch (cause) {
    // A user who may not look at the lock must believe the recorded run.
    if (cause instanceof Database.SqliteError) return true;
    throw cause;
  } finally {
    lock?.close();
  }
}

function onDisk(cause: unknown): string | undefined {
  const failing = cause instanceof Database.SqliteError && /^SQLITE_(IOERR|FULL)/.test(cause.code);
  return failing ? findSqliteHint(cause) : undefined;
}

function describe(holder: string | undefined): string {
  return holder === undefined ? "" : ` (${holder})`;
}
