import { ApiError, NotAllowedError } from "../../errors.ts";
import type { ChildListingResult, ChildWalk } from "./child-walk.ts";
import { addFailure, addSuccess } from "./listing-failures.ts";
import { readPages } from "./read-pages.ts";

const nothing: ChildListingResult = { fetched: 0, rejections: [] };

/** Reads the listing of one parent, unless something fatal has happened before; never rejects. */
export async function readChildListing(child: ChildWalk, parent: string): Promise<ChildListingResult> {
  const { failures, reads } = child;
  const began = performance.now();
  try {
    if (failures.fatal !== undefined) return nothing;
    const listing = await storeChildListing(child, parent);
    addSuccess(failures, parent);
    return listing;
  } catch (error) {
    recordFailure(child, parent, error);
    return nothing;
  } finally {
    reads.running.delete(parent);
    reads.began.set(parent, began);
  }
}

/** Reads and stores the pages of one listing. */
async function storeChildListing(child: ChildWalk, parent: string): Promise<ChildListingResult> {
  const { run, resource, own, refresh, tombstones } = child;
  let read = { fetched: 0, recordsWithoutKey: 0, rejections: [] as string[] };
  const startOver = () => {
    read = { fetched: 0, recordsWithoutKey: 0, rejections: [] };
  };
  for await (const { records, cursor } of readPages(resource.listing, run.api, { parent }, startOver)) {
    await own.store({
      records,
      parent,
      before: read.fetched,
      marksRows: refresh.marksRows,
      also(page) {
        read.recordsWithoutKey += page.recordsWithoutKey;
        read.rejections.push(...page.rejections);
        own.seen.add(page.keys);
        if (cursor !== undefined) return;
        // A record without a key may be any that is stored.
        if (read.recordsWithoutKey > 0) own.seen.add(tombstones.liveKeysOf(parent));
        recordReadToEnd(child, parent);
      },
    });
    read.fetched += records.length;
  }
  return read;
}

/** Called in the transaction that stores the last page. */
function recordReadToEnd(child: ChildWalk, parent: string): void {
  const { run, failures, parentsRead, queue, retries, rejects, rejectedParents } = child;
  parentsRead.add([parent]);
  failures.hasRead = true;
  // A walk that is stopped now may not come back to it by itself, and has not yet reconciled what is missing.
  if (failures.failedBefore.has(parent)) queue.keep(parent);
  retries.remove(parent);
  if (rejectedParents.has(parent)) rejects.resolveOpenSince(run.id, (reject) => reject.parent === parent);
}

function recordFailure({ failures, retries, queue }: ChildWalk, parent: string, error: unknown): void {
  // A wrong key, a stop or a fault of the warehouse would stop all the others, too.
  if (!(error instanceof ApiError) || error.status === 401) {
    failures.fatal ??= error;
    return;
  }
  try {
    addFailure(failures, parent, error);
    retries.add(parent, error.message);
    // Where the key may read none of them, they are not kept to be read again, so their place in the queue must not be lost.
    if (!(error instanceof NotAllowedError)) queue.remove(parent);
  } catch (unsaved) {
    failures.fatal ??= unsaved;
  }
}
