import { type IncompleteError, requireDefined } from "../../errors.ts";
import { openSuspectedDeletes } from "../../store/suspected-deletes.ts";
import { type ChildWalk, findChildRefusal } from "../read/child-walk.ts";
import { findMissingKeys } from "../read/missing-keys.ts";
import { findDeleteLimit } from "./delete-limit.ts";
import { prepareMarkDeleted } from "./mark-deleted.ts";

/** What came of the deletes of one child resource. */
export interface ChildReconciliation {
  readonly isReconciled: boolean;
  /** The error where the delete limit kept them from being marked. */
  readonly limit: IncompleteError | undefined;
}

/** What a child walk ends with that could not be reconciled. */
export const notReconciled: ChildReconciliation = { isReconciled: false, limit: undefined };

/**
 * Marks as deleted what the child listings that were read no longer have. `isThere` says of a parent whether it was listed or is
 * stored; a record that no run since `firstRun` has met was nowhere in the listings.
 */
export async function reconcileChildListings(
  child: ChildWalk,
  isThere: (parent: string) => boolean,
  firstRun: number,
): Promise<ChildReconciliation> {
  const { run, resource, own, parentsRead, tombstones, failures, refresh, rejects } = child;
  if (failures.fatal !== undefined || findChildRefusal(child)) return notReconciled;
  const [wasSeen, wasRead] = [own.seen.lookup(), parentsRead.lookup()];
  const isCovered = (key: string) => wasRead(parentOf(key)) || !isThere(parentOf(key));
  const missing = await findMissingKeys(tombstones.liveKeys(), (key) => !wasSeen(key), isCovered);
  const limit = findDeleteLimit(run, resource, missing);
  const suspects = openSuspectedDeletes(run.warehouse, run.account, resource.name, run.now);
  if (limit) {
    run.warehouse.sqlite.transaction(() => suspects.add(missing.keys, run.id)).immediate();
    return { isReconciled: false, limit };
  }
  await prepareMarkDeleted(run, { resource, counts: own.counts })(missing.keys);
  const isEveryListingRead = failures.errors.size === 0 && !refresh.isPartial;
  rejects.resolveOpenSince(firstRun, ({ parent }) =>
    parent === undefined ? isEveryListingRead : !isThere(parent),
  );
  // Not before: a walk that is stopped after it has read a listing has not yet marked what is missing there.
  run.warehouse.sqlite.transaction(() => {
    suspects.removeCovered(isCovered);
    clearQueue(child, isThere);
  })();
  return { isReconciled: true, limit: undefined };
}

/** What was put into the refresh queue after the reading began stays: the next sync reads it again. */
function clearQueue({ queue, reads }: ChildWalk, isThere: (parent: string) => boolean): void {
  for (const parent of queue.parents()) {
    const began = reads.began.get(parent);
    const wasRead = began !== undefined && !queue.isNewer(parent, began);
    if (wasRead || !isThere(parent)) queue.remove(parent);
  }
}

function parentOf(key: string): string {
  return requireDefined(key.split("/", 1)[0], "the parent in the key of a child record");
}
