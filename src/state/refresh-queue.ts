import type { Warehouse } from "../database/open.ts";
import { formatTimestamp } from "../schema/timestamp.ts";

/**
 * The child listings of a resource that need a refresh because a changed record has invalidated them. They stay in the queue until they
 * are reconciled, so a sync that is killed in between loses none. Nothing here opens a transaction.
 */
export interface RefreshQueue {
  /** Keys of the parents whose listings these are. */
  parents(): string[];
  has(parent: string): boolean;
  add(parents: readonly string[]): void;
  /** Adds one whose listing is being read right now: what is added later still counts as newer. */
  keep(parent: string): void;
  /** True where it was added again after this moment (`performance.now()`). */
  isNewer(parent: string, moment: number): boolean;
  /** The listing is reconciled, or its parent is gone. */
  remove(parent: string): void;
}

/** Opens the refresh queues of one account: always the same object for one resource. */
export function openRefreshQueues(warehouse: Warehouse, account: string, now: () => Date) {
  const opened = new Map<string, RefreshQueue>();
  return (resource: string): RefreshQueue => {
    const queue = opened.get(resource) ?? openRefreshQueue(warehouse, account, resource, now);
    opened.set(resource, queue);
    return queue;
  };
}

function openRefreshQueue(
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
  const addedAt = new Map<string, number>();
  return {
    parents: () => all.all(account, resource),
    has: (parent) => one.get(account, resource, parent) !== undefined,
    add(parents) {
      for (const parent of parents) {
        insert.run(account, resource, parent, formatTimestamp(now()));
        addedAt.set(parent, performance.now());
      }
    },
    keep: (parent) => insert.run(account, resource, parent, formatTimestamp(now())),
    isNewer: (parent, moment) => (addedAt.get(parent) ?? 0) > moment,
    remove: (parent) => remove.run(account, resource, parent),
  };
}
