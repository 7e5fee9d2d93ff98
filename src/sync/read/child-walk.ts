import pLimit, { type LimitFunction } from "p-limit";
import type { NotAllowedError } from "../../errors.ts";
import type { Resource } from "../../resources/resource.ts";
import type { RefreshQueue } from "../../state/refresh-queue.ts";
import { openRetries, type Retries } from "../../state/retries.ts";
import { openSeenKeys, type SeenKeys } from "../../state/seen-keys.ts";
import { openRejects, type Rejects } from "../../store/rejects.ts";
import { openTombstones, type Tombstones } from "../../store/tombstones.ts";
import type { ChildPlan, RollingRefresh } from "../plan/rolling-refresh.ts";
import type { Run } from "../run.ts";
import { beginResourceWalk, type ResourceWalk } from "../write/resource-walk.ts";
import { findRefusal, type ListingFailures, trackFailures } from "./listing-failures.ts";

/** The walk of a child resource: one listing for each record of its parent resource. */
export interface ChildWalk {
  readonly run: Run;
  readonly resource: Resource;
  readonly refresh: RollingRefresh;
  /** Parents in whose listing a record was rejected that no run has met since. */
  readonly rejectedParents: ReadonlySet<string>;
  readonly own: ResourceWalk;
  /** The parents whose listing was read, saved with the checkpoint. */
  readonly parentsRead: SeenKeys;
  readonly queue: RefreshQueue;
  readonly retries: Retries;
  readonly rejects: Rejects;
  readonly tombstones: Tombstones;
  readonly failures: ListingFailures;
  readonly reads: ListingReads;
}

/** The child listings that a walk reads: each once, although a parent may be listed twice, even on neighbouring pages. */
interface ListingReads {
  readonly running: Map<string, Promise<ChildListingResult>>;
  /** By parent when the reading began of each listing that was read (`performance.now()`). */
  readonly began: Map<string, number>;
  readonly limit: LimitFunction;
}

/** What was read of one child listing. */
export interface ChildListingResult {
  readonly fetched: number;
  /** Why records were rejected. */
  readonly rejections: readonly string[];
}

// More than an API client has places for, so it never waits; few enough that little is requested for nothing when it fails.
const listingsAtOnce = 32;

/** Opens what the walk of a child resource needs. */
export function openChildWalk(run: Run, { resource, refresh, rejectedParents }: ChildPlan): ChildWalk {
  const { warehouse, account, id, now } = run;
  const retries = openRetries(warehouse, account, resource.name, now);
  return {
    run,
    resource,
    refresh,
    rejectedParents,
    retries,
    own: beginResourceWalk(run, resource),
    parentsRead: openSeenKeys(warehouse, account, `parents of ${resource.name}`),
    queue: run.refreshQueue(resource.name),
    rejects: openRejects(warehouse, account, resource.name, { run: id, now }),
    tombstones: openTombstones(warehouse, account, resource, now),
    failures: trackFailures(resource.name, new Set(retries.parents())),
    reads: { running: new Map(), began: new Map(), limit: pLimit(listingsAtOnce) },
  };
}

/** The error where the key may not read the listings of this resource; undefined where it may. */
export function findChildRefusal({ failures, refresh }: ChildWalk): NotAllowedError | undefined {
  return findRefusal(failures, refresh.isPartial);
}

/** True once something went wrong that would go wrong for every parent, other than that the key may not read their listings. */
export function isBroken(child: ChildWalk): boolean {
  return child.failures.fatal !== undefined && findChildRefusal(child) === undefined;
}

/** Forgets a parent that is gone: its listing is not missed. */
export function forgetParent({ failures, retries, queue }: ChildWalk, parent: string): void {
  failures.errors.delete(parent);
  retries.remove(parent);
  queue.remove(parent);
}

/** The parents whose listing ChartMogul does not know. */
export function findUnknownParents({ failures }: ChildWalk): string[] {
  if (failures.fatal !== undefined) return [];
  return [...failures.errors].flatMap(([parent, { status }]) => (status === 404 ? [parent] : []));
}
