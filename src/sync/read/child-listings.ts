import { isRefusal } from "../../errors.ts";
import { findWireChange, smallestSample } from "../write/wire-change.ts";
import type { ChildListingResult, ChildWalk } from "./child-walk.ts";
import { failedInARow } from "./listing-failures.ts";
import { readChildListing } from "./read-child-listing.ts";

/** Reads the listings that earlier runs could not read; never rejects. */
export async function retryFailedListings(child: ChildWalk): Promise<void> {
  const { failures, reads } = child;
  failures.hasRead = child.parentsRead.count() > 0;
  let failedAgain = 0;
  const retry = async (parent: string) => {
    // The server may be down; then the listing of the parents comes next, and its error says so.
    if (failedAgain >= failedInARow) return;
    await readChildListing(child, parent);
    const error = failures.errors.get(parent);
    if (error && !isRefusal(error)) failedAgain += 1;
  };
  await Promise.all([...failures.failedBefore].map((parent) => reads.limit(() => retry(parent))));
}

/**
 * Reads the listings of these parents that are due, each once in a run and as many at once as the API client allows; never rejects.
 * True where a walk that is stopped later need not come back to them.
 */
export async function readChildListings(child: ChildWalk, parents: readonly string[]): Promise<boolean> {
  await readAll(
    child,
    parents.filter((parent) => child.refresh.isDue(parent) || isInvalidated(child, parent)),
  );
  return child.failures.fatal === undefined;
}

/**
 * Refreshes the child listings that need it and were not read yet, of the parents that were listed. They are those in the refresh
 * queue, those whose content may have changed with time alone, and those with a rejected record. Never rejects.
 */
export async function refreshChildListings(
  child: ChildWalk,
  wasListed: (parent: string) => boolean,
): Promise<void> {
  const { run, resource, queue, rejectedParents, reads } = child;
  const stale = resource.findStaleParents?.(run.warehouse, run.account, run.now()) ?? [];
  const wasRead = child.parentsRead.lookup();
  const unread = [...new Set([...queue.parents(), ...stale, ...rejectedParents])].filter(
    (parent) => !reads.began.has(parent) && (!wasRead(parent) || isInvalidated(child, parent)),
  );
  await readAll(child, unread.filter(wasListed));
}

/** The walk starts at its beginning: every parent is read again. */
export function restartChildWalk({ reads }: ChildWalk): void {
  reads.began.clear();
}

const isInvalidated = ({ queue, rejectedParents }: ChildWalk, parent: string) =>
  queue.has(parent) || rejectedParents.has(parent);

async function readAll(child: ChildWalk, parents: readonly string[]): Promise<void> {
  const listings = await Promise.all(parents.map((parent) => readOnce(child, parent)));
  const rejections = listings.flatMap((listing) => listing.rejections);
  const fetched = listings.reduce((sum, listing) => sum + listing.fetched, 0);
  if (fetched < smallestSample) return;
  child.failures.fatal ??= findWireChange(
    child.resource.name,
    { rejected: rejections.length, fetched },
    rejections[0],
  );
}

function readOnce(child: ChildWalk, parent: string): Promise<ChildListingResult> {
  const { running, began, limit } = child.reads;
  if (began.has(parent)) return Promise.resolve({ fetched: 0, rejections: [] });
  const listing = running.get(parent) ?? limit(() => readChildListing(child, parent));
  running.set(parent, listing);
  return listing;
}
