import { ApiError } from "../errors.ts";
import { plain } from "../json/exact-number.ts";
import type { ApiClient, Detail, Extract, Page, Query, Start } from "./api-client.ts";

/** Above 200 the API silently answers 200 (https://dev.chartmogul.com/docs/pagination). */
export const perPage = 200;

/** A listing of the account that is paged by cursor; `list` is the key under which a page holds its records. */
export function pages(path: string, list: string, query: Query = {}): Extract {
  return {
    pages: (api, { cursor }) => walk(api, path, list, query, cursor),
    async count(api) {
      // With one record a page there are as many pages as records, except that no record makes one page, too.
      const { records, announced } = read(await api.get(path, { ...query, per_page: 1 }), path, list);
      return records.length === 0 ? 0 : announced;
    },
  };
}

/** The same for a listing that begins with the record that was created last (all but the customers': their contract, 1.3). */
export function newestFirst(path: string, list: string, query: Query = {}): Extract {
  return { ...pages(path, list, query), newestFirst: true };
}

/** A listing that is not paged at all. */
export function wholeList(path: string, list: string, query: Query = {}): Extract {
  const whole = async (api: ApiClient) => listIn(await api.get(path, query), path, list);
  return {
    async *pages(api) {
      yield { records: await whole(api), cursor: undefined };
    },
    count: async (api) => (await whole(api)).length,
  };
}

// Before the cursors of the older of two listings, so that a walk that goes on asks the one that it has begun with.
const ofOlder = "older ";

/**
 * The first of two listings of the same records that the server has: ChartMogul replaces `older` by `newer`, and an account may
 * not have the newer one yet. `isOfNewer` tells whether a record came from the newer one: then a server that does not know it any
 * more has a fault, since the older one would leave out what only the newer one has.
 */
export function newerOr(newer: Extract, older: Extract, isOfNewer: (record: unknown) => boolean): Extract {
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
      let answered = start.cursor !== undefined;
      try {
        for await (const page of newer.pages(api, start)) {
          answered = true;
          yield page;
        }
      } catch (error) {
        // A cursor of this listing means nothing to the other one.
        if (answered || !(error instanceof ApiError && error.status === 404)) throw error;
        if (isOfNewer(start.known?.())) throw error;
        yield* pagesOfOlder(api, start);
      }
    },
    count: async () => undefined,
  };
}

/** One such listing for each record of the resource `parent`; `pathOf` is given the parent's key. */
export function pagesOfEach(parent: string, pathOf: (key: string) => string, list: string): Extract {
  return {
    parent,
    pages: (api, start) =>
      walk(api.patient, pathOf(encodeURIComponent(start.parent ?? "")), list, {}, start.cursor),
  };
}

/** A path that answers with one object; `query` asks for more of it where the server knows that, too. */
export function single(path: string, query: Query = {}): Extract {
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

// What the key of a record that was merged into another is answered with is not documented.
const doesNotHaveIt = [400, 404, 410, 422];

/** One record under the first of two paths that has it. */
export function oneOf(first: Detail, second: Detail): Detail {
  return async (api, key) => (await first(api, key)) ?? second(api, key);
}

/** One page of a listing, for who does not want all of them. */
export interface ListingPage {
  readonly records: readonly unknown[];
  /** Cursor of the page after it; undefined where there is none. */
  readonly next: string | undefined;
  /** The number of the page where the answer says it: only where none was asked for by cursor. */
  readonly number: number | undefined;
}

/** Asks for one page of a listing; `query` says which one. */
export async function onePage(
  api: ApiClient,
  path: string,
  list: string,
  query: Query,
): Promise<ListingPage> {
  const page = read(await api.get(path, query), path, list);
  return { ...page, next: page.has_more ? nextOf(page, path) : undefined };
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
 * Follows a listing until `has_more` is false: the last page still carries a cursor, so the cursor proves nothing.
 * What would make the walk endless or silently short is an ApiError.
 */
async function* walk(
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
    const page = read(body, path, list);
    const { records, announced } = page;
    if (!page.has_more) {
      yield { records, cursor: undefined, announced };
      return;
    }
    const next = nextOf(page, path);
    if (seen.has(next) || next === cursor) throw broken(path, `the cursor ${next} a second time`);
    seen.add(next);
    cursor = next;
    yield { records, cursor, announced };
  }
}

/** A page as it was answered. */
export interface Envelope {
  readonly records: readonly unknown[];
  readonly has_more: boolean;
  readonly next: string | undefined;
  readonly announced: number | undefined;
  readonly number: number | undefined;
}

/** The cursor of a page that is not the last one; an ApiError where nothing leads on. */
function nextOf({ records, next }: Envelope, path: string): string {
  if (records.length === 0) throw broken(path, "an empty page that says has_more");
  if (next === undefined) throw broken(path, "has_more without a cursor");
  return next;
}

/** The page of a listing in a body; an ApiError where it is none. */
export function read(body: unknown, path: string, list: string): Envelope {
  const records = listIn(body, path, list);
  const envelope = body as Readonly<Record<string, unknown>>;
  if (typeof envelope["has_more"] !== "boolean") throw broken(path, 'no "has_more"');
  const cursor = envelope["cursor"];
  return {
    records,
    has_more: envelope["has_more"],
    next: typeof cursor === "string" && cursor !== "" ? cursor : undefined,
    // Deprecated keys that only answers to requests without a cursor have, and not in every listing.
    announced: wholeNumber(envelope["total_pages"]) ?? wholeNumber(property(envelope["meta"], "total_pages")),
    number: wholeNumber(envelope["current_page"]) ?? wholeNumber(envelope["page"]),
  };
}

function listIn(body: unknown, path: string, list: string): readonly unknown[] {
  if (typeof body !== "object" || body === null) throw broken(path, "a body that is no object");
  const records = property(body, list);
  if (!Array.isArray(records)) throw broken(path, `no list under "${list}"`);
  return records;
}

function property(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

function wholeNumber(value: unknown): number | undefined {
  const number = plain(value);
  return Number.isInteger(number) ? Number(number) : undefined;
}

/** The error for a listing that cannot be followed to its end. */
export function broken(path: string, what: string): ApiError {
  return new ApiError(`ChartMogul answered GET /${path} with ${what}`, {
    hint: "The listing was not read to its end and nothing was marked as missing. Run the sync again; if it happens again, report it.",
  });
}
