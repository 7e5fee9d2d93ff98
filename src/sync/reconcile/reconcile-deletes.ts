import { type ApiError, IncompleteError } from "../../errors.ts";
import type { Resource } from "../../resources/resource.ts";
import { readPastWalks } from "../../state/runs.ts";
import { countReceivedAfter } from "../../store/raw-records.ts";
import { openRejects, type Reject } from "../../store/rejects.ts";
import { openSuspectedDeletes } from "../../store/suspected-deletes.ts";
import type { Hints } from "../plan/invalidate.ts";
import type { Scope } from "../plan/read-mode.ts";
import { storeUnlisted } from "../read/ask-for-rejects.ts";
import type { FanOut } from "../read/child-listings.ts";
import { coveredKeys } from "../read/rewritten-histories.ts";
import { createCounts } from "../report.ts";
import type { Run } from "../run.ts";
import type { Tally } from "../write/resource-walk.ts";
import { askFor, deleter, findMissing, tooMany } from "./deletes.ts";

/** A walk whose listing was read to its end. */
interface ReadWalk {
  readonly own: Tally;
  readonly fans: readonly FanOut[];
  readonly followers: readonly Resource[];
  /** How much of the root's listing was read. */
  readonly scope: Scope;
  readonly hint: Hints;
  /** Of whom all records were to be read, when it began. */
  readonly dueHistories: readonly string[];
  /** How many of the root's records had no key. */
  readonly keyless: number;
  /** What no run since this one has met stood nowhere in the listing. */
  readonly allReadSince: number;
}

/**
 * Marks as deleted what a walk that was read to its end did not meet, first of the root and then of what depends on it.
 * Gives the error that kept it from doing all of it; a held root does not hold its dependents.
 */
export async function settle(run: Run, root: Resource, walk: ReadWalk): Promise<unknown> {
  const { own, fans, followers, scope } = walk;
  const following = followers.map((resource) => ({
    resource,
    counts: fans.find((fan) => fan.resource === resource)?.counts ?? createCounts(),
  }));
  const { tombstones, mark } = deleter(run, root, own.counts, following);
  const suspects = openSuspectedDeletes(run.warehouse, run.account, root.name, run.now);
  let wasListed = own.seen.lookup();
  let goneFromList: ReadonlySet<string> = new Set();

  const settleRoot = async () => {
    // A record without a key may be any that is stored: where none can be asked for, none can be told to be missing.
    const canTell = walk.keyless === 0 || root.detail !== undefined;
    const missing = await findMissing(
      coveredKeys(tombstones, root, scope),
      (key) => canTell && !wasListed(key),
    );
    // Walks that were not complete have stored what is new, but not marked what is missing.
    const { lastCompleteRun } = readPastWalks(run.warehouse, run.account, root.name, run.now());
    const received = () => countReceivedAfter(run.warehouse, run.account, root.name, lastCompleteRun);
    const held = root.derived ? tooMany(run, root, missing, received) : tooMany(run, root, missing);
    if (held) {
      run.warehouse.sqlite.transaction(() => suspects.add(missing.keys, run.id)).immediate();
      throw held;
    }
    // A listing that ChartMogul does not know may mean that its parent has gone since it was listed; many mean something else.
    const unknown = fans.flatMap((fan) => fan.unknown());
    const fewUnknown = tooMany(run, root, { ...missing, keys: unknown }) ? [] : unknown;
    const keys = [...new Set([...missing.keys, ...fewUnknown])];

    const { gone, present, unclear } = await askFor(run, root, keys, wasListed);
    const escaped = present.filter(({ key }) => !wasListed(key));
    if (escaped.length > 0) {
      await storeUnlisted(
        walk,
        escaped.map(({ record }) => record),
      );
      wasListed = own.seen.lookup();
    }
    await mark(gone);
    goneFromList = new Set(gone);
    for (const fan of fans) for (const key of gone) fan.forget(key);
    run.warehouse.sqlite.transaction(() => {
      root.conclude(run.warehouse, run.account, run.now);
      const rejects = openRejects(run.warehouse, run.account, root.name, { run: run.id, now: run.now });
      // A rejected record has no date that could be trusted. Those that could be asked for were asked for.
      const isOver = (reject: Reject) => root.detail === undefined || !reject.hasKey;
      if (scope.kind !== "since") rejects.resolveOpenSince(walk.allReadSince, isOver);
      if (scope.kind === "all" && canTell) suspects.removeCovered();
      const due = run.refreshQueue(root.name);
      for (const history of walk.dueHistories) due.remove(history);
    })();
    return unclear[0] && doubtful(root, unclear.length, unclear[0]);
  };

  let failure: unknown;
  try {
    failure = await settleRoot();
  } catch (error) {
    if (!(error instanceof IncompleteError && error.status === "delete_limit")) return error;
    failure = error;
  }
  // A record that was rejected was listed, though nothing of it may be stored.
  const isThere = (key: string) => (wasListed(key) && !goneFromList.has(key)) || tombstones.isLive(key);
  for (const fan of fans) await fan.settle(isThere, walk.allReadSince);
  return failure;
}

function doubtful(
  { name }: Resource,
  count: number,
  { key, error }: { key: string; error: ApiError },
): IncompleteError {
  return new IncompleteError(
    "failed",
    `${count} of ${name} are no longer listed, but ChartMogul does not say that they are gone, the first ${key}: ${error.message}`,
    "They were not marked as deleted; everything else was done. Report it if it stays.",
  );
}
