import type { Page } from "../../api/api-client.ts";
import type { ApiError } from "../../errors.ts";
import type { Resource } from "../../resources/resource.ts";
import type { Checkpoint, Place } from "../../state/checkpoints.ts";
import { findFirstLiveKey, readAnyRecord } from "../../store/raw-records.ts";
import type { Hints } from "../plan/invalidate.ts";
import { everything, type Scope } from "../plan/read-mode.ts";
import { awaitedBy } from "../plan/unmet-rejects.ts";
import type { Run } from "../run.ts";
import { smallestSample, type Tally, wireHasChanged } from "../write/resource-walk.ts";
import type { FanOut } from "./child-listings.ts";
import { trailing } from "./follow-pages.ts";
import { pagesOf } from "./read-pages.ts";
import { type Days, remainderOf } from "./rewritten-histories.ts";

/** What takes part in the reading of a listing. */
export interface Listing {
  readonly own: Tally;
  readonly fans: readonly FanOut[];
  readonly checkpoint: Checkpoint;
  readonly hint: Hints;
}

/** How far a listing was read. */
interface Reading {
  /** How much of it was read in the end. */
  readonly scope: Scope;
  readonly reached: Reached;
  /** False where it was gone on with from a checkpoint, or is a part by date. */
  readonly isWhole: boolean;
  /** True where it ended at a page of which everything was known. */
  readonly isCutShort: boolean;
  /** What no run since this one has met stood nowhere in the listing. */
  readonly allReadSince: number;
  /** What kept it from going on. */
  readonly failure: unknown;
}

/**
 * Reads the listing of a root from where its walk was stopped, or from its beginning, and with each page what hangs on it; every page
 * is stored as it arrives. Never rejects.
 */
export async function readListing(
  run: Run,
  root: Resource,
  { own, fans, checkpoint, hint }: Listing,
  begun: Scope,
): Promise<Reading> {
  const { warehouse, account } = run;
  const behind = trailing(own, fans, checkpoint);
  const awaited = awaitedBy(run, root);
  let scope = begun;
  let reached: Reached = { pages: 0, announced: undefined, keyless: 0 };
  let isWhole = true;
  let isCutShort = false;
  let isReadAgain = false;
  const isAll = () => isWhole && scope.kind !== "since";

  /** Stores a page and begins to read what hangs on it; gives whether all of it was known. */
  const storePage = async (page: Page) => {
    let change: ApiError | undefined;
    const { keys, isKnown } = await own.store({
      records: page.records,
      firstRun: checkpoint.run,
      before: reached.pages * mostOnAPage,
      also(stored) {
        change = pageHasChanged(root.name, own, {
          ...stored,
          fetched: page.records.length,
          isWhole: isAll(),
        });
        reached = {
          pages: reached.pages + 1,
          announced: reached.announced ?? page.announced,
          keyless: reached.keyless + stored.keyless,
        };
        hint(stored.changed);
        if (change || fans.length > 0) return;
        own.seen.add(stored.keys);
        const place = placeAfter(page, reached);
        if (place) checkpoint.save(place);
      },
    });
    if (change) throw change;
    if (fans.length > 0) await behind.follow(keys, placeAfter(page, reached));
    return isKnown;
  };

  const startOver = async () => {
    // What is still being read behind the walk would save a checkpoint of before.
    await behind.finish();
    checkpoint.forget("start over");
    for (const fan of fans) fan.startOver();
    reached = { pages: 0, announced: undefined, keyless: 0 };
    isWhole = true;
  };

  const readDays = async (days: readonly Days[]) => {
    for (const each of days) {
      for await (const { records } of root.extract.pages(run.api, each)) {
        run.signal.throwIfAborted();
        // What may be gone on with is the walk that has found out which days these are.
        await storePage({ records, cursor: undefined });
      }
    }
  };

  const startAt = (cursor: string | undefined) => ({
    firstKey: findFirstLiveKey(warehouse, account, root.name),
    known: () => readAnyRecord(warehouse, account, root),
    since: scope.kind === "since" ? scope.day : undefined,
    cursor,
  });

  const readFrom = async (from: Place | undefined) => {
    for await (const page of pagesOf(root.extract, run.api, startAt(from?.cursor), startOver)) {
      run.signal.throwIfAborted();
      const isKnown = await storePage(page);
      isCutShort = scope.kind === "newest" && isKnown && page.cursor !== undefined && !awaited.needsListing();
      if (isCutShort) return;
    }
  };

  /** Reads once more what lies before the place from which the walk was gone on, for what was rejected there. */
  const readAgain = async () => {
    const wasSeen = own.seen.lookup();
    let before = 0;
    for await (const page of pagesOf(root.extract, run.api, startAt(undefined), () => {})) {
      run.signal.throwIfAborted();
      const { keys } = await own.store({
        ...{ records: page.records, firstRun: checkpoint.run, before },
        also: ({ changed }) => hint(changed),
      });
      before += mostOnAPage;
      await behind.follow(
        keys.filter((key) => !wasSeen(key)),
        undefined,
      );
      if (awaited.unmet().every(({ hasKey }) => hasKey) && !awaited.needsListing()) return;
    }
    isReadAgain = true;
  };

  const readAll = async () => {
    const from = run.rules.full ? undefined : checkpoint.load();
    if (from === undefined) checkpoint.forget("start over");
    else {
      reached = from;
      isWhole = false;
    }
    await Promise.all(fans.map((fan) => fan.readFailed()));
    await readFrom(from);
    if (scope.kind !== "since") {
      if (!isWhole && awaited.needsListing()) await readAgain();
      return;
    }
    const remainder = await remainderOf(run, root, { own, scope });
    if (remainder) {
      await readDays(remainder.days);
      scope = remainder.isWhole() ? remainder.scope : everything;
    }
    if (scope.kind === "since" && !awaited.needsListing()) return;
    scope = everything;
    await startOver();
    await readFrom(undefined);
  };

  let failure: unknown;
  try {
    await readAll();
  } catch (error) {
    failure = error;
  }
  // Awaited in any case: nothing may be stored once the walk is over.
  const unsaved = await behind.finish();
  failure ??= unsaved;
  const allReadSince = isReadAgain ? run.id : checkpoint.run;
  return { scope, reached, isWhole: isAll(), isCutShort, allReadSince, failure };
}

/** How far a walk has come. */
export type Reached = Omit<Place, "cursor">;

function placeAfter({ cursor }: Page, reached: Reached): Place | undefined {
  return cursor === undefined ? undefined : { ...reached, cursor };
}

// ChartMogul never gives more records at once, and metrics come by 365 at the most.
const mostOnAPage = 1000;

interface JudgedPage {
  readonly rejections: readonly string[];
  readonly fetched: number;
  readonly isWhole: boolean;
}

/** The error for a page of which more than half was rejected, where that is not one odd record on the small last page. */
function pageHasChanged(
  resource: string,
  { counts }: Tally,
  { rejections, fetched, isWhole }: JudgedPage,
): ApiError | undefined {
  const change = wireHasChanged(resource, { rejected: rejections.length, fetched }, rejections[0]);
  if (fetched >= smallestSample) return change;
  const walk = { rejected: counts.rejected + rejections.length, fetched: counts.fetched + fetched };
  const isTelling = isWhole || walk.fetched >= smallestSample;
  return isTelling && wireHasChanged(resource, walk) ? change : undefined;
}
