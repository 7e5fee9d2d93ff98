import { and, eq, lt } from "drizzle-orm";
import type { Warehouse } from "../database/open.ts";
import type { Value } from "../schema/columns.ts";
import { type ChangeKind, recordChanges } from "../schema/sync-tables.ts";
import { formatTimestamp } from "../schema/timestamp.ts";
import { wasReadToEnd } from "../state/runs.ts";
import type { OpenChangeLog } from "./change-log.ts";

/** The name of the field where a whole record was inserted, deleted or restored. */
const wholeRecord = "record";

/**
 * Writes to `record_changes` what happens to records, once a first walk of their resource came to its end. Before that everything
 * is new, which says nothing and would make the first load half as large again.
 */
export const logRecordChanges: OpenChangeLog = (warehouse, { account, resource, run, now, everyField }) => {
  if (!wasReadToEnd(warehouse, account, resource)) return silence;
  const insert = warehouse.sqlite.prepare<
    [string, string, string, number, string, ChangeKind, string, Text, Text]
  >(
    `INSERT INTO record_changes (account, resource, key, run_id, changed_at, kind, field, old_value, new_value)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET new_value = excluded.new_value, changed_at = excluded.changed_at`,
  );
  // A value that changed and changed back within one run has not changed.
  const forgetReturned = warehouse.sqlite.prepare(
    `DELETE FROM record_changes WHERE account = ? AND run_id = ? AND resource = ? AND key = ? AND kind = 'updated'
     AND field = ? AND old_value IS new_value`,
  );
  const write = (
    key: string,
    kind: ChangeKind,
    field = wholeRecord,
    before: Text = null,
    after: Text = null,
  ) => insert.run(account, resource, key, run, formatTimestamp(now()), kind, field, before, after);
  return {
    inserted: (key) => write(key, "inserted"),
    deleted: (key) => write(key, "deleted"),
    restored: (key) => write(key, "restored"),
    updated(key, differences) {
      for (const { field, before, after, volatile } of differences) {
        if (!everyField && volatile) continue;
        write(key, "updated", field, asText(before), asText(after));
        forgetReturned.run(account, run, resource, key, field);
      }
    },
  };
};

/** Logs no changes, for resources whose keys do not identify the same record from sync to sync. */
export const logNothing: OpenChangeLog = () => silence;

/** The resource whose only record is the account itself. */
export const accountResource = "account";

/** True if a setting of the account, such as its currency, has changed since then. ChartMogul then recalculates all history. */
export function hasAccountChangedSince({ sqlite }: Warehouse, account: string, since: string): boolean {
  const change = sqlite
    .prepare("SELECT 1 FROM record_changes WHERE account = ? AND changed_at >= ? AND resource = ? LIMIT 1")
    .get(account, since, accountResource);
  return change !== undefined;
}

/** Removes the changes of an account that are older than this number of days. */
export function forgetChanges({ orm }: Warehouse, account: string, days: number, now: Date): void {
  const oldest = formatTimestamp(new Date(now.getTime() - days * 86_400_000));
  const old = and(eq(recordChanges.account, account), lt(recordChanges.changed_at, oldest));
  orm.delete(recordChanges).where(old).run();
}

type Text = string | null;

const silence = { inserted() {}, updated() {}, deleted() {}, restored() {} };

function asText(value: Value): Text {
  return value === null ? null : String(value);
}
