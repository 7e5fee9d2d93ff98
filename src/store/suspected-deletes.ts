import type { Warehouse } from "../database/open.ts";
import { formatTimestamp } from "../schema/timestamp.ts";

/**
 * The suspected deletes of one resource of one account. They are not marked as deleted, and the summary tables leave
 * them out. Nothing here opens a transaction.
 */
export interface SuspectedDeletes {
  any(): boolean;
  /** Notes the records that a walk of this run did not meet, when they exceed the delete limit. */
  add(keys: readonly string[], run: number): void;
  /** Clears these records, because they exist. */
  remove(keys: readonly string[]): void;
  /** Clears the covered keys, because they were reconciled; by default all. */
  removeCovered(isCovered?: (key: string) => boolean): void;
}

export function openSuspectedDeletes(
  { sqlite }: Warehouse,
  account: string,
  resource: string,
  now: () => Date,
): SuspectedDeletes {
  const insert = sqlite.prepare<[string, string, number, string, string]>(
    `INSERT INTO sync_suspected_deletes (account, resource, key, run_id, suspected_since) SELECT ?, ?, value, ?, ? FROM json_each(?)
     WHERE true ON CONFLICT DO UPDATE SET run_id = excluded.run_id`,
  );
  const removeKeys = sqlite.prepare<[string, string, string]>(
    "DELETE FROM sync_suspected_deletes WHERE account = ? AND resource = ? AND key IN (SELECT value FROM json_each(?))",
  );
  const all = sqlite
    .prepare<[string, string], string>(
      "SELECT key FROM sync_suspected_deletes WHERE account = ? AND resource = ?",
    )
    .pluck();
  const any = () => all.get(account, resource) !== undefined;
  // Mostly there are none, and each page of every listing asks.
  const remove = (keys: readonly string[]) =>
    any() && removeKeys.run(account, resource, JSON.stringify(keys));
  return {
    any,
    add: (keys, run) => insert.run(account, resource, run, formatTimestamp(now()), JSON.stringify(keys)),
    remove,
    removeCovered(isCovered = () => true) {
      const keys = all.all(account, resource).filter(isCovered);
      if (keys.length > 0) remove(keys);
    },
  };
}
