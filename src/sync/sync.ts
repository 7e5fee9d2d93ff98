import type { ApiClient } from "../api/api-client.ts";
import type { Warehouse } from "../database/open.ts";
import { DeadlineError } from "../errors.ts";
import type { Resource } from "../resources/resource.ts";
import type { DictionaryRow } from "../schema/sync-tables.ts";
import { rawRecords, recordChanges } from "../schema/sync-tables.ts";
import { closeAbandonedRuns } from "../state/runs.ts";
import { openCompressor } from "../store/compressor.ts";
import { beginFirstLoad } from "../store/first-load.ts";
import { createIndexes } from "../store/indexes.ts";
import { forgetChanges } from "../store/record-changes.ts";
import type { Progress, ResourceReport } from "./report.ts";
import { defaultRules, type Rules } from "./rules.ts";
import { syncAccount } from "./sync-account.ts";
import { openPageTurns } from "./write/page-turns.ts";
import { writeAlone } from "./write-alone.ts";

/** What to sync into which file, and how. */
export interface SyncOptions {
  /** The warehouse file. */
  readonly path: string;
  readonly accounts: readonly { readonly name: string; readonly api: ApiClient }[];
  /** The resources to sync. */
  readonly resources: readonly Resource[];
  /** Resources that are left out on purpose: the run records them as `skipped`. */
  readonly skipped?: readonly Resource[];
  /** All resources that the warehouse holds; by default those to sync. */
  readonly registry?: readonly Resource[];
  /** The rows that replace the data dictionary of the file; by default it stays as it is. */
  readonly dictionary?: readonly DictionaryRow[];
  /** Refreshes the summary tables once all accounts are done; by default nothing is refreshed. */
  readonly refresh?: (warehouse: Warehouse, now: Date) => void;
  readonly rules?: Rules;
  /** What started the sync; recorded with the run. */
  readonly trigger: string;
  readonly signal: AbortSignal;
  readonly now?: () => Date;
  /** Called once the warehouse is open for this sync alone. */
  readonly onBegin?: () => void;
  readonly onProgress?: (progress: Progress) => void;
}

/**
 * Syncs all accounts side by side into one warehouse. What fails is in the reports, and everything else is done. Throws a
 * WarehouseBusyError if another sync is writing, and a WarehouseError if the file cannot be used; then nothing was changed.
 */
export async function sync(options: SyncOptions): Promise<ResourceReport[]> {
  const { resources, registry = resources, skipped = [], rules = defaultRules } = options;
  const { signal, now = () => new Date(), onProgress = () => {} } = options;
  return writeAlone(options, async (warehouse) => {
    closeAbandonedRuns(warehouse, now());
    options.onBegin?.();
    const names = options.accounts.map(({ name }) => name);
    const firstLoad = beginFirstLoad(warehouse, names, registry);
    const compressor = openCompressor();
    const turns = openPageTurns();
    const outcomes = await Promise.allSettled(
      options.accounts.map(({ name, api }) =>
        syncAccount(
          { account: name, api, warehouse, rules, now, signal, firstLoad, compressor, turns, onProgress },
          { resources, registry, skipped },
          options.trigger,
          // However it ended: the other accounts must not wait for one that was not read.
        ).finally(() => firstLoad?.leave(name)),
      ),
    );
    compressor.close();
    firstLoad?.end();
    for (const name of names) forgetChanges(warehouse, name, rules.changes.days, now());
    const tables = registry.flatMap(({ table, children }) => [
      table,
      ...children.map((child) => child.table),
    ]);
    createIndexes(warehouse, [...tables, rawRecords, recordChanges]);
    const reports = outcomes.flatMap((outcome) => {
      if (outcome.status === "rejected") throw outcome.reason;
      return outcome.value;
    });
    // Whoever stops a sync does not want to wait; the next sync refreshes. A deadline ends only the reading.
    if (!signal.aborted || signal.reason instanceof DeadlineError) options.refresh?.(warehouse, now());
    return reports;
  });
}
