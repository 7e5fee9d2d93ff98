import type { Extract, Page, Source, Start } from "../chartmogul/source.ts";
import { ApiError, IncompleteError } from "../errors.ts";
import type { Resource } from "../resource.ts";
import { checkpointOf, isLeftBehind, type Place } from "../warehouse/checkpoints.ts";
import { firstKeyOf } from "../warehouse/raw-records.ts";
import { pastWalks, type ResourceResult } from "../warehouse/runs.ts";
import { fanOut } from "./fan-out.ts";
import { hintsOf } from "./hints.ts";
import { restorerOf } from "./restore.ts";
import type { Run } from "./run.ts";
import { inWords, scopeOf } from "./scope.ts";
import { settle } from "./settle.ts";
import { smallestSample, type Tally, tally, wireHasChanged } from "./tally.ts";
import { trailing } from "./trailing.ts";

/** Resources that are walked together. */
export interface Family {
  readonly root: Resource;
  /** Those with one listing for each record of the root. */
  readonly dependents: readonly Resource[];
  /** Those whose records are deleted with a record of the root: the dependents, also when they are not to be synced. */
  readonly followers: readonly Resource[];
}

/**
 * Walks the listing of the root to its end, and for each of its records the listings of its dependents; then marks as deleted what
 * was not met. Every page is stored as it arrives; the checkpoint moves past a page once it and everything that hangs on it is
 * stored. What goes wrong is in the results; rejects only where the warehouse cannot be written before or after the walk.
 * `told` settles once the walks have ended that tell which listings of the dependents may have changed.
 */
export async function walk(
  run: Run,
  { root, dependents, followers }: Family,
  told: Promise<unknown>,
): Promise<ResourceResult[]> {
  const { warehouse, account } = run;
  const own = tally(run, root, restorerOf(run, followers));
  const fans = dependents.map((dependent) => fanOut(run, dependent));
  const scope = scopeOf(run, root, isLeftBehind(warehouse, account, root.name));
  const checkpoint = checkpointOf(
    warehouse,
    account,
    {
      name: root.name,
      // A walk over a part must not be gone on with as if it were one over all.
      members: [
        ...[root, ...dependents].map(({ name, version }) => `${name}@${version}`),
        ...inWords(scope),
      ].join(" "),
      run: run.id,
      resumableHours: run.rules.resumableHours,
      seen: [own.seen, ...fans.flatMap(({ seen }) => seen)],
    },
    run.now,
  );
  const behind = trailing(own, fans, checkpoint);
  const hint = hintsOf(run, root, followers);
  let reached: Reached = { pages: 0, announced: undefined, keyless: 0 };
  let isWhole = true;
  let isCutShort = false;

  /** Stores a page and begins to read what hangs on it; gives whether all of it was known. */
  const storePage = async (page: Page) => {
    let change: ApiError | undefined;
    const { keys, isKnown } = await own.store({
      records: page.records,
      firstRun: checkpoint.run,
      before: reached.pages * mostOnAPage,
      also(stored) {
        change = pageHasChanged(root.name, own, { ...stored, fetched: page.records.length, isWhole });
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

  const readAll = async () => {
    const from = checkpoint.load();
    if (from === undefined) checkpoint.clear();
    await Promise.all(fans.map((fan) => fan.readFailed()));
    const start = {
      firstKey: firstKeyOf(warehouse, account, root.name),
      since: scope.kind === "since" ? scope.day : undefined,
    };
    const startOver = () => {
      checkpoint.clear();
      for (const fan of fans) fan.startOver();
      reached = { pages: 0, announced: undefined, keyless: 0 };
      isWhole = true;
    };
    if (from) {
      reached = from;
      isWhole = false;
    }
    for await (const page of resumed(root.extract, run.source, { from, start, startOver })) {
      run.signal.throwIfAborted();
      const isKnown = await storePage(page);
      isCutShort = scope.kind === "newest" && isKnown && page.cursor !== undefined;
      if (isCutShort) return;
    }
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
  if (failure === undefined && !run.signal.aborted && !isCutShort) {
    failure = await shortness(run, root, own, reached).catch((error: unknown) => error);
  }
  const isReadToEnd = failure === undefined && !run.signal.aborted && !isCutShort;
  if (isReadToEnd) {
    if (fans.length > 0) await told;
    const wasListed = own.seen.lookup();
    await Promise.all(fans.map((fan) => fan.readDue(wasListed)));
    failure = await settle(run, root, {
      own,
      fans,
      followers,
      checkpoint,
      scope,
      hint,
      keyless: reached.keyless,
    });
  }
  const { startedAt: walk_started_at } = checkpoint;
  const isOver = failure === undefined || failure instanceof IncompleteError;
  if (isOver && !run.signal.aborted && fans.every((fan) => !fan.isBroken())) checkpoint.clear();

  const unread = failure && unreadBecauseOf(root, failure);
  // Read to its end is a listing only if it was read from its beginning.
  const isAll = isReadToEnd && scope.kind !== "since";
  const confirmed_since = isAll
    ? walk_started_at
    : (pastWalks(warehouse, account, root.name).lastWhole ?? null);
  const end = { walk_started_at, confirmed_since, isReadToEnd: isAll, isWhole };
  return [
    own.result(failure, { ...end, announced_pages: reached.announced ?? null }),
    ...fans.map((fan) => fan.result(unread, end)),
  ];
}

// ChartMogul never gives more records at once, and metrics come by 365 at the most.
const mostOnAPage = 1000;

/** How far a walk has come. */
type Reached = Omit<Place, "cursor">;

function placeAfter({ cursor }: Page, reached: Reached): Place | undefined {
  return cursor === undefined ? undefined : { ...reached, cursor };
}

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

/** What the end of the root's walk means for what depends on it: the listings of some parents were not read. */
function unreadBecauseOf({ name }: Resource, failure: unknown): Error {
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
  { source }: Run,
  { name, extract }: Resource,
  { seen }: Tally,
  { pages, announced }: Reached,
): Promise<IncompleteError | undefined> {
  if (announced === undefined || pages >= announced) return undefined;
  // Records that were deleted meanwhile make a listing shorter than it was.
  const now = await announcedNow(extract, source);
  if (now !== undefined && pages >= now) return undefined;
  const isLastPageMissing = now === undefined || pages + 1 === now;
  const total = isLastPageMissing ? await extract.count?.(source) : undefined;
  if (total !== undefined && total - seen.count() <= moved) return undefined;
  return new IncompleteError(
    "short",
    `the listing of ${name} ended after ${pages} pages, but its first answer had announced ${announced}; nothing was marked as deleted`,
    "Sync again; report it if it stays.",
  );
}

async function announcedNow(extract: Extract, source: Source): Promise<number | undefined> {
  for await (const { announced } of extract.pages(source, {})) return announced;
  return undefined;
}

interface Beginning {
  readonly from: Place | undefined;
  readonly start: Start;
  /** Called where the walk cannot go on from there after all. */
  readonly startOver: () => void;
}

/** The pages from a place on, or from the beginning where there is none or the server no longer knows its cursor. */
async function* resumed(
  extract: Extract,
  source: Source,
  { from, start, startOver }: Beginning,
): AsyncIterable<Page> {
  if (from !== undefined) {
    let accepted = false;
    try {
      for await (const page of extract.pages(source, { ...start, cursor: from.cursor })) {
        accepted = true;
        yield page;
      }
      return;
    } catch (error) {
      const isRefused = error instanceof ApiError && [400, 404, 422].includes(error.status ?? 0);
      if (accepted || !isRefused) throw error;
      startOver();
    }
  }
  yield* extract.pages(source, start);
}
