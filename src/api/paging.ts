import { ApiError, requireDefined } from "../errors.ts";
import { toPlain } from "../json/exact-number.ts";
import type { ApiClient, Detail, Listing, Page, Query, Start } from "./api-client.ts";

/** The largest page: above 200 the API silently gives 200 (https://dev.chartmogul.com/docs/pagination). */
export const perPage = 200;

/** A listing of the account that is paged by cursor; `list` is the key of the records in a page. */
export function pages(path: string, list: string, query: Query = {}): Listing {
  return {
    pages: (api, { cursor }) => readPages(api, path, list, query, cursor),
    async count(api) {
      // With one record a page there are as many pages as records. Without records there is one page, too.
      const { records, announced } = readEnvelope(await api.get(path, { ...query, per_page: 1 }), path, list);
      return records.length === 0 ? 0 : announced;
    },
  };
}

/** The same for a listing that begins with the record that was created last (all but the customers': their contract, 1.3). */
export function newestFirst(path: string, list: string, query: Query = {}): Listing {
  return { ...pages(path, list, query), newestFirst: true };
}

/** A listing that is not paged at all. */
export function wholeList(path: string, list: string, query: Query = {}): Listing {
  const whole = async (api: ApiClient) => findList(await api.get(path, query), path, list);
  return {
    async *pages(api) {
      yield { records: await whole(api), cursor: undefined };
    },
    count: async (api) => (await whole(api)).length,
  };
}

// Marks the cursors of the older of two listings: a resumed sync continues the one that it began with.
const ofOlder = "older ";

/**
 * The newer of two listings of the same records, or the older one where the server does not have the newer. ChartMogul replaces
 * `older` by `newer`, and an account may not have that yet. `isOfNewer` tells whether a stored record came from the newer
 * listing. Then a server without it has a fault: the older listing would leave out what only the newer one has.
 */
export function newerOr(newer: Listing, older: Listing, isOfNewer: (record: unknown) => boolean): Listing {
  async function* pagesOfOlder(api: ApiClient, start: Start): AsyncIterable<Page> {
    for await (const page of older.pages(api, start)) {
      yield { ...page, cursor: page.cursor === undefined ? undefined : `${ofOlder}${page.cursor}` };
    }
  }
  return {
    ...newer,
    async *pages(api, start) {
      if (start.cursor?.startsWith(ofOlder)) {
        yield* pagesOfOlder(api, { ...start, cursor: start.cursor.slice(ofOlder.length) });
        return;
      }
      let hasAnswered = start.cursor !== undefined;
      try {
        for await (const page of newer.pages(api, start)) {
          hasAnswered = true;
          yield page;
        }
      } catch (error) {
        // A cursor of this listing means nothing to the other one.
        if (hasAnswered || !(error instanceof ApiError && error.status === 404)) throw error;
        if (isOfNewer(start.known?.())) throw error;
        yield* pagesOfOlder(api, start);
      }
    },
    count: async () => undefined,
  };
}

/** A child listing for each record of the resource `parent`; `pathOf` makes its path from the encoded key of the parent. */
export function pagesOfEach(parent: string, pathOf: (key: string) => string, list: string): Listing {
  return {
    parent,
    pages(api, start) {
      const key = requireDefined(start.parent, `the parent of a listing of ${parent}`);
      return readPages(api.patient, pathOf(encodeURIComponent(key)), list, {}, start.cursor);
    },
  };
}

/** A path with one object; `query` asks for more of it, and is left out where the server refuses it. */
export function single(path: string, query: Query = {}): Listing {
  return {
    async *pages(api: ApiClient, _start: Start): AsyncIterable<Page> {
      const record = await api.get(path, query).catch((error: unknown) => {
        if (error instanceof ApiError && [400, 422].includes(error.status ?? 0)) return api.get(path);
        throw error;
      });
      yield { records: [record], cursor: undefined };
    },
  };
}

// The status for the key of a record that was merged into another is not documented.
const doesNotHaveIt = [400, 404, 410, 422];

/** One record, from the first of two paths that has it. */
export function oneOf(first: Detail, second: Detail): Detail {
  return async (api, key) => (await first(api, key)) ?? second(api, key);
}

/** One page of a listing, where not all are needed. */
export interface ListingPage {
  readonly records: readonly unknown[];
  /** Cursor of the next page; undefined where there is none. */
  readonly next: string | undefined;
  /** The number of the page where the response says it: only without a cursor in the request. */
  readonly number: number | undefined;
}

/** Reads one page of a listing; `query` says which one. */
export async function readOnePage(
  api: ApiClient,
  path: string,
  list: string,
  query: Query,
): Promise<ListingPage> {
  const page = readEnvelope(await api.get(path, query), path, list);
  return { ...page, next: page.has_more ? findNextCursor(page, path) : undefined };
}

/** One record by its key. */
export function one(pathOf: (key: string) => string, query: Query = {}): Detail {
  return async (api, key) => {
    try {
      return await api.get(pathOf(encodeURIComponent(key)), query);
    } catch (error) {
      if (error instanceof ApiError && doesNotHaveIt.includes(error.status ?? 0)) return undefined;
      throw error;
    }
  };
}

/**
 * Reads the pages of a listing until `has_more` is false: the last page still has a cursor, so the cursor proves nothing. Throws an
 * ApiError where the reading would be endless or silently incomplete.
 */
async function* readPages(
  api: ApiClient,
  path: string,
  list: string,
  query: Query,
  start: string | undefined,
): AsyncIterable<Page> {
  const seen = new Set<string>();
  let cursor = start;
  for (;;) {
    const body = await api.get(path, {
      ...query,
      per_page: perPage,
      ...(cursor === undefined ? {} : { cursor }),
    });
    const page = readEnvelope(body, path, list);
    const { records, announced } = page;
    if (!page.has_more) {
      yield { records, cursor: undefined, announced };
      return;
    }
    const next = findNextCursor(page, path);
    if (seen.has(next) || next === cursor) throw createListingError(path, `the cursor ${next} a second time`);
    seen.add(next);
    cursor = next;
    yield { records, cursor, announced };
  }
}

/** A page as it was received. */
export interface Envelope {
  readonly records: readonly unknown[];
  readonly has_more: boolean;
  readonly next: string | undefined;
  readonly announced: number | undefined;
  readonly number: number | undefined;
}

/** Finds the cursor of a page that is not the last one. Throws an ApiError where there is none. */
function findNextCursor({ records, next }: Envelope, path: string): string {
  if (records.length === 0) throw createListingError(path, "an empty page that says has_more");
  if (next === undefined) throw createListingError(path, "has_more without a cursor");
  return next;
}

/** Reads a body as the page of a listing. Throws an ApiError where it is not one. */
export function readEnvelope(body: unknown, path: string, list: string): Envelope {
  const records = findList(body, path, list);
  const envelope = body as Readonly<Record<string, unknown>>;
  if (typeof envelope["has_more"] !== "boolean") throw createListingError(path, 'no "has_more"');
  const cursor = envelope["cursor"];
  return {
    records,
    has_more: envelope["has_more"],
    next: typeof cursor === "string" && cursor !== "" ? cursor : undefined,
    // Deprecated keys: only responses to requests without a cursor have them, and not in every listing.
    announced:
      readWholeNumber(envelope["total_pages"]) ??
      readWholeNumber(readProperty(envelope["meta"], "total_pages")),
    number: readWholeNumber(envelope["current_page"]) ?? readWholeNumber(envelope["page"]),
  };
}

function findList(body: unknown, path: string, list: string): readonly unknown[] {
  if (typeof body !== "object" || body === null)
    throw createListingError(path, "a body that is not an object");
  const records = readProperty(body, list);
  if (!Array.isArray(records)) throw createListingError(path, `no list under "${list}"`);
  return records;
}

function readProperty(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

function readWholeNumber(value: unknown): number | undefined {
  const number = toPlain(value);
  return Number.isInteger(number) ? Number(number) : undefined;
}

/** Creates the error for a listing that cannot be read to its end. */
export function createListingError(path: string, what: string): ApiError {
  return new ApiError(`ChartMogul answered GET /${path} with ${what}`, {
    hint: "The listing was not read to its end, and nothing was marked as deleted. Run the sync again; report it if it happens again.",
  });
}
