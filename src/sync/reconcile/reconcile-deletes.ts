import { type ApiError, IncompleteError } from "../../errors.ts";
import type { Resource } from "../../resources/resource.ts";
import { readPastWalks } from "../../state/runs.ts";
import { countReceivedAfter } from "../../store/live-records.ts";
import { openRejects, type Reject } from "../../store/rejects.ts";
import { openSuspectedDeletes } from "../../store/suspected-deletes.ts";
import { openTombstones } from "../../store/tombstones.ts";
import { storeUnlisted } from "../read/ask-for-rejects.ts";
import { type ChildWalk, findUnknownParents, forgetParent } from "../read/child-walk.ts";
import { findMissingKeys, listCoveredKeys, type MissingKeys } from "../read/missing-keys.ts";
import type { Walk } from "../read/open-walk.ts";
import type { ListingResult } from "../read/read-listing.ts";
import { createCounts } from "../report.ts";
import { askForMissing } from "./ask-for-missing.ts";
import { findDeleteLimit } from "./delete-limit.ts";
import { prepareMarkDeleted } from "./mark-deleted.ts";
import { type ChildReconciliation, reconcileChildListings } from "./reconcile-child-listings.ts";

/** What came of the deletes of a walk. */
export interface Reconciliation {
  /** What kept them from being reconciled; undefined where nothing did. */
  readonly failure: unknown;
  readonly children: ReadonlyMap<ChildWalk, ChildReconciliation>;
}

/**
 * Marks as deleted what a walk did not meet that was read to its end: first records of the resource, then those of its child listings.
 * A delete limit of the resource does not keep its child listings from being reconciled.
 */
export async function reconcileDeletes(walk: Walk, listing: ListingResult): Promise<Reconciliation> {
  const children = new Map<ChildWalk, ChildReconciliation>();
  let own: OwnReconciliation;
  try {
    own = await reconcileOwn(walk, listing);
  } catch (failure) {
    return { failure, children };
  }
  const { run, resource } = walk;
  const tombstones = openTombstones(run.warehouse, run.account, resource, run.now);
  // A record that was rejected was listed, though nothing of it may be stored.
  const isThere = (key: string) => (own.wasListed(key) && !own.gone.has(key)) || tombstones.isLive(key);
  for (const child of walk.children) {
    children.set(child, await reconcileChildListings(child, isThere, listing.allReadSince));
  }
  return { failure: own.failure, children };
}

/** What came of the deletes of the resource itself. */
interface OwnReconciliation {
  readonly failure: IncompleteError | undefined;
  /** Whether a record was met in the end. */
  readonly wasListed: (key: string) => boolean;
  /** Records that were marked as deleted. */
  readonly gone: ReadonlySet<string>;
}

async function reconcileOwn(walk: Walk, listing: ListingResult): Promise<OwnReconciliation> {
  const { run, resource, own, children } = walk;
  const wasListed = own.seen.lookup();
  const missing = await findMissing(walk, listing, wasListed);
  const limit = findLimit(walk, missing);
  if (limit) {
    const suspects = openSuspectedDeletes(run.warehouse, run.account, resource.name, run.now);
    run.warehouse.sqlite.transaction(() => suspects.add(missing.keys, run.id)).immediate();
    return { failure: limit, wasListed, gone: new Set() };
  }
  const keys = [...new Set([...missing.keys, ...findUnknown(walk, missing)])];
  const { gone, present, unclear } = await askForMissing(run, resource, keys, wasListed);
  const moved = present.filter(({ key }) => !wasListed(key)).map(({ record }) => record);
  if (moved.length > 0) await storeUnlisted(walk, moved);
  await markGone(walk, gone);
  for (const child of children) for (const key of gone) forgetParent(child, key);
  recordReconciled(walk, listing);
  return {
    failure: unclear[0] && doubt(resource, unclear.length, unclear[0]),
    wasListed: moved.length > 0 ? own.seen.lookup() : wasListed,
    gone: new Set(gone),
  };
}

/** A record without a key may be any that is stored: then none is missing for sure, unless it can be requested by its key. */
const areKeysKnown = ({ resource }: Walk, { reached }: ListingResult) =>
  reached.recordsWithoutKey === 0 || resource.detail !== undefined;

function findMissing(
  walk: Walk,
  listing: ListingResult,
  wasListed: (key: string) => boolean,
): Promise<MissingKeys> {
  const { run, resource } = walk;
  const tombstones = openTombstones(run.warehouse, run.account, resource, run.now);
  const areKnown = areKeysKnown(walk, listing);
  return findMissingKeys(
    listCoveredKeys(tombstones, resource, listing.mode),
    (key) => areKnown && !wasListed(key),
  );
}

function findLimit({ run, resource }: Walk, missing: MissingKeys): IncompleteError | undefined {
  if (!resource.recomputed) return findDeleteLimit(run, resource, missing);
  const { warehouse, account, now } = run;
  // Walks that were not complete have stored what is new, but not marked what is missing.
  const { lastCompleteRun } = readPastWalks(warehouse, account, resource.name, now());
  const replaced = () => countReceivedAfter(warehouse, account, resource.name, lastCompleteRun);
  return findDeleteLimit(run, resource, missing, replaced);
}

/** A child listing that ChartMogul does not know may mean that its parent has gone since it was listed; many of them mean something else. */
function findUnknown({ run, resource, children }: Walk, missing: MissingKeys): string[] {
  const unknown = children.flatMap(findUnknownParents);
  return findDeleteLimit(run, resource, { ...missing, keys: unknown }) ? [] : unknown;
}

async function markGone(
  { run, resource, own, group, children }: Walk,
  gone: readonly string[],
): Promise<void> {
  const countsOf = (child: Resource) =>
    children.find((walked) => walked.resource === child)?.own.counts ?? createCounts();
  const mark = prepareMarkDeleted(
    run,
    { resource, counts: own.counts },
    group.allChildResources.map((child) => ({ resource: child, counts: countsOf(child) })),
  );
  await mark(gone);
}

/** Records that the listing was reconciled, once all records that are gone were marked. */
function recordReconciled(walk: Walk, listing: ListingResult): void {
  const { run, resource, plan } = walk;
  const { warehouse, account, id, now } = run;
  const queue = run.refreshQueue(resource.name);
  const suspects = openSuspectedDeletes(warehouse, account, resource.name, now);
  // A rejected record has no date that could be trusted. Those that can be requested were requested.
  const isOver = (reject: Reject) => resource.detail === undefined || !reject.hasKey;
  warehouse.sqlite.transaction(() => {
    resource.afterSync(warehouse, account, now);
    const rejects = openRejects(warehouse, account, resource.name, { run: id, now });
    if (listing.mode.kind !== "incremental") rejects.resolveOpenSince(listing.allReadSince, isOver);
    if (listing.mode.kind === "full" && areKeysKnown(walk, listing)) suspects.removeCovered();
    for (const history of plan.queuedHistories) queue.remove(history);
  })();
}

function doubt(
  { name }: Resource,
  count: number,
  { key, error }: { readonly key: string; readonly error: ApiError },
): IncompleteError {
  return new IncompleteError(
    "failed",
    `${count} of ${name} are no longer listed, but ChartMogul does not say that they are gone, the first ${key}: ${error.message}`,
    "They were not marked as deleted; everything else was done. Report it if it stays.",
  );
}
