import type { Warehouse } from "./open.ts";
import { timestamp } from "./timestamp.ts";

/**
 * The records of one resource of one account that a held walk has missed. They are not marked as deleted, and the ready answers leave
 * them out. Nothing here opens a transaction.
 */
export interface MissingRecords {
  any(): boolean;
  /** A walk of this run has missed these records, and there were too many of them. */
  keep(keys: readonly string[], run: number): void;
  /** These were met. */
  met(keys: readonly string[]): void;
  /** What is missing of these was settled; by default of all. */
  settled(isCovered?: (key: string) => boolean): void;
}

export function missingRecordsOf(
  { sqlite }: Warehouse,
  account: string,
  resource: string,
  now: () => Date,
): MissingRecords {
  const insert = sqlite.prepare<[string, string, number, string, string]>(
    `INSERT INTO sync_missing (account, resource, key, run_id, missing_since) SELECT ?, ?, value, ?, ? FROM json_each(?)
     WHERE true ON CONFLICT DO UPDATE SET run_id = excluded.run_id`,
  );
  const remove = sqlite.prepare<[string, string, string]>(
    "DELETE FROM sync_missing WHERE account = ? AND resource = ? AND key IN (SELECT value FROM json_each(?))",
  );
  const all = sqlite
    .prepare<[string, string], string>("SELECT key FROM sync_missing WHERE account = ? AND resource = ?")
    .pluck();
  const met = (keys: readonly string[]) => remove.run(account, resource, JSON.stringify(keys));
  return {
    any: () => all.get(account, resource) !== undefined,
    keep: (keys, run) => insert.run(account, resource, run, timestamp(now()), JSON.stringify(keys)),
    met,
    settled(isCovered = () => true) {
      const keys = all.all(account, resource).filter(isCovered);
      if (keys.length > 0) met(keys);
    },
  };
}
