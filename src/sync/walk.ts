import type { Extract, Page, Source, Start } from "../chartmogul/source.ts";
import { ApiError, IncompleteError } from "../errors.ts";
import type { Resource } from "../resource.ts";
import { type Checkpoint, checkpointOf, type Place } from "../warehouse/checkpoints.ts";
import { firstKeyOf } from "../warehouse/raw-records.ts";
import type { ResourceResult } from "../warehouse/runs.ts";
import { type FanOut, fanOut } from "./fan-out.ts";
import type { Run } from "./run.ts";
import { settle } from "./settle.ts";
import { tally, wireHasChanged } from "./tally.ts";

/** Resources that are walked together. */
export interface Family {
  readonly root: Resource;
  /** Those with one listing for each record of the root. */
  readonly dependents: readonly Resource[];
  /** Those whose records are deleted with a record of the root: the dependents, also when they are not to be synced. */
  readonly followers: readonly Resource[];
}

// How many pages of parents are read ahead of their children: enough to keep the children's requests coming.
const pagesAhead = 2;

/**
 * Walks the listing of the root to its end, and for each of its records the listings of its dependents; then marks as deleted what
 * was not met. Every page is stored as it arrives; the checkpoint moves past a page once it and everything that hangs on it is
 * stored. What goes wrong is in the results; rejects only where the warehouse cannot be written before or after the walk.
 */
export async function walk(run: Run, { root, dependents, followers }: Family): Promise<ResourceResult[]> {
  const own = tally(run, root);
  const fans = dependents.map((dependent) => fanOut(run, dependent));
  const checkpoint = checkpointOf(
    run.warehouse,
    run.account,
    {
      name: root.name,
      members: [root, ...dependents].map(({ name, version }) => `${name}@${version}`).join(" "),
      run: run.id,
      resumableHours: run.rules.resumableHours,
      seen: [own, ...fans].map(({ seen }) => seen),
    },
    run.now,
  );
  const behind = trailing(fans, checkpoint);
  const read = { pages: 0, announced: undefined as number | undefined, keyless: 0 };

  const readAll = async () => {
    const from = checkpoint.load();
    if (from === undefined) checkpoint.clear();
    await Promise.all(fans.map((fan) => fan.readFailed()));
    const start = { firstKey: firstKeyOf(run.warehouse, run.account, root.name) };
    for await (const { records, place, pages, announced } of resumed(root.extract, run.source, {
      checkpoint,
      from,
      start,
    })) {
      run.signal.throwIfAborted();
      const saveAtOnce = fans.length === 0 && place !== undefined;
      const { keys, keyless, rejections } = await own.store({
        records,
        also(page) {
          if (saveAtOnce && !changed(page.rejections, records)) checkpoint.save(place);
        },
      });
      Object.assign(read, { pages, announced, keyless: read.keyless + keyless });
      const change = changed(rejections, records);
      if (change) throw change;
      if (fans.length > 0) await behind.follow(keys, place);
    }
    if (await isShort(root.extract, run.source, read)) throw tooShort(root, read);
  };
  const changed = (rejections: readonly string[], { length: fetched }: readonly unknown[]) =>
    wireHasChanged(root.name, { rejected: rejections.length, fetched }, rejections[0]);

  let failure: unknown;
  try {
    await readAll();
  } catch (error) {
    failure = error;
  }
  // Awaited in any case: nothing may be stored once the walk is over.
  const unsaved = await behind.finish();
  failure ??= unsaved;
  if (failure === undefined && !run.signal.aborted) {
    failure = await settle(run, root, { own, fans, followers, checkpoint, keyless: read.keyless });
  }
  const { startedAt: walk_started_at } = checkpoint;
  const isOver = failure === undefined || failure instanceof IncompleteError;
  if (isOver && !run.signal.aborted && fans.every((fan) => !fan.isBroken())) checkpoint.clear();

  const unread = failure && unreadBecauseOf(root, failure);
  return [
    own.result(failure, { walk_started_at, announced_pages: read.announced ?? null }),
    ...fans.map((fan) => fan.result(unread, walk_started_at)),
  ];
}

/** What the end of the root's walk means for what depends on it: the listings of some parents were not read. */
function unreadBecauseOf({ name }: Resource, failure: unknown): Error {
  const message = `not all ${name} were listed, and only what belongs to those was read`;
  return failure instanceof IncompleteError
    ? new IncompleteError(failure.status, message, `See what is said of ${name}.`)
    : new ApiError(`${name} could not be read to the end`);
}

/** True where the listing ended before the pages that it had announced and does not itself say that they are fewer by now. */
async function isShort(
  extract: Extract,
  source: Source,
  { pages, announced }: { pages: number; announced: number | undefined },
): Promise<boolean> {
  if (announced === undefined || pages >= announced) return false;
  // Records that were deleted meanwhile make a listing shorter than it was.
  for await (const { announced: now } of extract.pages(source, {})) return now === undefined || pages < now;
  return false;
}

function tooShort(
  { name }: Resource,
  { pages, announced }: { pages: number; announced: number | undefined },
): IncompleteError {
  return new IncompleteError(
    "short",
    `the listing of ${name} ended after ${pages} pages, but its first answer had announced ${announced}; nothing was marked as deleted`,
    "Sync again; report it if it stays.",
  );
}

/** The reading of what hangs on each page, in the order of the pages and at most `pagesAhead` of them at once. */
function trailing(fans: readonly FanOut[], checkpoint: Checkpoint) {
  const pending: Promise<void>[] = [];
  let allRead = true;
  let last: Promise<void> = Promise.resolve();
  let failure: unknown;
  return {
    async follow(parents: readonly string[], place: Place | undefined): Promise<void> {
      const reads = Promise.all(fans.map((fan) => fan.read(parents)));
      last = Promise.all([reads, last]).then(([read]) => {
        allRead &&= read.every(Boolean);
        try {
          if (allRead && place !== undefined) checkpoint.save(place);
        } catch (error) {
          allRead = false;
          failure ??= error;
        }
      });
      pending.push(last);
      if (pending.length > pagesAhead) await pending.shift();
    },
    /** Waits for all of it and gives the error that kept the checkpoint from being saved, if there was one. */
    async finish(): Promise<unknown> {
      await last;
      return failure;
    },
  };
}

/** A page, and how far the walk has come with it. */
interface Step {
  readonly records: readonly unknown[];
  /** Where the walk goes on after it; undefined after the last page, or where the listing is always read whole. */
  readonly place: Place | undefined;
  /** Pages read so far, this one included. */
  readonly pages: number;
  readonly announced: number | undefined;
}

interface Beginning {
  readonly checkpoint: Checkpoint;
  readonly from: Place | undefined;
  readonly start: Start;
}

/** The pages from the checkpoint on, or from the beginning where there is none or the server no longer knows its cursor. */
async function* resumed(
  extract: Extract,
  source: Source,
  { checkpoint, from, start }: Beginning,
): AsyncIterable<Step> {
  if (from !== undefined) {
    let accepted = false;
    try {
      for await (const step of counted(extract.pages(source, { ...start, cursor: from.cursor }), from)) {
        accepted = true;
        yield step;
      }
      return;
    } catch (error) {
      const isRefused = error instanceof ApiError && [400, 404, 422].includes(error.status ?? 0);
      if (accepted || !isRefused) throw error;
      checkpoint.clear();
    }
  }
  yield* counted(extract.pages(source, start), undefined);
}

async function* counted(listing: AsyncIterable<Page>, from: Place | undefined): AsyncIterable<Step> {
  let pages = from?.pages ?? 0;
  let announced = from?.announced;
  for await (const page of listing) {
    const { records, cursor } = page;
    pages += 1;
    announced ??= page.announced;
    const place = cursor === undefined ? undefined : { cursor, pages, announced };
    yield { records, place, pages, announced };
  }
}
