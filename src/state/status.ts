import type { WarehouseFile } from "../database/open-read-only.ts";
import type { LeftOut, Status } from "../schema/sync-tables.ts";

/** True for a resource that was left out on purpose, or because the API key may not read it: its rows stay, and it is not a failure. */
export function isLeftOut(status: string): status is LeftOut {
  return status === "not_allowed" || status === "skipped";
}

/** True for a resource with which nothing went wrong. */
export function isAsIntended(status: Status): boolean {
  return status === "complete" || isLeftOut(status);
}

/** Explains what to do about resources that the API key may not read. */
export function explainHowToAllow(resources: readonly string[]): string {
  const them = resources.length === 1 ? "it" : "them";
  return `In ChartMogul, give the user of this API key the right to read ${them} (opportunities need a CRM seat). Or leave ${them} out: SYNC_SKIP=${resources.join(",")}.`;
}

/** The last run that touched a resource of an account, and what is stored now. Timestamps are UTC. */
export interface ResourceStatus {
  readonly account: string;
  readonly resource: string;
  readonly run: number;
  readonly started_at: string;
  readonly finished_at: string | null;
  readonly status: Status;
  readonly error: string | null;
  /** When the last complete walk began; what a sync leaves out was read before (`fresh_as_of`). */
  readonly last_complete_at: string | null;
  /** Everything stored of it was read then or later: before `last_complete_at` where syncs leave out what they may. */
  readonly fresh_as_of: string | null;
  /** Live rows in the resource's own table. */
  readonly rows: number;
  /** Records that did not validate and could not be stored since: they are not in the table, or as they were before. */
  readonly missing: number;
}

/** A field of stored records that is not in their table, or not as it should be. */
export interface OddField {
  readonly account: string;
  readonly resource: string;
  /** Path of the key in the record, without positions in lists. */
  readonly field: string;
  /** Such as `was not a number`. */
  readonly problem: string;
  /** How many stored records have it. */
  readonly records: number;
}

/** Reads what is in records and not in their tables, account by account and resource by resource. */
export function readOddFields({ sqlite }: WarehouseFile): OddField[] {
  return sqlite
    .prepare<[], OddField>(
      `SELECT account, resource, field, problem, records FROM sync_odd_fields
       ORDER BY account, resource, records DESC, field`,
    )
    .all();
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

/** How old the summary tables are. */
export interface SummariesStatus {
  /** Null where they were never refreshed. */
  readonly refreshed_at: string | null;
  /** Whether a sync has been complete since. */
  readonly behind: boolean;
}

/** Whether the summary tables are those of the last complete sync. */
export function readSummariesStatus({ sqlite }: WarehouseFile): SummariesStatus {
  const { refreshed_at = null, ended = null } =
    sqlite
      .prepare<[], { refreshed_at: string | null; ended: string | null }>(
        `SELECT (SELECT max(summaries_refreshed_at) FROM freshness) AS refreshed_at,
           (SELECT max(finished_at) FROM sync_runs WHERE status = 'complete') AS ended`,
      )
      .get() ?? {};
  return { refreshed_at, behind: ended !== null && (refreshed_at ?? "") < ended };
}

/** The last run of each account. */
export function readLastRuns({ sqlite }: WarehouseFile): RunStatus[] {
  return sqlite
    .prepare<[], RunStatus>(
      `SELECT account, id AS run, status, started_at, finished_at, process_id, error FROM sync_runs
       WHERE (account, id) IN (SELECT account, max(id) FROM sync_runs GROUP BY account)
       ORDER BY account`,
    )
    .all();
}

/** What is known of each of these resources, given with their tables, for each account that ever read it; account by account. */
export function readResourceStatuses(
  { sqlite }: WarehouseFile,
  tables: Readonly<Record<string, string>>,
): ResourceStatus[] {
  const latest = sqlite
    .prepare<[], Omit<ResourceStatus, "rows">>(`
    SELECT account, resource, run_id AS run, started_at, finished_at, of_resource.status, of_resource.error,
      (SELECT count(*) FROM rejected_records AS reject
       WHERE reject.account = of_resource.account AND reject.resource = of_resource.resource AND resolved_at IS NULL) AS missing,
      (SELECT max(coalesce(earlier.walk_started_at, complete.started_at))
       FROM sync_run_resources AS earlier JOIN sync_runs AS complete USING (account)
       WHERE complete.id = earlier.run_id AND earlier.account = of_resource.account
         AND earlier.resource = of_resource.resource AND earlier.status = 'complete') AS last_complete_at,
      (SELECT max(coalesce(fresh_as_of, walk_started_at)) FROM sync_run_resources AS earlier
       WHERE earlier.account = of_resource.account AND earlier.resource = of_resource.resource
         AND earlier.status = 'complete') AS fresh_as_of
    FROM sync_run_resources AS of_resource
    JOIN sync_runs USING (account)
    WHERE sync_runs.id = run_id AND (account, resource, run_id) IN
      (SELECT account, resource, max(run_id) FROM sync_run_resources GROUP BY account, resource)
    ORDER BY account`)
    .all();
  const liveRows = (table: string, account: string) =>
    sqlite
      .prepare<[string], number>(`SELECT count(*) FROM "${table}" WHERE account = ? AND deleted_at IS NULL`)
      .pluck()
      .get(account) ?? 0;
  const inOrder = Object.entries(tables).flatMap(([name, table]) =>
    latest
      .filter(({ resource }) => resource === name)
      .map((status) => ({ ...status, rows: liveRows(table, status.account) })),
  );
  return inOrder.sort((one, other) => one.account.localeCompare(other.account));
}
