import { inspectWarehouse } from "../database/inspect.ts";
import { refuseDamage } from "../database/integrity.ts";
import { followLinks } from "../database/links.ts";
import { lockWarehouse } from "../database/lock.ts";
import { openForReading, openWarehouse, type Warehouse } from "../database/open.ts";
import { explainSqliteError } from "../database/sqlite-errors.ts";
import { WarehouseError } from "../errors.ts";
import type { DictionaryRow } from "../schema/sync-tables.ts";
import { findRunningSync } from "../state/runs.ts";

interface WarehouseToWrite {
  readonly path: string;
  /** The rows that replace the data dictionary of the file; by default it stays as it is. */
  readonly dictionary?: readonly DictionaryRow[] | undefined;
}

/**
 * Opens the warehouse for this process alone, does the work, and closes it however the work ends. Throws a WarehouseBusyError if another
 * process is writing, and a WarehouseError if the file is damaged or cannot be used; then nothing was changed.
 */
export async function writeAlone<T>(
  { path: given, dictionary }: WarehouseToWrite,
  work: (warehouse: Warehouse) => T | Promise<T>,
): Promise<T> {
  // Two names of a file are one lock.
  const path = followLinks(given);
  const exists = inspectWarehouse(path) > 0;
  const unlock = lockWarehouse(path, () => findLockHolder(path));
  try {
    if (exists) refuseDamage(path);
    const warehouse = openWarehouse(path, { dictionary });
    try {
      return await work(warehouse);
    } catch (error) {
      // Not even the run could be recorded.
      throw explainSqliteError(path, error);
    } finally {
      warehouse.close();
    }
  } finally {
    unlock();
  }
}

function findLockHolder(path: string): string | undefined {
  try {
    const warehouse = openForReading(path);
    try {
      return findRunningSync(warehouse);
    } finally {
      warehouse.close();
    }
  } catch (error) {
    // The other sync may not have created its tables yet; it is there all the same.
    if (error instanceof WarehouseError) return undefined;
    throw error;
  }
}
