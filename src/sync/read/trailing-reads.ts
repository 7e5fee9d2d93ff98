import type { ListingPosition } from "../../state/checkpoints.ts";
import { readChildListings } from "./child-listings.ts";
import type { Walk } from "./open-walk.ts";

/** Reads the child listings of each page while the walk continues with the next pages. */
export interface TrailingReads {
  /** Begins to read the child listings of these records; `position` is where the walk continues behind them, if it does. */
  add(keys: readonly string[], position: ListingPosition | undefined): Promise<void>;
  /** Waits for all of them; returns the error that kept the checkpoint from being saved, if there was one. */
  finish(): Promise<unknown>;
}

// How many pages of parents are read ahead of their child listings: enough to keep the requests coming.
const pagesAhead = 2;

/** Starts reading behind a walk, page after page, and moves the checkpoint behind each page whose child listings are stored. */
export function startTrailingReads({
  own,
  children,
  checkpoint,
}: Pick<Walk, "own" | "children" | "checkpoint">): TrailingReads {
  const pending: Promise<void>[] = [];
  let allRead = true;
  let last: Promise<void> = Promise.resolve();
  let failure: unknown;
  /** Does what may fail where the warehouse cannot be written; then the checkpoint stays where it is. */
  const attempt = (write: () => void) => {
    try {
      write();
    } catch (error) {
      allRead = false;
      failure ??= error;
    }
  };
  return {
    async add(keys, position) {
      const parents = [...new Set(keys)];
      const reads = Promise.all(children.map((child) => readChildListings(child, parents)));
      last = Promise.all([reads, last]).then(([read]) => {
        if (allRead && !read.every(Boolean)) {
          allRead = false;
          // Now, because the keys of this page and of later ones lie behind the last position, and must not be saved with it.
          attempt(() => checkpoint.flush());
        }
        // Not before: a page behind the checkpoint counts as seen only once its child listings are stored.
        own.seen.add(keys);
        if (allRead && position) attempt(() => checkpoint.reach(position));
      });
      pending.push(last);
      if (pending.length > pagesAhead) await pending.shift();
    },
    async finish() {
      await last;
      return failure;
    },
  };
}
