import pLimit from "p-limit";
import { ApiError, type IncompleteError, isRefusal, NotAllowedError } from "../../errors.ts";
import type { Resource } from "../../resources/resource.ts";
import { shapeOf } from "../../schema/table.ts";
import { timestamp } from "../../schema/timestamp.ts";
import { openRetries } from "../../state/retries.ts";
import { type ResourceResult, readPastWalks } from "../../state/runs.ts";
import { openSeenKeys, type SeenKeys } from "../../state/seen-keys.ts";
import { openRejects } from "../../store/rejects.ts";
import { openSuspectedDeletes } from "../../store/suspected-deletes.ts";
import { dueAfter } from "../plan/cadence.ts";
import { sweepOf } from "../plan/rolling-refresh.ts";
import { awaitedBy } from "../plan/unmet-rejects.ts";
import { deleter, findMissing, tooMany } from "../reconcile/deletes.ts";
import type { Counts } from "../report.ts";
import type { Run } from "../run.ts";
import { smallestSample, tally, type WalkEnd, wireHasChanged } from "../write/resource-walk.ts";
import { pagesOf } from "./read-pages.ts";

/** The walk of a resource that has one listing for each record of another. */
export interface FanOut {
  readonly resource: Resource;
  readonly counts: Counts;
  /** What the walk remembers of itself, to be saved with its checkpoint: the records met, and the parents whose listing was read. */
  readonly seen: readonly SeenKeys[];
  /** True once something went wrong that would go wrong for every parent, other than that the key may not read their listings. */
  isBroken(): boolean;
  /** Which of the listings the walk reads, in words. */
  readonly sweep: string;
  /** Reads the listings that could not be read last time; never rejects. */
  readFailed(): Promise<void>;
  /**
   * Reads the listings of these parents as far as they are due, each once in a run and as many at once as the source allows; never
   * rejects. True where a walk that is stopped later need not come back to them.
   */
  read(parents: readonly string[]): Promise<boolean>;
  /** Reads what is due and was not read yet, of the parents that were listed; never rejects. */
  readDue(wasListed: (parent: string) => boolean): Promise<void>;
  /** What was met so far has been forgotten: every parent is read again. */
  startOver(): void;
  /** Parents whose listing ChartMogul does not know. */
  unknown(): readonly string[];
  /** The parent itself is gone, so that its listing is not missed. */
  forget(parent: string): void;
  /** Marks what the listings that were read no longer have. `isThere` tells of a parent whether it was listed or is stored. */
  settle(isThere: (parent: string) => boolean, firstRun: number): Promise<void>;
  result(error: unknown, walk: Omit<WalkEnd, "announced_pages">): ResourceResult;
}

// More than a source has places for, so that it never waits; few enough that not much is asked in vain when it breaks.
const parentsAtOnce = 32;
// So many different parents one after the other, and it is not a matter of single ones. A refusal is quick; anything else has
// been tried for minutes.
const refusedInARow = 25;
const failedInARow = 5;

interface Listing {
  readonly fetched: number;
  /** Why records were rejected. */
  readonly rejections: readonly string[];
}

const nothing: Listing = { fetched: 0, rejections: [] };

export function fanOut(run: Run, resource: Resource): FanOut {
  const { warehouse, account, now } = run;
  const { counts, seen, store, result } = tally(run, resource);
  const parentsRead = openSeenKeys(warehouse, account, `parents of ${resource.name}`);
  const awaited = awaitedBy(run, resource).unmet();
  const awaitedOf = new Set(awaited.flatMap(({ parent }) => parent ?? []));
  const sweep = sweepOf(
    run,
    resource,
    awaited.some(({ parent }) => parent === undefined),
  );
  const due = run.refreshQueue(resource.name);
  const { tombstones, mark } = deleter(run, resource, counts);
  const rejects = openRejects(warehouse, account, resource.name, { run: run.id, now });
  const retries = openRetries(warehouse, account, resource.name, now);
  const failedBefore = new Set(retries.parents());
  const failed = new Map<string, ApiError>();
  const reading = new Map<string, Promise<Listing>>();
  /** When the reading of each listing began. */
  const done = new Map<string, number>();
  const places = pLimit(parentsAtOnce);
  let inARow = 0;
  /** Whether this walk could read one, also before it was stopped. */
  let hasRead = false;
  let broken: unknown;
  let held: IncompleteError | undefined;
  let isReconciled = false;

  const fail = (parent: string, error: ApiError) => {
    failed.set(parent, error);
    retries.add(parent, error.message);
    // Where the key may read none of them they are not kept for being read again, and what was noted of them must not be lost.
    if (!(error instanceof NotAllowedError)) due.remove(parent);
    // Whoever failed the night before proves nothing about the others.
    if (failedBefore.has(parent)) return;
    inARow += 1;
    if (inARow < (isRefusal(error) ? refusedInARow : failedInARow)) return;
    broken ??= new ApiError(
      `${inARow} listings of ${resource.name} in a row could not be read, the last: ${error.message}`,
      { hint: error.hint ?? "Report it." },
    );
  };

  /** The error where the key may read no such listing, as far as the walk can tell: a few single ones may be refused on their own. */
  const refusal = (): NotAllowedError | undefined => {
    const errors = [...failed.values()];
    const isTelling = !sweep.isPartial || errors.length >= failedInARow;
    if (!isTelling || hasRead) return undefined;
    const [first] = errors;
    return errors.every((error) => error instanceof NotAllowedError) ? first : undefined;
  };

  const wasReadToEnd = (parent: string) => {
    parentsRead.add([parent]);
    hasRead = true;
    // A walk that is stopped now may not come back to it by itself, and has not reconciled yet what is missing.
    if (failedBefore.has(parent)) due.keep(parent);
    retries.remove(parent);
    if (awaitedOf.has(parent)) rejects.resolveOpenSince(run.id, (reject) => reject.parent === parent);
  };

  const forgetRefused = warehouse.sqlite.transaction(() => {
    for (const parent of failed.keys()) if (!failedBefore.has(parent)) retries.remove(parent);
  });

  const isDue = (parent: string) => due.has(parent) || awaitedOf.has(parent);

  const readListing = async (parent: string): Promise<Listing> => {
    const rejections: string[] = [];
    let fetched = 0;
    let keyless = 0;
    const startOver = () => {
      fetched = 0;
      keyless = 0;
      rejections.length = 0;
    };
    for await (const { records, cursor } of pagesOf(resource.extract, run.api, { parent }, startOver)) {
      await store({
        records,
        parent,
        before: fetched,
        marksRows: sweep.marksRows,
        also(page) {
          keyless += page.keyless;
          rejections.push(...page.rejections);
          seen.add(page.keys);
          if (cursor !== undefined) return;
          // One without a key may be any that is stored.
          if (keyless > 0) seen.add(tombstones.liveKeysOf(parent));
          wasReadToEnd(parent);
        },
      });
      fetched += records.length;
    }
    return { fetched, rejections };
  };

  const readOne = async (parent: string): Promise<Listing> => {
    const began = performance.now();
    try {
      if (broken !== undefined) return nothing;
      const listing = await readListing(parent);
      failed.delete(parent);
      inARow = 0;
      return listing;
    } catch (error) {
      try {
        // A wrong key, a stop or a fault of the warehouse befalls all that follow, too.
        if (error instanceof ApiError && error.status !== 401) fail(parent, error);
        else broken ??= error;
      } catch (unsaved) {
        broken ??= unsaved;
      }
      return nothing;
    } finally {
      reading.delete(parent);
      done.set(parent, began);
    }
  };

  /** A customer may be listed twice, on neighbouring pages even. */
  const readOnce = (parent: string): Promise<Listing> => {
    if (done.has(parent)) return Promise.resolve(nothing);
    const listing = reading.get(parent) ?? places(() => readOne(parent));
    reading.set(parent, listing);
    return listing;
  };

  const readAll = async (parents: readonly string[]) => {
    const listings = await Promise.all(parents.map(readOnce));
    const rejections = listings.flatMap((listing) => listing.rejections);
    const fetched = listings.reduce((sum, listing) => sum + listing.fetched, 0);
    if (fetched >= smallestSample) {
      broken ??= wireHasChanged(resource.name, { rejected: rejections.length, fetched }, rejections[0]);
    }
  };

  return {
    resource,
    counts,
    seen: [seen, parentsRead],
    sweep: sweep.inWords,
    isBroken: () => broken !== undefined && refusal() === undefined,
    async readFailed() {
      hasRead = parentsRead.count() > 0;
      let inVain = 0;
      await Promise.all(
        [...failedBefore].map((parent) =>
          places(async () => {
            // The server may be down; then it is time to get on to the listing of the parents, which says so.
            if (inVain >= failedInARow) return;
            await readOne(parent);
            const error = failed.get(parent);
            if (error && !isRefusal(error)) inVain += 1;
          }),
        ),
      );
    },
    async read(parents) {
      await readAll(parents.filter((parent) => sweep.isDue(parent) || isDue(parent)));
      return broken === undefined;
    },
    async readDue(wasListed) {
      const stale = resource.staleParents?.(warehouse, account, now()) ?? [];
      const wasRead = parentsRead.lookup();
      const unread = [...new Set([...due.parents(), ...stale, ...awaitedOf])].filter(
        (parent) => !done.has(parent) && (!wasRead(parent) || isDue(parent)),
      );
      await readAll(unread.filter(wasListed));
    },
    startOver: () => done.clear(),
    unknown() {
      if (broken !== undefined) return [];
      return [...failed].flatMap(([parent, { status }]) => (status === 404 ? [parent] : []));
    },
    forget(parent) {
      failed.delete(parent);
      retries.remove(parent);
      due.remove(parent);
    },
    async settle(isThere, firstRun) {
      if (broken !== undefined || refusal()) return;
      const [wasSeen, wasRead] = [seen.lookup(), parentsRead.lookup()];
      const isCovered = (key: string) => wasRead(parentOf(key)) || !isThere(parentOf(key));
      const missing = await findMissing(tombstones.liveKeys(), (key) => !wasSeen(key), isCovered);
      held = tooMany(run, resource, missing);
      const suspects = openSuspectedDeletes(warehouse, account, resource.name, now);
      if (held) {
        warehouse.sqlite.transaction(() => suspects.add(missing.keys, run.id)).immediate();
        return;
      }
      await mark(missing.keys);
      const isEveryListingRead = failed.size === 0 && !sweep.isPartial;
      rejects.resolveOpenSince(firstRun, ({ parent }) =>
        parent === undefined ? isEveryListingRead : !isThere(parent),
      );
      // Not before: a walk that is stopped after it has read a listing has not yet told what is missing there. What was noted after
      // the reading began is read again by the next sync.
      warehouse.sqlite.transaction(() => {
        suspects.removeCovered(isCovered);
        for (const parent of due.parents()) {
          const began = done.get(parent);
          const isRead = began !== undefined && !due.isNewer(parent, began);
          if (isRead || !isThere(parent)) due.remove(parent);
        }
      })();
      isReconciled = true;
    },
    result(error, walk) {
      const [first] = failed;
      const notAllowed = refusal();
      // A walk that was not read to its end may go on behind them.
      if (notAllowed && walk.isReadToEnd) forgetRefused();
      return result(
        notAllowed ??
          broken ??
          error ??
          held ??
          (first &&
            new ApiError(
              `the listings of ${failed.size} of ${resource.extract.parent} could not be read, the first of ${first[0]}: ${first[1].message}`,
              { hint: "What they had stays as it was; the next sync reads them first." },
            )),
        {
          ...walk,
          isWhole: walk.isWhole && !sweep.isPartial,
          isReadToEnd: walk.isReadToEnd && broken === undefined && !notAllowed,
          isReconciled: walk.isReconciled && isReconciled,
          fresh_as_of: sweep.isPartial ? confirmedByRows(run, resource) : walk.fresh_as_of,
          // Listings of single records announce nothing.
          announced_pages: null,
        },
      );
    },
  };
}

/**
 * From when on all listings of a partial sweep were read: as its rows say, which know of no listing without rows, and never later than
 * the cycle allows; or as an earlier walk has said.
 */
function confirmedByRows({ warehouse, account, now, rules }: Run, { name, table }: Resource): string | null {
  const [oldest, newest] =
    warehouse.sqlite
      .prepare<[string], (string | null)[]>(
        `SELECT min(synced_at), max(synced_at) FROM "${shapeOf(table).name}" WHERE account = ? AND deleted_at IS NULL`,
      )
      .raw()
      .get(account) ?? [];
  const { freshAsOf = null } = readPastWalks(warehouse, account, name, now());
  const cycle = timestamp(new Date(now().getTime() - dueAfter(rules.shortcuts.listingMaxAgeDays)));
  // A clock that was ahead has left rows that cannot be believed.
  if (typeof oldest !== "string" || String(newest) > timestamp(now())) return freshAsOf;
  const [claim = cycle] = [oldest, cycle].sort();
  return freshAsOf !== null && freshAsOf > claim ? freshAsOf : claim;
}

function parentOf(key: string): string {
  return key.split("/")[0] ?? "";
}
