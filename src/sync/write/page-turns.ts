import { setImmediate as untilOthersHadTheirTurn } from "node:timers/promises";
import pLimit from "p-limit";

/** Lets the pages of all accounts be judged and stored, a few at a time. */
export interface PageTurns {
  /** Stores a page when its turn has come. */
  take<Result>(store: () => Promise<Result>): Promise<Result>;
  /** Resolves once so few pages wait for their turn that another may be requested: each that waits takes some megabytes of memory. */
  untilFewWait(): Promise<void>;
}

// While the thread compresses one page, another is written. More would gain nothing.
const pagesAtOnce = 2;
const mostWaiting = 2;

/** Opens the turns of one sync. */
export function openPageTurns(): PageTurns {
  const limit = pLimit(pagesAtOnce);
  const requests: (() => void)[] = [];
  const letRequest = () => {
    if (requests.length === 0 || limit.pendingCount > mostWaiting) return;
    requests.shift()?.();
    // The next one follows in the next turn of the event loop, unless the page of this one is there by then.
    setImmediate(letRequest);
  };
  return {
    take: (store) =>
      limit(async () => {
        try {
          // Pages of many accounts may have arrived together. Requests that are due must not wait for all of them.
          await untilOthersHadTheirTurn();
          return await store();
        } finally {
          letRequest();
        }
      }),
    untilFewWait: () =>
      new Promise((resolve) => {
        requests.push(resolve);
        letRequest();
      }),
  };
}
