import { and, desc, eq, max, or } from "drizzle-orm";
import type { Warehouse } from "../database/open.ts";
import { runResources, runs, type Status } from "../schema/sync-tables.ts";
import { formatTimestamp } from "../schema/timestamp.ts";

/** What a run did with one resource. */
export interface ResourceResult {
  readonly resource: string;
  readonly status: Status;
  readonly pages: number;
  readonly fetched: number;
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly rejected: number;
  /** Records that did not validate, in this run or before, and could not be stored since. */
  readonly missing: number;
  /** 1 if the walk came to the end of its listing, else 0. */
  readonly read_to_end: 0 | 1;
  /** 1 if the walk came to the end of the whole listing and what is missing there was marked, else 0. */
  readonly reconciled: 0 | 1;
  readonly restored: number;
  readonly deleted: number;
  readonly milliseconds: number;
  readonly error?: string;
  /** Pages that the listing's first answer announced; null where it said nothing. */
  readonly announced_pages: number | null;
  /** When the walk began that ended here, as a timestamp; null where it could not begin. */
  readonly walk_started_at: string | null;
  /** Everything stored was read then or later, as a timestamp; null unless the walk was complete. */
  readonly fresh_as_of: string | null;
}

/** Records that a sync of this account has begun; returns the number of the run. */
export function startRun({ orm }: Warehouse, account: string, trigger: string, now: Date): number {
  const id = findLatestRun({ orm }) + 1;
  orm
    .insert(runs)
    .values({
      account,
      id,
      trigger,
      status: "running",
      started_at: formatTimestamp(now),
      process_id: process.pid,
    })
    .run();
  return id;
}

/** Finds the number of the last run of any account; 0 where there was none. */
export function findLatestRun({ orm }: Pick<Warehouse, "orm">): number {
  const [latest] = orm
    .select({ id: max(runs.id) })
    .from(runs)
    .all();
  return latest?.id ?? 0;
}

/** Records how one resource of a run ended. */
export function recordResource(
  { orm }: Warehouse,
  account: string,
  run: number,
  result: ResourceResult,
): void {
  orm
    .insert(runResources)
    .values({ account, run_id: run, ...result })
    .run();
}

/** Records how a run ended. */
export function finishRun(
  { orm }: Warehouse,
  account: string,
  run: number,
  { status, error, now }: { status: Status; error: string | undefined; now: Date },
): void {
  orm
    .update(runs)
    .set({ status, error, finished_at: formatTimestamp(now) })
    .where(and(eq(runs.account, account), eq(runs.id, run)))
    .run();
}

/** True once a walk of this resource has come to its end: whatever comes later is a change. */
export function wasReadToEnd({ orm }: Warehouse, account: string, resource: string): boolean {
  const own = and(
    eq(runResources.account, account),
    eq(runResources.resource, resource),
    or(eq(runResources.read_to_end, 1), eq(runResources.status, "complete")),
  );
  return orm.select({ run: runResources.run_id }).from(runResources).where(own).limit(1).all().length > 0;
}

/** When the last walks of one resource of one account began, as timestamps. */
export interface PastWalks {
  /** The last that read the whole listing and was reconciled. */
  readonly lastReconciled: string | undefined;
  /** The last that was complete, whether or not it read the whole listing. */
  readonly lastComplete: string | undefined;
  /** The run of the last complete walk; 0 where there was none. */
  readonly lastCompleteRun: number;
  /** Everything stored was read then or later, as the last complete walk says. */
  readonly freshAsOf: string | undefined;
}

/** Reads the past walks of a resource. What was recorded while the clock was ahead counts for nothing until its time has come. */
export function readPastWalks(
  { sqlite }: Warehouse,
  account: string,
  resource: string,
  now: Date,
): PastWalks {
  const past = sqlite
    .prepare<
      [string, string, string],
      Record<"reconciled" | "complete" | "confirmed", string | null> & { run: number }
    >(
      `SELECT max(walk_started_at) FILTER (WHERE reconciled = 1) AS reconciled,
         max(walk_started_at) FILTER (WHERE status = 'complete') AS complete,
         coalesce(max(run_id) FILTER (WHERE status = 'complete'), 0) AS run, max(fresh_as_of) AS confirmed
       FROM sync_run_resources WHERE account = ? AND resource = ? AND walk_started_at <= ?`,
    )
    .get(account, resource, formatTimestamp(now));
  return {
    lastReconciled: past?.reconciled ?? undefined,
    lastComplete: past?.complete ?? undefined,
    lastCompleteRun: past?.run ?? 0,
    freshAsOf: past?.confirmed ?? undefined,
  };
}

/** True where a deadline cut off the last walk of this resource: a stop leaves no error. */
export function wasCutOff({ orm }: Warehouse, account: string, resource: string): boolean {
  const [last] = orm
    .select({ status: runResources.status, error: runResources.error })
    .from(runResources)
    .where(and(eq(runResources.account, account), eq(runResources.resource, resource)))
    .orderBy(desc(runResources.run_id))
    .limit(1)
    .all();
  return last?.status === "interrupted" && last.error !== null;
}

/** Marks runs as interrupted whose process ended without recording it. Only the holder of the writer's lock may call this. */
export function closeAbandonedRuns({ orm }: Warehouse, now: Date): void {
  orm
    .update(runs)
    .set({
      status: "interrupted",
      finished_at: formatTimestamp(now),
      error: "its process ended without finishing the run",
    })
    .where(eq(runs.status, "running"))
    .run();
}

/** Finds the process that is syncing, and since when; undefined where none is. */
export function findRunningSync({ orm }: Warehouse): string | undefined {
  const [run] = orm
    .select()
    .from(runs)
    .where(eq(runs.status, "running"))
    .orderBy(desc(runs.id))
    .limit(1)
    .all();
  return run && `process ${run.process_id}, since ${run.started_at} UTC`;
}
