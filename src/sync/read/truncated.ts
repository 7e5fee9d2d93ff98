import type { ApiClient, Listing } from "../../api/api-client.ts";
import { IncompleteError } from "../../errors.ts";
import type { Walk } from "./open-walk.ts";
import type { Reached } from "./store-listing-page.ts";

// This many records may have moved in front of the cursor during a walk, or been made behind it.
const recordsMoved = 20;

/** What is known of the end of a listing. */
interface ListingEnd {
  readonly pages: number;
  /** Pages that its first answer announced; undefined where it announced none. */
  readonly announced: number | undefined;
  /** Pages that it announces once it was read. Records that were deleted meanwhile make a listing shorter. */
  readonly announcedNow: () => Promise<number | undefined>;
  /** How many records ChartMogul counts now; undefined where it does not say. */
  readonly countNow: () => Promise<number | undefined>;
  /** How many records were met. */
  readonly met: () => number;
}

/** True where a listing ended before the end that it had announced, without a good reason. */
export async function isTruncated(end: ListingEnd): Promise<boolean> {
  const { pages, announced } = end;
  if (announced === undefined || pages >= announced) return false;
  const now = await end.announcedNow();
  if (now !== undefined && pages >= now) return false;
  const isLastPageMissing = now === undefined || pages + 1 === now;
  const total = isLastPageMissing ? await end.countNow() : undefined;
  return total === undefined || total - end.met() > recordsMoved;
}

/** The error for a listing that was truncated; undefined where it was not. */
export async function findTruncation(
  { run, resource, own }: Pick<Walk, "run" | "resource" | "own">,
  { pages, announced }: Reached,
): Promise<IncompleteError | undefined> {
  const { name, listing } = resource;
  const end: ListingEnd = {
    pages,
    announced,
    announcedNow: () => readAnnounced(listing, run.api),
    countNow: async () => listing.count?.(run.api),
    met: () => own.seen.count(),
  };
  if (!(await isTruncated(end))) return undefined;
  return new IncompleteError(
    "truncated",
    `the listing of ${name} ended after ${pages} pages, but its first answer had announced ${announced}; nothing was marked as deleted`,
    "Sync again; report it if it stays.",
  );
}

async function readAnnounced(listing: Listing, api: ApiClient): Promise<number | undefined> {
  for await (const { announced } of listing.pages(api, {})) return announced;
  return undefined;
}
