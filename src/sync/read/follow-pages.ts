import type { Checkpoint, Place } from "../../state/checkpoints.ts";
import type { Tally } from "../write/resource-walk.ts";
import type { FanOut } from "./child-listings.ts";

/** The reading of what hangs on each page of a walk, behind that walk. */
interface Trailing {
  /** Begins to read what hangs on these keys; `place` is where the walk goes on after them, if it does. */
  follow(keys: readonly string[], place: Place | undefined): Promise<void>;
  /** Waits for all of it and gives the error that kept the checkpoint from being saved, if there was one. */
  finish(): Promise<unknown>;
}

// How many pages of parents are read ahead of their children: enough to keep the children's requests coming.
const pagesAhead = 2;

/** Follows in the order of the pages and at most `pagesAhead` of them at once; moves the checkpoint past what was read. */
export function trailing(own: Tally, fans: readonly FanOut[], checkpoint: Checkpoint): Trailing {
  const pending: Promise<void>[] = [];
  let allRead = true;
  let last: Promise<void> = Promise.resolve();
  let failure: unknown;
  return {
    async follow(keys, place) {
      const parents = [...new Set(keys)];
      const reads = Promise.all(fans.map((fan) => fan.read(parents)));
      last = Promise.all([reads, last]).then(([read]) => {
        allRead &&= read.every(Boolean);
        // Not before: a page beyond the checkpoint counts as seen only once everything on it is stored.
        own.seen.add(keys);
        try {
          if (allRead && place) checkpoint.save(place);
        } catch (error) {
          allRead = false;
          failure ??= error;
        }
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
