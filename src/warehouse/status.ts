import { and, count, eq, isNull, sql } from "drizzle-orm";
import type { Status } from "./bookkeeping.ts";
import type { Warehouse } from "./open.ts";
import { shapeOf, type Table } from "./table.ts";

/** The last run that touched a resource of an account, and what is stored now. Timestamps are UTC. */
export interface ResourceStatus {
  readonly account: string;
  readonly resource: string;
  readonly run: number;
  readonly started_at: string;
  readonly finished_at: string | null;
  readonly status: Status;
  readonly error: string | null;
  /** When the last complete walk began; what a sync leaves out was read before (`confirmed_since`). */
  readonly complete_at: string | null;
  /** Everything stored of it was read then or later: before `complete_at` where syncs leave out what they may. */
  readonly confirmed_since: string | null;
  /** Live rows in the resource's own table. */
  readonly rows: number;
  /** Records that did not validate and are not in the table. */
  readonly rejected: number;
}

/** How the last run of an account ended. */
export interface RunStatus {
  readonly account: string;
  readonly run: number;
  readonly status: Status;
  readonly started_at: string;
  readonly finished_at: string | null;
  readonly process_id: number;
  readonly error: string | null;
}

/** How old the ready answers are. */
export interface AnswersStatus {
  /** Null where they never were worked out. */
  readonly worked_out_at: string | null;
  /** Whether a sync has been complete since. */
  readonly behind: boolean;
}

/** Whether the ready answers are those of the last complete sync. */
export function answersStatus({ orm }: Warehouse): AnswersStatus {
  const { worked_out_at, ended } = orm.get<{ worked_out_at: string | null; ended: string | null }>(sql`
    SELECT (SELECT max(answers_from) FROM freshness) AS worked_out_at,
      (SELECT max(finished_at) FROM sync_runs WHERE status = 'complete') AS ended`);
  return { worked_out_at, behind: ended !== null && (worked_out_at ?? "") < ended };
}

/** The last run of each account. */
export function lastRuns({ orm }: Warehouse): RunStatus[] {
  return orm.all<RunStatus>(sql`
    SELECT account, id AS run, status, started_at, finished_at, process_id, error FROM sync_runs
    WHERE (account, id) IN (SELECT account, max(id) FROM sync_runs GROUP BY account)
    ORDER BY account`);
}

/** What is known of each of these resources, for each account that ever read it; account by account. */
export function resourceStatuses(
  warehouse: Warehouse,
  resources: readonly { readonly name: string; readonly table: Table }[],
): ResourceStatus[] {
  const latest = warehouse.orm.all<Omit<ResourceStatus, "rows">>(sql`
    SELECT account, resource, run_id AS run, started_at, finished_at, of_resource.status, of_resource.error,
      (SELECT count(*) FROM rejected_records AS reject
       WHERE reject.account = of_resource.account AND reject.resource = of_resource.resource AND resolved_at IS NULL) AS rejected,
      (SELECT max(coalesce(earlier.walk_started_at, complete.started_at))
       FROM sync_run_resources AS earlier JOIN sync_runs AS complete USING (account)
       WHERE complete.id = earlier.run_id AND earlier.account = of_resource.account
         AND earlier.resource = of_resource.resource AND earlier.status = 'complete') AS complete_at,
      (SELECT max(coalesce(confirmed_since, walk_started_at)) FROM sync_run_resources AS earlier
       WHERE earlier.account = of_resource.account AND earlier.resource = of_resource.resource
         AND earlier.status = 'complete') AS confirmed_since
    FROM sync_run_resources AS of_resource
    JOIN sync_runs USING (account)
    WHERE sync_runs.id = run_id AND (account, resource, run_id) IN
      (SELECT account, resource, max(run_id) FROM sync_run_resources GROUP BY account, resource)
    ORDER BY account`);
  const inOrder = resources.flatMap(({ name, table }) =>
    latest
      .filter(({ resource }) => resource === name)
      .map((status) => ({ ...status, rows: liveRows(warehouse, table, status.account) })),
  );
  return inOrder.sort((one, other) => one.account.localeCompare(other.account));
}

function liveRows({ orm }: Warehouse, table: Table, account: string): number {
  const { name } = shapeOf(table);
  const own = and(eq(sql.identifier("account"), account), isNull(sql.identifier("deleted_at")));
  return orm.get<{ rows: number }>(sql`SELECT ${count()} AS rows FROM ${sql.identifier(name)} WHERE ${own}`)
    .rows;
}
