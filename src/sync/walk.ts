import type { ApiClient, Extract } from "../api/api-client.ts";
import { ApiError, IncompleteError, NotAllowedError } from "../errors.ts";
import type { Resource } from "../resources/resource.ts";
import { type Checkpoint, isWalkUnfinished, openCheckpoint } from "../state/checkpoints.ts";
import { type ResourceResult, readPastWalks } from "../state/runs.ts";
import { hintsOf } from "./plan/invalidate.ts";
import { inWords, scopeOf } from "./plan/read-mode.ts";
import { resumableBy } from "./plan/resume.ts";
import { askAgain } from "./read/ask-for-rejects.ts";
import { fanOut } from "./read/child-listings.ts";
import { type Listing, type Reached, readListing } from "./read/read-listing.ts";
import { settle } from "./reconcile/reconcile-deletes.ts";
import type { Run } from "./run.ts";
import { type Tally, tally } from "./write/resource-walk.ts";
import { restorerOf } from "./write/restore.ts";

/** Resources that are walked together. */
export interface Family {
  readonly root: Resource;
  /** Those with one listing for each record of the root. */
  readonly dependents: readonly Resource[];
  /** Those whose records are deleted with a record of the root: the dependents, also when they are not to be synced. */
  readonly followers: readonly Resource[];
  /** Those whose records belong to records of the root without standing in a listing of theirs. */
  readonly belongings: readonly Resource[];
}

/**
 * Walks the listing of the root to its end, and for each of its records the listings of its dependents; then marks as deleted what
 * was not met. Every page is stored as it arrives; the checkpoint moves past a page once it and everything that hangs on it is
 * stored. What goes wrong is in the results; rejects only where the warehouse cannot be written before or after the walk.
 * `told` settles once the walks have ended that tell which listings of the dependents may have changed.
 */
export async function walk(
  run: Run,
  { root, dependents, followers, belongings }: Family,
  told: Promise<unknown>,
): Promise<ResourceResult[]> {
  const { warehouse, account } = run;
  const own = tally(run, root, restorerOf(run, followers, belongings));
  const fans = dependents.map((dependent) => fanOut(run, dependent));
  const begun = scopeOf(run, root, {
    isUnfinished: isWalkUnfinished(warehouse, account, root.name),
    isFollowed: dependents.length > 0,
  });
  const checkpoint = openCheckpoint(
    warehouse,
    account,
    {
      name: root.name,
      // A walk over a part must not be gone on with as if it were one over all.
      fingerprint: [
        ...[root, ...dependents].map(({ name, version }) => `${name}@${version}`),
        ...fans.map(({ sweep }) => sweep),
        ...inWords(begun),
      ].join(" "),
      run: run.id,
      isResumable: resumableBy(run, root),
      seen: [own.seen, ...fans.flatMap(({ seen }) => seen)],
    },
    run.now,
  );
  const hint = hintsOf(run, root, followers, belongings);
  const listing = { own, fans, checkpoint, hint };
  const dueHistories = root.datesOf ? run.refreshQueue(root.name).parents() : [];
  const { scope, reached, isWhole, isCutShort, allReadSince, ...reading } = await readListing(
    run,
    root,
    listing,
    begun,
  );
  let { failure } = reading;
  if (failure === undefined && !run.signal.aborted) {
    failure = await completed(run, root, listing, { reached, isCutShort }).catch((error: unknown) => error);
  }
  const isReadToEnd = failure === undefined && !run.signal.aborted && !isCutShort;
  if (isReadToEnd) {
    if (fans.length > 0) await told;
    const wasListed = own.seen.lookup();
    await Promise.all(fans.map((fan) => fan.readDue(wasListed)));
    const read = { ...listing, followers, scope, dueHistories, keyless: reached.keyless, allReadSince };
    failure = await settle(run, root, read);
  }
  const { startedAt: walk_started_at } = checkpoint;
  if (!run.signal.aborted && fans.every((fan) => !fan.isBroken())) release(checkpoint, root, failure);

  const unread = failure && unreadBecauseOf(root, failure);
  // Read to its end is a listing only if it was read from its beginning.
  const isAll = isReadToEnd && scope.kind !== "since";
  const isReconciled = isAll && failure === undefined && !run.signal.aborted;
  const { freshAsOf = null } = readPastWalks(warehouse, account, root.name, run.now());
  const fresh_as_of = isAll ? walk_started_at : freshAsOf;
  const end = { walk_started_at, fresh_as_of, isReadToEnd: isAll, isReconciled, isWhole };
  return [
    own.result(failure, { ...end, announced_pages: reached.announced ?? null }),
    ...fans.map((fan) => fan.result(unread, end)),
  ];
}

/** Asks for what earlier runs rejected and the listing did not have; gives the error for one that ended too early. */
async function completed(
  run: Run,
  root: Resource,
  listing: Listing,
  { reached, isCutShort }: { readonly reached: Reached; readonly isCutShort: boolean },
): Promise<IncompleteError | undefined> {
  const short = isCutShort ? undefined : await shortness(run, root, listing.own, reached);
  if (short === undefined) await askAgain(run, root, listing);
  return short;
}

/** Lets the checkpoint of a walk go that is not to be gone on with. */
function release(checkpoint: Checkpoint, { extract }: Resource, failure: unknown): void {
  const isUnsettled = failure instanceof IncompleteError;
  // All that was listed was read; what was not listed nobody knows, and where a walk may be cut short that matters.
  if (isUnsettled && extract.newestFirst) checkpoint.forget("not end");
  else if (isUnsettled || failure === undefined) checkpoint.forget("end");
}

/** What the end of the root's walk means for what depends on it: the listings of some parents were not read. */
function unreadBecauseOf({ name }: Resource, failure: unknown): Error {
  if (failure instanceof NotAllowedError) return failure;
  const message = `not all ${name} are accounted for, and only what belongs to those that were listed was read`;
  const hint = `See what is said of ${name}.`;
  return failure instanceof IncompleteError
    ? new IncompleteError(failure.status, message, hint)
    : new ApiError(message, { hint });
}

// So many records may have moved in front of the cursor during a walk, or been made behind it.
const moved = 20;

/** The error for a listing that ended before the pages that it had announced; undefined where it had good reason to. */
async function shortness(
  { api }: Run,
  { name, extract }: Resource,
  { seen }: Tally,
  { pages, announced }: Reached,
): Promise<IncompleteError | undefined> {
  if (announced === undefined || pages >= announced) return undefined;
  // Records that were deleted meanwhile make a listing shorter than it was.
  const now = await announcedNow(extract, api);
  if (now !== undefined && pages >= now) return undefined;
  const isLastPageMissing = now === undefined || pages + 1 === now;
  const total = isLastPageMissing ? await extract.count?.(api) : undefined;
  if (total !== undefined && total - seen.count() <= moved) return undefined;
  return new IncompleteError(
    "truncated",
    `the listing of ${name} ended after ${pages} pages, but its first answer had announced ${announced}; nothing was marked as deleted`,
    "Sync again; report it if it stays.",
  );
}

async function announcedNow(extract: Extract, api: ApiClient): Promise<number | undefined> {
  for await (const { announced } of extract.pages(api, {})) return announced;
  return undefined;
}
