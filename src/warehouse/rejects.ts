import { and, eq, isNull, lt } from "drizzle-orm";
import { rejectedRecords } from "./bookkeeping.ts";
import type { Warehouse } from "./open.ts";
import { timestamp } from "./timestamp.ts";

/** A record that could not be stored. */
export interface Reject {
  /** The record's key, or its hash where it has none. */
  readonly key: string;
  readonly json: string;
  readonly reason: string;
}

/** Keeps the rejected records of one resource of one account. */
export interface Rejects {
  add(reject: Reject): void;
  /** A record was stored: if it was rejected before, that is over. */
  resolve(key: string): void;
  /** A walk that began with this run has ended: of the records that it `covers`, those it did not meet are no longer there. */
  resolveUnmet(firstRun: number, covers?: (key: string) => boolean): void;
}

export function rejectsOf(
  { orm }: Warehouse,
  account: string,
  resource: string,
  { run, now }: { run: number; now: () => Date },
): Rejects {
  const own = and(
    eq(rejectedRecords.account, account),
    eq(rejectedRecords.resource, resource),
    isNull(rejectedRecords.resolved_at),
  );
  const open = new Set(
    orm
      .select({ key: rejectedRecords.key })
      .from(rejectedRecords)
      .where(own)
      .all()
      .map(({ key }) => key),
  );
  return {
    add({ key, json, reason }) {
      open.add(key);
      const seen = { run_id: run, json, reason, resolved_at: null };
      orm
        .insert(rejectedRecords)
        .values({ account, resource, key, first_seen_at: timestamp(now()), ...seen })
        .onConflictDoUpdate({
          target: [rejectedRecords.account, rejectedRecords.resource, rejectedRecords.key],
          set: seen,
        })
        .run();
    },
    resolve(key) {
      if (!open.delete(key)) return;
      orm
        .update(rejectedRecords)
        .set({ resolved_at: timestamp(now()) })
        .where(and(own, eq(rejectedRecords.key, key)))
        .run();
    },
    resolveUnmet(firstRun, covers = () => true) {
      if (open.size === 0) return;
      const unmet = orm
        .select({ key: rejectedRecords.key })
        .from(rejectedRecords)
        .where(and(own, lt(rejectedRecords.run_id, firstRun)))
        .all();
      for (const { key } of unmet) if (covers(key)) this.resolve(key);
    },
  };
}
