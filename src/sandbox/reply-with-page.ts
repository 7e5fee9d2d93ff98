import { readCursor, writeCursor } from "./cursor.ts";
import { findFirstAfter, getPosition, type Order, sortRows } from "./order.ts";
import { type Reply, refuse, replyJson } from "./reply.ts";

const largestPage = 200;

/** Reads `per_page` as the API does: 200 when it is missing or senseless, and silently 200 when it is larger. */
export function readPageSize(query: URLSearchParams): number {
  const wanted = Number(query.get("per_page") ?? largestPage);
  return Number.isInteger(wanted) && wanted >= 1 ? Math.min(wanted, largestPage) : largestPage;
}

/** Reads the deprecated `page` parameter, from 1. */
export function readPageNumber(query: URLSearchParams): number {
  const wanted = Number(query.get("page") ?? 1);
  return Number.isInteger(wanted) && wanted >= 1 ? wanted : 1;
}

/** Creates the 400 for a cursor that this list never gave. The real API's reply is not known. */
export function refuseCursor(): Reply {
  return refuse(400, "The cursor is invalid", "cursor");
}

/** The values from which the deprecated keys of a cursor-less reply may be made. */
export interface FirstPage<Row> {
  number: number;
  perPage: number;
  hasMore: boolean;
  rows: Row[];
  /** Counts all rows of the list, which only lists that show a total need. */
  count(): number;
}

/** One list of the API. */
export interface ReplyListing<Row> {
  /** The key that holds the rows. */
  key: string;
  rows: Row[];
  order: Order<Row>;
  keep?(row: Row): boolean;
  /** Gives a row's form on the wire; by default the record itself. */
  show?(row: Row): unknown;
  /** Keys of every reply, such as `customer_uuid`. */
  always?: Record<string, unknown>;
  /** Keys that only a reply to a request without `cursor` has. */
  deprecated?(page: FirstPage<Row>): Record<string, unknown>;
}

function collect<Row>(
  listing: ReplyListing<Row>,
  rows: Row[],
  start: number,
  skip: number,
  size: number,
): Row[] {
  const collected: Row[] = [];
  let left = skip;
  for (let index = start; index < rows.length && collected.length < size; index += 1) {
    const row = rows[index];
    if (row === undefined || listing.keep?.(row) === false) continue;
    if (left > 0) left -= 1;
    else collected.push(row);
  }
  return collected;
}

/**
 * Replies with one page. The cursor is the position of the last row, so rows deleted during a walk shift nothing and rows
 * inserted ahead of it are missed: https://dev.chartmogul.com/docs/pagination. It is null only when no row came.
 */
export function replyWithPage<Row>(listing: ReplyListing<Row>, query: URLSearchParams): Reply {
  const rows = sortRows(listing.rows, listing.order);
  const size = readPageSize(query);
  const cursor = query.get("cursor");
  const position = cursor === null ? undefined : readCursor(listing.order, cursor);
  if (cursor !== null && position === undefined) return refuseCursor();
  const number = readPageNumber(query);
  const start = position === undefined ? 0 : findFirstAfter(rows, listing.order, position);
  const skip = position === undefined ? (number - 1) * size : 0;
  const found = collect(listing, rows, start, skip, size + 1);
  const shown = found.slice(0, size);
  const last = shown.at(-1);
  const hasMore = found.length > size;
  const count = () => collect(listing, rows, 0, 0, rows.length).length;
  return replyJson({
    ...listing.always,
    [listing.key]: listing.show === undefined ? shown : shown.map(listing.show),
    ...(cursor === null ? listing.deprecated?.({ number, perPage: size, hasMore, rows: shown, count }) : {}),
    cursor: last === undefined ? null : writeCursor(getPosition(listing.order, last)),
    has_more: hasMore,
  });
}

/** Gives the deprecated `current_page` and `total_pages`. An empty list has `whenEmpty` pages. */
export function showTotals<Row>(whenEmpty: number): (page: FirstPage<Row>) => Record<string, unknown> {
  return (page) => ({
    current_page: page.number,
    total_pages: Math.max(whenEmpty, Math.ceil(page.count() / page.perPage)),
  });
}
