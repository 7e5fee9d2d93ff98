import type { Warehouse } from "./open.ts";
import { timestamp } from "./timestamp.ts";

/**
 * The listings of a resource that something says may have changed. They are kept until they have been read, so that a sync that is
 * killed in between loses none. Nothing here opens a transaction.
 */
export interface DueListings {
  /** Keys of the records whose listings these are. */
  parents(): string[];
  has(parent: string): boolean;
  add(parents: readonly string[]): void;
  /** The listing was read, or its record is gone. */
  remove(parent: string): void;
}

export function dueListingsOf(
  { sqlite }: Warehouse,
  account: string,
  resource: string,
  now: () => Date,
): DueListings {
  const all = sqlite
    .prepare<[string, string], string>(
      "SELECT parent FROM sync_due_listings WHERE account = ? AND resource = ?",
    )
    .pluck();
  const one = sqlite.prepare<[string, string, string], unknown>(
    "SELECT 1 FROM sync_due_listings WHERE account = ? AND resource = ? AND parent = ?",
  );
  const insert = sqlite.prepare<[string, string, string, string]>(
    `INSERT INTO sync_due_listings (account, resource, parent, due_since) VALUES (?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  );
  const remove = sqlite.prepare<[string, string, string]>(
    "DELETE FROM sync_due_listings WHERE account = ? AND resource = ? AND parent = ?",
  );
  return {
    parents: () => all.all(account, resource),
    has: (parent) => one.get(account, resource, parent) !== undefined,
    add(parents) {
      for (const parent of parents) insert.run(account, resource, parent, timestamp(now()));
    },
    remove: (parent) => remove.run(account, resource, parent),
  };
}
