import { and, count, eq, isNull, lt } from "drizzle-orm";
import type { Warehouse } from "../database/open.ts";
import { rejectedRecords } from "../schema/sync-tables.ts";
import { formatTimestamp } from "../schema/timestamp.ts";

/** A record that could not be stored. */
export interface Reject {
  /** The record's key, or a stand-in where it has none. */
  readonly key: string;
  readonly hasKey: boolean;
  /** The key of the record whose listing had it; undefined in listings of the whole account. */
  readonly parent: string | undefined;
  readonly json: string;
  readonly reason: string;
}

/** Keeps the rejected records of one resource of one account. */
export interface Rejects {
  add(reject: Reject): void;
  /** Closes the reject of a record that was stored, if it has one. */
  resolve(key: string): void;
  /** Gives the open rejects that no run has met since this one began. */
  openSince(run: number): Reject[];
  /** Closes those of the open rejects, not met since this run began, that are over. */
  resolveOpenSince(since: number, isOver: (reject: Reject) => boolean): void;
}

function openOnes(account: string, resource: string) {
  return and(
    eq(rejectedRecords.account, account),
    eq(rejectedRecords.resource, resource),
    isNull(rejectedRecords.resolved_at),
  );
}

/** Counts, for each resource of an account, the records that were rejected and could not be stored since. */
export function countMissingByResource({ orm }: Warehouse, account: string) {
  return orm
    .select({ resource: rejectedRecords.resource, records: count() })
    .from(rejectedRecords)
    .where(and(eq(rejectedRecords.account, account), isNull(rejectedRecords.resolved_at)))
    .groupBy(rejectedRecords.resource)
    .all();
}

/** Counts the records of one resource of one account that were rejected and could not be stored since. */
export function countOpenRejects({ orm }: Warehouse, account: string, resource: string): number {
  const [open] = orm
    .select({ records: count() })
    .from(rejectedRecords)
    .where(openOnes(account, resource))
    .all();
  return open?.records ?? 0;
}

export function openRejects(
  { orm }: Warehouse,
  account: string,
  resource: string,
  { run, now }: { run: number; now: () => Date },
): Rejects {
  const own = openOnes(account, resource);
  const open = new Set(
    orm
      .select({ key: rejectedRecords.key })
      .from(rejectedRecords)
      .where(own)
      .all()
      .map(({ key }) => key),
  );
  const resolve = (key: string) => {
    open.delete(key);
    orm
      .update(rejectedRecords)
      .set({ resolved_at: formatTimestamp(now()) })
      .where(and(own, eq(rejectedRecords.key, key)))
      .run();
  };
  const openSince = (first: number): Reject[] =>
    orm
      .select()
      .from(rejectedRecords)
      .where(and(own, lt(rejectedRecords.run_id, first)))
      .all()
      .map(({ key, has_key, parent, json, reason }) => ({
        ...{ key, json, reason },
        hasKey: has_key === 1,
        parent: parent ?? undefined,
      }));
  return {
    add({ key, hasKey, parent = null, json, reason }) {
      open.add(key);
      const seen = { has_key: Number(hasKey), parent, run_id: run, json, reason, resolved_at: null };
      orm
        .insert(rejectedRecords)
        .values({ account, resource, key, first_seen_at: formatTimestamp(now()), ...seen })
        .onConflictDoUpdate({
          target: [rejectedRecords.account, rejectedRecords.resource, rejectedRecords.key],
          set: seen,
        })
        .run();
    },
    resolve(key) {
      if (open.has(key)) resolve(key);
    },
    openSince,
    resolveOpenSince(since, isOver) {
      for (const reject of openSince(since)) if (isOver(reject)) resolve(reject.key);
    },
  };
}
