import type { ChangesWanted } from "./digest.ts";
import type { Warehouse } from "./open.ts";

/** The rows of `record_changes` that are wanted, one after the other in the order in which they were noticed. */
export function recordChangesSince(
  { sqlite }: Warehouse,
  { account, since, resources }: ChangesWanted,
): Iterable<unknown> {
  return sqlite
    .prepare<[string, string, string], unknown>(
      `SELECT resource, key, run_id, changed_at, kind, field, old_value, new_value FROM record_changes
       WHERE account = ? AND changed_at >= ? AND resource IN (SELECT value FROM json_each(?))
       ORDER BY changed_at, rowid`,
    )
    .iterate(account, since, JSON.stringify(resources));
}

/** The same for the rows of `daily_metric_restatements`. */
export function restatementsSince(
  { sqlite }: Warehouse,
  { account, since, resources }: ChangesWanted,
): Iterable<unknown> {
  if (!resources.includes("daily_metrics")) return [];
  return sqlite
    .prepare<[string, string], unknown>(
      `SELECT date, metric, observed_at, old_value, new_value FROM daily_metric_restatements
       WHERE account = ? AND observed_at >= ? ORDER BY observed_at, date, metric`,
    )
    .iterate(account, since);
}
