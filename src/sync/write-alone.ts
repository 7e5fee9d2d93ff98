import { inspectWarehouse } from "../database/inspect.ts";
import { refuseDamage } from "../database/integrity.ts";
import { followLinks } from "../database/links.ts";
import { lockWarehouse } from "../database/lock.ts";
import { openForReading, openWarehouse, type Warehouse } from "../database/open.ts";
import { explainSqliteError } from "../database/sqlite-errors.ts";
import { WarehouseError } from "../errors.ts";
import type { DictionaryRow } from "../schema/data-dictionary.ts";
import { findRunningSync } from "../state/runs.ts";

interface Place {
  readonly path: string;
  /** What the file is to say of its columns; by default it is left as it is. */
  readonly dictionary?: readonly DictionaryRow[] | undefined;
}

/**
 * Opens the warehouse for this process alone, does the work, and closes it however that ends.
 * Throws a WarehouseBusyError where another process is writing and a WarehouseError where the file cannot be used or is damaged;
 * then nothing was changed.
 */
export async function writeAlone<T>(
  { path: given, dictionary }: Place,
  work: (warehouse: Warehouse) => T | Promise<T>,
): Promise<T> {
  // Two names of a file are one lock.
  const path = followLinks(given);
  const exists = inspectWarehouse(path) > 0;
  const unlock = lockWarehouse(path, () => holderOf(path));
  try {
    if (exists) refuseDamage(path);
    const warehouse = openWarehouse(path, { dictionary });
    try {
      return await work(warehouse);
    } catch (error) {
      // Where not even the run could be recorded.
      throw explainSqliteError(path, error);
    } finally {
      warehouse.close();
    }
  } finally {
    unlock();
  }
}

function holderOf(path: string): string | undefined {
  try {
    const warehouse = openForReading(path);
    try {
      return findRunningSync(warehouse);
    } finally {
      warehouse.close();
    }
  } catch (error) {
    // The other sync may not have made its tables yet; that it is there is what counts.
    if (error instanceof WarehouseError) return undefined;
    throw error;
  }
}
