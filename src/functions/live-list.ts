import * as z from "zod";
import type { ApiClient, Query } from "../api/api-client.ts";
import { type ListingPage, pages, readOnePage } from "../api/paging.ts";
import { ApiError } from "../errors.ts";

/** How a list is asked for. */
export interface LiveListing {
  readonly path: string;
  /** Key under which a response has its records. */
  readonly list: string;
  readonly query: Query;
  /** What the query asked for; ChartMogul ignores a parameter that it does not know, and gives everything. */
  readonly fits?: (record: unknown) => boolean;
  /** Where the API cannot filter: which records of the whole listing are wanted. It is read to its end each time. */
  readonly keep?: (record: unknown) => boolean;
  /** HTTP status by which the API says that there is none. */
  readonly none?: number;
}

/** Within a page: by what it was asked for (ChartMogul's cursor, or its number), its size, and how many of its records were given. */
const withinPage = z.tuple([z.union([z.string(), z.int().min(1)]), z.int().min(1).max(200), z.int().min(1)]);

/** ChartMogul's cursor, how many records were given where we filter, or a place within a page. */
export const livePosition = z.union([z.string(), z.int().min(0), withinPage]);
export type LivePosition = z.output<typeof livePosition>;

interface LivePageRequest {
  readonly after: LivePosition | undefined;
  readonly page: number;
  readonly limit: number;
}

interface LivePage {
  readonly records: readonly unknown[];
  readonly next: LivePosition | undefined;
  /** Where the page begins that follows this many of the records. */
  after(count: number): LivePosition;
}

/** Reads a page of a list from ChartMogul. */
export async function readLivePage(
  api: ApiClient,
  listing: LiveListing,
  wanted: LivePageRequest,
): Promise<LivePage> {
  const { keep, fits, path } = listing;
  if (keep !== undefined) return slice(await readWholeListing(api, listing), wanted);
  const [where, size, given] = findStart(wanted);
  const { records, next } = await readPage(api, listing, where, size);
  if (fits !== undefined && !records.every(fits)) {
    throw new ApiError(`ChartMogul answered GET /${path} with records that do not match the filter`, {
      hint: "ChartMogul seems to ignore the filter. Leave out live: the warehouse filters by itself.",
    });
  }
  const end = given + wanted.limit;
  return {
    records: records.slice(given, end),
    next: end < records.length ? [where, size, end] : next,
    after: (count) => [where, size, given + count],
  };
}

function findStart({ after, page, limit }: LivePageRequest): z.output<typeof withinPage> {
  if (typeof after === "object") return after;
  return [typeof after === "string" ? after : page, limit, 0];
}

/** Pages by number are deprecated: whether one was honoured shows only in the answer, and where it was not we count ourselves. */
async function readPage(
  api: ApiClient,
  { path, list, query }: LiveListing,
  page: string | number,
  per_page: number,
): Promise<ListingPage> {
  const ask = (where: Query) => readOnePage(api, path, list, { ...query, per_page, ...where });
  if (typeof page === "string") return ask({ cursor: page });
  if (page > 1) {
    const numbered = await ask({ page });
    if (numbered.number === page) return numbered;
  }
  let current: ListingPage = await ask({});
  for (let number = 1; number < page; number += 1) {
    if (current.next === undefined) return { ...current, records: [] };
    current = await ask({ cursor: current.next });
  }
  return current;
}

async function readWholeListing(
  api: ApiClient,
  { path, list, query, keep, none }: LiveListing,
): Promise<unknown[]> {
  const records: unknown[] = [];
  try {
    for await (const page of pages(path, list, query).pages(api, {})) records.push(...page.records);
  } catch (error) {
    if (none === undefined || !(error instanceof ApiError) || error.status !== none) throw error;
  }
  return keep === undefined ? records : records.filter(keep);
}

function slice(records: readonly unknown[], { after, page, limit }: LivePageRequest): LivePage {
  const from = typeof after === "number" ? after : (page - 1) * limit;
  const to = from + limit;
  return {
    records: records.slice(from, to),
    next: to < records.length ? to : undefined,
    after: (count) => from + count,
  };
}
