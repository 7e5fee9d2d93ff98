import type { Warehouse } from "../database/open.ts";
import { formatTimestamp } from "../schema/timestamp.ts";

/**
 * The listings of a resource that something says may have changed. They are kept until it is reconciled what is missing from them, so
 * that a sync that is killed in between loses none. Nothing here opens a transaction.
 */
export interface RefreshQueue {
  /** Keys of the records whose listings these are. */
  parents(): string[];
  has(parent: string): boolean;
  add(parents: readonly string[]): void;
  /** The same for one whose listing is being read right now: what comes later still counts as newer. */
  keep(parent: string): void;
  /** True where it was noted again after this moment (`performance.now()`). */
  isNewer(parent: string, moment: number): boolean;
  /** The listing is reconciled, or its record is gone. */
  remove(parent: string): void;
}

/** Gives the due listings of each resource of one account, always the same object for one resource. */
export function openRefreshQueues(warehouse: Warehouse, account: string, now: () => Date) {
  const opened = new Map<string, RefreshQueue>();
  return (resource: string): RefreshQueue => {
    const due = opened.get(resource) ?? dueListingsOf(warehouse, account, resource, now);
    opened.set(resource, due);
    return due;
  };
}

function dueListingsOf(
  { sqlite }: Warehouse,
  account: string,
  resource: string,
  now: () => Date,
): RefreshQueue {
  const all = sqlite
    .prepare<[string, string], string>(
      "SELECT parent FROM sync_refresh_queue WHERE account = ? AND resource = ?",
    )
    .pluck();
  const one = sqlite.prepare<[string, string, string], unknown>(
    "SELECT 1 FROM sync_refresh_queue WHERE account = ? AND resource = ? AND parent = ?",
  );
  const insert = sqlite.prepare<[string, string, string, string]>(
    `INSERT INTO sync_refresh_queue (account, resource, parent, queued_at) VALUES (?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  );
  const remove = sqlite.prepare<[string, string, string]>(
    "DELETE FROM sync_refresh_queue WHERE account = ? AND resource = ? AND parent = ?",
  );
  const noted = new Map<string, number>();
  return {
    parents: () => all.all(account, resource),
    has: (parent) => one.get(account, resource, parent) !== undefined,
    add(parents) {
      for (const parent of parents) {
        insert.run(account, resource, parent, formatTimestamp(now()));
        noted.set(parent, performance.now());
      }
    },
    keep: (parent) => insert.run(account, resource, parent, formatTimestamp(now())),
    isNewer: (parent, moment) => (noted.get(parent) ?? 0) > moment,
    remove: (parent) => remove.run(account, resource, parent),
  };
}
