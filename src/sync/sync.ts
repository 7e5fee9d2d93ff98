import { existsSync, lstatSync, realpathSync } from "node:fs";
import type { Source } from "../chartmogul/source.ts";
import { WarehouseError } from "../errors.ts";
import type { Resource } from "../resource.ts";
import { createIndexes } from "../warehouse/indexes.ts";
import { inspectWarehouse } from "../warehouse/inspect.ts";
import { lockWarehouse } from "../warehouse/lock.ts";
import { openForReading, openWarehouse } from "../warehouse/open.ts";
import { closeAbandonedRuns, runningSync } from "../warehouse/runs.ts";
import { unusable } from "../warehouse/unusable.ts";
import { syncAccount } from "./account.ts";
import type { Progress, ResourceReport } from "./report.ts";

export interface SyncOptions {
  /** The warehouse file. */
  readonly path: string;
  readonly accounts: readonly { readonly name: string; readonly source: Source }[];
  readonly resources: readonly Resource[];
  /** What started the sync, for the record. */
  readonly trigger: string;
  readonly signal: AbortSignal;
  readonly now?: () => Date;
  /** Told once the warehouse is open for this sync alone. */
  readonly onBegin?: () => void;
  readonly onProgress?: (progress: Progress) => void;
}

/**
 * Syncs all accounts side by side into one warehouse. What fails is in the report and does not keep the rest from being done.
 * Throws a WarehouseBusyError where another sync is writing and a WarehouseError where the file cannot be used; then nothing was changed.
 */
export async function sync(options: SyncOptions): Promise<ResourceReport[]> {
  const { signal, now = () => new Date(), onProgress = () => {} } = options;
  inspectWarehouse(options.path);
  const path = fileAt(options.path);
  const unlock = lockWarehouse(path, () => holderOf(path));
  try {
    const warehouse = openWarehouse(path);
    try {
      closeAbandonedRuns(warehouse, now());
      options.onBegin?.();
      const outcomes = await Promise.allSettled(
        options.accounts.map(({ name, source }) =>
          syncAccount(
            { account: name, source, warehouse, now, signal, onProgress },
            options.resources,
            options.trigger,
          ),
        ),
      );
      createIndexes(
        warehouse,
        options.resources.flatMap(({ table, children }) => [table, ...children.map((child) => child.table)]),
      );
      return outcomes.flatMap((outcome) => {
        if (outcome.status === "rejected") throw outcome.reason;
        return outcome.value;
      });
    } catch (error) {
      // Where not even the run could be recorded.
      throw unusable(path, error);
    } finally {
      warehouse.close();
    }
  } finally {
    unlock();
  }
}

/** The file itself where the path is a link, so that two names of it are one lock. */
function fileAt(path: string): string {
  return existsSync(path) && lstatSync(path).isSymbolicLink() ? realpathSync(path) : path;
}

function holderOf(path: string): string | undefined {
  try {
    const warehouse = openForReading(path);
    try {
      return runningSync(warehouse);
    } finally {
      warehouse.close();
    }
  } catch (error) {
    // The other sync may not have made its tables yet; that it is there is what counts.
    if (error instanceof WarehouseError) return undefined;
    throw error;
  }
}
