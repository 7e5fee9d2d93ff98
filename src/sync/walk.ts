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

/** A walk whose listing was read, to its end or not. */
export interface ReadWalk {
  readonly walk: Walk;
  readonly listing: ListingResult;
  /** When the reading ended (`performance.now()`). */
  readonly readAt: number;
}

/**
 * Reads the listing of a resource, and for each of its records the listings of its child resources. Every page is stored as it arrives.
 * The checkpoint moves behind a page once the page and its child listings are stored. Rejects only where the warehouse cannot be read.
 */
export async function readResource(run: Run, group: WalkGroup): Promise<ReadWalk> {
  const walk = openWalk(run, group, planWalk(run, group));
  return { walk, listing: await readListing(walk), readAt: performance.now() };
}

/**
 * Finishes a walk: marks as deleted what its listing did not have. What goes wrong is in the results; rejects only where the warehouse
 * cannot be written. `invalidated` resolves once the listings were read that may invalidate child listings.
 */
export async function finishWalk(
  { walk, listing, readAt }: ReadWalk,
  invalidated: Promise<unknown>,
): Promise<ResourceResult[]> {
  const waited = performance.now() - readAt;
  for (const { own } of [walk, ...walk.children]) own.leaveOut(waited);
  const endFailure = await confirmEnd(walk, listing);
  const isReadToEnd = endFailure === undefined && !walk.run.signal.aborted && !listing.endedEarly;
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
