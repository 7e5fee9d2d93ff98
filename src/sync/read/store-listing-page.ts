import type { Page } from "../../api/api-client.ts";
import type { ApiError } from "../../errors.ts";
import type { ListingPosition } from "../../state/checkpoints.ts";
import type { ReadMode } from "../plan/read-mode.ts";
import type { StoredPage } from "../write/store-page.ts";
import { findPageChange } from "../write/wire-change.ts";
import type { Walk } from "./open-walk.ts";
import type { TrailingReads } from "./trailing-reads.ts";

/** How much of a listing a walk has read. */
export type Reached = Omit<ListingPosition, "cursor">;

/** A listing that is being read. */
export interface ListingState {
  mode: ReadMode;
  reached: Reached;
  /** False where it was resumed from a checkpoint. */
  isFromBeginning: boolean;
  endedEarly: boolean;
  /** True where what comes before the checkpoint was read once more. */
  wasReadAgain: boolean;
  readonly trailing: TrailingReads;
}

// ChartMogul never gives more records at once, and at most 365 metrics.
export const mostOnAPage = 1000;

/**
 * Stores a page of a listing and begins to read the child listings of its records; returns whether all of the page was known. The
 * checkpoint moves once the page and its child listings are stored. Throws where most of the page was rejected.
 */
export async function storeListingPage(walk: Walk, state: ListingState, page: Page): Promise<boolean> {
  const { own, children, checkpoint, invalidate } = walk;
  let change: ApiError | undefined;
  const { keys, isKnown } = await own.store({
    records: page.records,
    firstRun: checkpoint.run,
    before: state.reached.pages * mostOnAPage,
    also(stored) {
      change = judgePage(walk, state, page, stored);
      state.reached = addPage(state.reached, page, stored);
      invalidate(stored.changed);
      if (change || children.length > 0) return;
      own.seen.add(stored.keys);
      const position = positionAfter(page, state.reached);
      // With the first page: once it is stored, newest-first reading must know that more comes behind it.
      if (position && !checkpoint.isSaved()) checkpoint.save(position);
    },
  });
  if (change) throw change;
  const position = positionAfter(page, state.reached);
  if (children.length > 0) await state.trailing.add(keys, position);
  else if (position) checkpoint.reach(position);
  return isKnown;
}

function judgePage(
  { resource, own }: Walk,
  { mode, isFromBeginning }: ListingState,
  { records }: Page,
  { rejections }: StoredPage,
): ApiError | undefined {
  return findPageChange({
    resource: resource.name,
    page: { rejected: rejections.length, fetched: records.length },
    firstRejection: rejections[0],
    before: own.counts,
    isWhole: isFromBeginning && mode.kind !== "incremental",
  });
}

function addPage(
  { pages, announced, recordsWithoutKey }: Reached,
  page: Page,
  stored: Pick<StoredPage, "recordsWithoutKey">,
): Reached {
  return {
    pages: pages + 1,
    announced: announced ?? page.announced,
    recordsWithoutKey: recordsWithoutKey + stored.recordsWithoutKey,
  };
}

function positionAfter({ cursor }: Page, reached: Reached): ListingPosition | undefined {
  return cursor === undefined ? undefined : { ...reached, cursor };
}
