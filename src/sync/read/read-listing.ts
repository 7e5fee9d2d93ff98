import type { Start } from "../../api/api-client.ts";
import type { ListingPosition } from "../../state/checkpoints.ts";
import { findFirstLiveKey } from "../../store/live-records.ts";
import { readAnyRecord } from "../../store/raw-records.ts";
import { full, type IncrementalMode, type ReadMode } from "../plan/read-mode.ts";
import { findUnmetRejects, needsListing } from "../plan/unmet-rejects.ts";
import { restartChildWalk, retryFailedListings } from "./child-listings.ts";
import { type Days, findRewrittenDays } from "./find-rewritten-days.ts";
import type { Walk } from "./open-walk.ts";
import { readAhead } from "./read-ahead.ts";
import { readPages } from "./read-pages.ts";
import { type ListingState, mostOnAPage, type Reached, storeListingPage } from "./store-listing-page.ts";
import { startTrailingReads } from "./trailing-reads.ts";

/** How the reading of a listing ended. */
export interface ListingResult {
  /** How much of it was read in the end. */
  readonly mode: ReadMode;
  readonly reached: Reached;
  /** False where it was resumed from a checkpoint, or is only a part by date. */
  readonly isWhole: boolean;
  /** True where it ended at a page on which everything was known. */
  readonly endedEarly: boolean;
  /** A record that no run since this one has met was nowhere in the listing. */
  readonly allReadSince: number;
  /** What kept it from reaching the end; undefined where nothing did. */
  readonly failure: unknown;
}

/**
 * Reads a listing from its checkpoint, or from its beginning, and with each page the child listings of its records. Every page is
 * stored as it arrives. Never rejects.
 */
export async function readListing(walk: Walk): Promise<ListingResult> {
  const state: ListingState = {
    mode: walk.plan.mode,
    reached: { pages: 0, announced: undefined, recordsWithoutKey: 0 },
    isFromBeginning: true,
    endedEarly: false,
    wasReadAgain: false,
    trailing: startTrailingReads(walk),
  };
  const failure = await readUntilFailure(walk, state);
  const { mode, reached, isFromBeginning, endedEarly, wasReadAgain } = state;
  return {
    mode,
    reached,
    endedEarly,
    isWhole: isFromBeginning && mode.kind !== "incremental",
    allReadSince: wasReadAgain ? walk.run.id : walk.checkpoint.run,
    failure,
  };
}

/** Returns what kept it from reaching the end; undefined where nothing did. */
async function readUntilFailure(walk: Walk, state: ListingState): Promise<unknown> {
  let failure: unknown;
  try {
    await readAsPlanned(walk, state);
  } catch (error) {
    failure = error;
  }
  // In any case: nothing may be stored once the walk is over.
  const unsaved = await state.trailing.finish();
  if (failure === undefined) return unsaved;
  try {
    walk.checkpoint.flush();
  } catch {
    // The next sync continues from the position before it; the failure says more.
  }
  return failure;
}

async function readAsPlanned(walk: Walk, state: ListingState): Promise<void> {
  const position = walk.run.rules.full ? undefined : walk.checkpoint.load();
  if (position === undefined) walk.checkpoint.restart();
  else {
    const { cursor: _, ...reached } = position;
    state.reached = reached;
    state.isFromBeginning = false;
  }
  await Promise.all(walk.children.map(retryFailedListings));
  await readFrom(walk, state, position);
  if (state.mode.kind === "incremental") await readRewrittenHistories(walk, state, state.mode);
  else if (!state.isFromBeginning && awaitsListing(walk)) await readAgain(walk, state);
}

async function readFrom(walk: Walk, state: ListingState, position: ListingPosition | undefined) {
  const { run, resource } = walk;
  const start = startAt(walk, state, position?.cursor);
  const listing = mayEndEarly(state) ? resource.listing : readAhead(resource.listing, run.turns);
  for await (const page of readPages(listing, run.api, start, () => startOver(walk, state))) {
    run.signal.throwIfAborted();
    const isKnown = await storeListingPage(walk, state, page);
    state.endedEarly = isKnown && mayEndEarly(state) && page.cursor !== undefined && !awaitsListing(walk);
    if (state.endedEarly) return;
  }
}

const mayEndEarly = ({ mode }: ListingState) => mode.kind === "newest_first";

/** True while only the listing can give some of what earlier runs rejected. */
const awaitsListing = ({ run, resource }: Walk) => needsListing(resource, findUnmetRejects(run, resource));

function startAt({ run, resource }: Walk, { mode }: ListingState, cursor: string | undefined): Start {
  return {
    firstKey: findFirstLiveKey(run.warehouse, run.account, resource.name),
    known: () => readAnyRecord(run.warehouse, run.account, resource),
    since: mode.kind === "incremental" ? mode.day : undefined,
    cursor,
  };
}

async function startOver(walk: Walk, state: ListingState): Promise<void> {
  // Child listings that are still being read would save the checkpoint of before.
  await state.trailing.finish();
  walk.checkpoint.restart();
  walk.children.forEach(restartChildWalk);
  state.reached = { pages: 0, announced: undefined, recordsWithoutKey: 0 };
  state.isFromBeginning = true;
}

/** Reads what ChartMogul has rewritten before the day from which the listing was read; all of the listing where that costs less. */
async function readRewrittenHistories(walk: Walk, state: ListingState, mode: IncrementalMode): Promise<void> {
  const rewritten = await findRewrittenDays(walk, mode);
  if (rewritten) {
    await readDays(walk, state, rewritten.days);
    state.mode = rewritten.isWhole() ? rewritten.mode : full;
  }
  if (state.mode.kind === "incremental" && !awaitsListing(walk)) return;
  state.mode = full;
  await startOver(walk, state);
  await readFrom(walk, state, undefined);
}

async function readDays(walk: Walk, state: ListingState, days: readonly Days[]): Promise<void> {
  const { run, resource } = walk;
  for (const each of days) {
    for await (const { records } of readAhead(resource.listing, run.turns).pages(run.api, each)) {
      run.signal.throwIfAborted();
      // Without a cursor: what may be resumed is the walk that has found out which days these are.
      await storeListingPage(walk, state, { records, cursor: undefined });
    }
  }
}

/** Reads what comes before the position of the checkpoint once more, for what earlier runs rejected there. */
async function readAgain(walk: Walk, state: ListingState): Promise<void> {
  const { run, resource, own, checkpoint, invalidate } = walk;
  const wasSeen = own.seen.lookup();
  let before = 0;
  for await (const page of readPages(resource.listing, run.api, startAt(walk, state, undefined), () => {})) {
    run.signal.throwIfAborted();
    const { keys } = await own.store({
      records: page.records,
      firstRun: checkpoint.run,
      before,
      also: ({ changed }) => invalidate(changed),
    });
    before += mostOnAPage;
    const unseen = keys.filter((key) => !wasSeen(key));
    await state.trailing.add(unseen, undefined);
    const rejects = findUnmetRejects(run, resource);
    if (rejects.every(({ hasKey }) => hasKey) && !needsListing(resource, rejects)) return;
  }
  state.wasReadAgain = true;
}
