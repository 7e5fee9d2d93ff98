import { IncompleteError } from "../errors.ts";
import type { ResourceResult } from "../state/runs.ts";
import { planWalk } from "./plan/plan-walk.ts";
import { askForRejects } from "./read/ask-for-rejects.ts";
import { refreshChildListings } from "./read/child-listings.ts";
import { isBroken } from "./read/child-walk.ts";
import { openWalk, type Walk } from "./read/open-walk.ts";
import { type ListingResult, readListing } from "./read/read-listing.ts";
import { findTruncation } from "./read/truncated.ts";
import { type Reconciliation, reconcileDeletes } from "./reconcile/reconcile-deletes.ts";
import type { Run } from "./run.ts";
import { summariseWalk } from "./summarise-walk.ts";
import type { WalkGroup } from "./walk-group.ts";

/**
 * Walks the listing of a resource to its end, and for each of its records the listings of its child resources; then marks as deleted
 * what it did not meet. Every page is stored as it arrives. The checkpoint moves behind a page once the page and its child listings are
 * stored. What goes wrong is in the results; rejects only where the warehouse cannot be written before or after the walk.
 * `invalidated` resolves once the walks have ended that may invalidate child listings.
 */
export async function walkResource(
  run: Run,
  group: WalkGroup,
  invalidated: Promise<unknown>,
): Promise<ResourceResult[]> {
  const walk = openWalk(run, group, planWalk(run, group));
  const listing = await readListing(walk);
  const endFailure = await confirmEnd(walk, listing);
  const isReadToEnd = endFailure === undefined && !run.signal.aborted && !listing.endedEarly;
  const { failure, children } = isReadToEnd
    ? await refreshAndReconcile(walk, listing, invalidated)
    : { failure: endFailure, children: new Map() };
  releaseCheckpoint(walk, failure);
  return summariseWalk(walk, listing, { failure, isReadToEnd, children });
}

/**
 * Returns what kept the listing from being read to its end: an error, or a truncated listing. Where nothing did, what earlier runs
 * rejected and the listing did not have is requested.
 */
async function confirmEnd(walk: Walk, { failure, reached, endedEarly }: ListingResult): Promise<unknown> {
  if (failure !== undefined || walk.run.signal.aborted) return failure;
  try {
    const truncation = endedEarly ? undefined : await findTruncation(walk, reached);
    if (truncation === undefined) await askForRejects(walk);
    return truncation;
  } catch (error) {
    return error;
  }
}

async function refreshAndReconcile(
  walk: Walk,
  listing: ListingResult,
  invalidated: Promise<unknown>,
): Promise<Reconciliation> {
  if (walk.children.length > 0) await invalidated;
  const wasListed = walk.own.seen.lookup();
  await Promise.all(walk.children.map((child) => refreshChildListings(child, wasListed)));
  return reconcileDeletes(walk, listing);
}

/** Ends the checkpoint of a walk that is not to be resumed. */
function releaseCheckpoint({ run, resource, children, checkpoint }: Walk, failure: unknown): void {
  if (run.signal.aborted || children.some(isBroken)) return;
  const isIncomplete = failure instanceof IncompleteError;
  // All that was listed was read. What was not listed is unknown, which matters where a walk may end early.
  if (isIncomplete && resource.listing.newestFirst) checkpoint.abandon();
  else if (isIncomplete || failure === undefined) checkpoint.finish();
}
