import { ApiError, IncompleteError, NotAllowedError, requireDefined } from "../errors.ts";
import { getShape } from "../schema/table.ts";
import { formatTimestamp } from "../schema/timestamp.ts";
import { type ResourceResult, readPastWalks } from "../state/runs.ts";
import { computeDueAge } from "./plan/cadence.ts";
import { type ChildWalk, findChildRefusal } from "./read/child-walk.ts";
import type { Walk } from "./read/open-walk.ts";
import type { ListingResult } from "./read/read-listing.ts";
import { type ChildReconciliation, notReconciled } from "./reconcile/reconcile-child-listings.ts";
import type { WalkEnd } from "./write/resource-walk.ts";

/** How a walk ended. */
interface WalkOutcome {
  /** What kept it from being complete; undefined where nothing did. */
  readonly failure: unknown;
  readonly isReadToEnd: boolean;
  readonly children: ReadonlyMap<ChildWalk, ChildReconciliation>;
}

/** What a walk did, with its resource and with each child resource. */
export function summariseWalk(
  walk: Walk,
  listing: ListingResult,
  { failure, isReadToEnd, children }: WalkOutcome,
): ResourceResult[] {
  const { run, resource, own, checkpoint } = walk;
  // A listing was read to its end only if it was read from its beginning.
  const isAllRead = isReadToEnd && listing.mode.kind !== "incremental";
  const { freshAsOf = null } = readPastWalks(run.warehouse, run.account, resource.name, run.now());
  const end = {
    walk_started_at: checkpoint.startedAt,
    fresh_as_of: isAllRead ? checkpoint.startedAt : freshAsOf,
    isReadToEnd: isAllRead,
    isReconciled: isAllRead && failure === undefined && !run.signal.aborted,
    isWhole: listing.isWhole,
  };
  const parentFailure = failure === undefined ? undefined : describeParentFailure(resource.name, failure);
  return [
    own.summarise(failure, { ...end, announced_pages: listing.reached.announced ?? null }),
    ...walk.children.map((child) =>
      summariseChildWalk(child, { parentFailure, end, reconciliation: children.get(child) ?? notReconciled }),
    ),
  ];
}

/** What the end of a walk means for its child resources: the listings of some parents were not read. */
function describeParentFailure(parents: string, failure: unknown): Error {
  if (failure instanceof NotAllowedError) return failure;
  const message = `not all ${parents} are accounted for, and only the listings of those that were listed were read`;
  const hint = `See the error of ${parents}.`;
  return failure instanceof IncompleteError
    ? new IncompleteError(failure.status, message, hint)
    : new ApiError(message, { hint });
}

interface ParentOutcome {
  readonly parentFailure: Error | undefined;
  /** How the walk of the parent resource ended. */
  readonly end: Omit<WalkEnd, "announced_pages">;
  readonly reconciliation: ChildReconciliation;
}

function summariseChildWalk(
  child: ChildWalk,
  { parentFailure, end, reconciliation }: ParentOutcome,
): ResourceResult {
  const { own, failures, refresh } = child;
  const refusal = findChildRefusal(child);
  // A walk that was not read to its end may continue behind them.
  if (refusal && end.isReadToEnd) forgetRefused(child);
  return own.summarise(
    refusal ?? failures.fatal ?? parentFailure ?? reconciliation.limit ?? describeFailures(child),
    {
      ...end,
      isWhole: end.isWhole && !refresh.isPartial,
      isReadToEnd: end.isReadToEnd && failures.fatal === undefined && !refusal,
      isReconciled: end.isReconciled && reconciliation.isReconciled,
      fresh_as_of: refresh.isPartial ? findOldestRead(child) : end.fresh_as_of,
      // Child listings announce nothing.
      announced_pages: null,
    },
  );
}

/** The error for the listings that could not be read; undefined where all could. */
function describeFailures({ resource, failures }: ChildWalk): ApiError | undefined {
  const [first] = failures.errors;
  if (!first) return undefined;
  const [parent, { message }] = first;
  return new ApiError(
    `the listings of ${failures.errors.size} of ${resource.listing.parent} could not be read, the first of ${parent}: ${message}`,
    { hint: "Their records stay as they were; the next sync reads these listings first." },
  );
}

/** Where the key may read no listing, those that were refused now are not retried by the next sync. */
function forgetRefused({ run, failures, retries }: ChildWalk): void {
  const { errors, failedBefore } = failures;
  run.warehouse.sqlite.transaction(() => {
    for (const parent of errors.keys()) if (!failedBefore.has(parent)) retries.remove(parent);
  })();
}

/**
 * Since when all child listings of a rolling refresh were read. The rows say so, but not of listings without rows; the cycle allows no
 * earlier time; and an earlier walk may have said a later one.
 */
function findOldestRead({ run, resource }: ChildWalk): string | null {
  const { warehouse, account, now, rules } = run;
  const [oldest, newest] = requireDefined(
    warehouse.sqlite
      .prepare<[string], (string | null)[]>(
        `SELECT min(synced_at), max(synced_at) FROM "${getShape(resource.table).name}" WHERE account = ? AND deleted_at IS NULL`,
      )
      .raw()
      .get(account),
    "the first and last time of reading",
  );
  const { freshAsOf = null } = readPastWalks(warehouse, account, resource.name, now());
  const cycle = formatTimestamp(new Date(now().getTime() - computeDueAge(rules.shortcuts.listingMaxAgeDays)));
  // A clock that was ahead has left rows that cannot be believed.
  if (typeof oldest !== "string" || String(newest) > formatTimestamp(now())) return freshAsOf;
  const [claim = cycle] = [oldest, cycle].sort();
  return freshAsOf !== null && freshAsOf > claim ? freshAsOf : claim;
}
