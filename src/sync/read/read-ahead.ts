import { setImmediate as untilItWaits } from "node:timers/promises";
import type { Listing, Page } from "../../api/api-client.ts";
import type { PageTurns } from "../write/page-turns.ts";

/**
 * The same listing, read one page ahead: the next page is requested while a page is stored. A walk that may stop before the end would
 * make a request too many.
 */
export function readAhead(listing: Listing, turns: PageTurns): Listing {
  return { ...listing, pages: (api, start) => requestAhead(listing.pages(api, start), turns) };
}

async function* requestAhead(pages: AsyncIterable<Page>, turns: PageTurns): AsyncIterable<Page> {
  const source = pages[Symbol.asyncIterator]();
  let next = source.next();
  try {
    for (;;) {
      const page = await next;
      if (page.done) return;
      // Not at once: a sync that is stopped by then still stores this page. Nor while it waits for others: both would fill memory.
      next = untilItWaits()
        .then(() => turns.untilFewWait())
        .then(() => source.next());
      // Whatever it fails with is thrown when its turn comes, after the page before was stored.
      next.catch(() => {});
      yield page.value;
    }
  } finally {
    // No request may be left when the walk is over.
    await source.return?.();
  }
}
