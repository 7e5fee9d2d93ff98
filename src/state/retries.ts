import { and, eq } from "drizzle-orm";
import type { Warehouse } from "../database/open.ts";
import { retries } from "../schema/sync-tables.ts";
import { formatTimestamp } from "../schema/timestamp.ts";

/** The child listings of a resource that could not be read. The next sync reads them first. */
export interface Retries {
  /** Keys of the parents whose listings these are. */
  parents(): string[];
  add(parent: string, reason: string): void;
  /** The listing was read, or its parent is gone. */
  remove(parent: string): void;
}

/** Opens the retries of one resource of one account. Nothing here opens a transaction. */
export function openRetries({ orm }: Warehouse, account: string, resource: string, now: () => Date): Retries {
  const own = and(eq(retries.account, account), eq(retries.resource, resource));
  const open = new Set(
    orm
      .select({ parent: retries.parent })
      .from(retries)
      .where(own)
      .all()
      .map(({ parent }) => parent),
  );
  return {
    parents: () => [...open],
    add(parent, reason) {
      open.add(parent);
      const failure = { reason, failed_at: formatTimestamp(now()) };
      orm
        .insert(retries)
        .values({ account, resource, parent, ...failure })
        .onConflictDoUpdate({ target: [retries.account, retries.resource, retries.parent], set: failure })
        .run();
    },
    remove(parent) {
      if (!open.delete(parent)) return;
      orm
        .delete(retries)
        .where(and(own, eq(retries.parent, parent)))
        .run();
    },
  };
}
