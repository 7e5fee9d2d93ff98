import type { Warehouse } from "../database/open.ts";
import type { Status } from "../schema/sync-tables.ts";
import { isLeftOut } from "../state/status.ts";

/**
 * Why changes may be missing. The last walk of a resource was not `complete` (its status says how), no walk ever was, or the
 * first complete one came after the requested time. Or a run (`resource` is null) has not ended, or was cut off before it could
 * say more.
 */
export interface Gap {
  readonly resource: string | null;
  readonly reason: Exclude<Status, "complete"> | "never_complete" | "kept_later";
  /** When the last walk began that came to its end or, for what is kept later, the first one; of a run its own beginning (UTC). */
  readonly at: string | null;
}

interface ResourceWalks {
  readonly status: Status;
  readonly first: string | null;
  readonly last: string | null;
}

/** What may be missing from the changes of these resources since a timestamp, in their order. */
export function findGaps(
  { sqlite }: Warehouse,
  account: string,
  since: string,
  resources: readonly string[],
): Gap[] {
  const walksOf = sqlite.prepare<[string, string], ResourceWalks>(walks);
  const cutOff = sqlite.prepare<[string, string], Gap>(silentRun).all(account, account);
  const ofResources = resources.flatMap((resource): Gap[] => {
    const { status, first, last } = walksOf.get(account, resource) ?? {};
    if (status !== undefined && isLeftOut(status)) return [{ resource, reason: status, at: last ?? null }];
    if (status === undefined || !first) return [{ resource, reason: "never_complete", at: null }];
    const gaps: Gap[] = [];
    if (status !== "complete") gaps.push({ resource, reason: status, at: last ?? null });
    if (first > since) gaps.push({ resource, reason: "kept_later", at: first });
    return gaps;
  });
  return [...cutOff, ...ofResources];
}

const walks = `
  WITH walk AS (
    SELECT walked.status, run_id, coalesce(walk_started_at, started_at) AS began,
      walked.status = 'complete' OR read_to_end AS ended
    FROM sync_run_resources AS walked JOIN sync_runs ON sync_runs.account = walked.account AND id = run_id
    WHERE walked.account = ? AND resource = ?)
  SELECT status, (SELECT min(began) FROM walk WHERE ended) AS first,
    (SELECT max(began) FROM walk WHERE ended) AS last
  FROM walk ORDER BY run_id DESC LIMIT 1`;

const silentRun = `
  SELECT NULL AS resource, status AS reason, started_at AS at FROM sync_runs
  WHERE account = ? AND status IN ('running', 'interrupted')
    AND id = (SELECT max(id) FROM sync_runs WHERE account = ?)
    AND NOT EXISTS (SELECT 1 FROM sync_run_resources AS said WHERE said.account = sync_runs.account AND run_id = id)`;
