import * as z from "zod";
import type { Warehouse } from "../database/open.ts";
import { ExactNumber, shorten } from "../json/exact-number.ts";
import type { Resource } from "../resources/resource.ts";
import { recordIsLive } from "../store/live-records.ts";
import type { StoredAccount } from "./read-function.ts";
import { prepareRecordReader } from "./stored-record.ts";

/** As a cursor holds it; SQLite has whole numbers that JavaScript has not. */
type PositionValue = string | number | ExactNumber;

/** Records in the order of an index. Several of them, one after the other, make a list. */
export interface Segment {
  /** Tables, joined; their rows belong to the account `@account` where `where` says so. */
  readonly from: string;
  readonly where: string;
  /** What the names in `where` stand for. */
  readonly values: Readonly<Record<string, string>>;
  /** SQL of the key in `raw_records`. */
  readonly key: string;
  /** Columns, ascending; together they distinguish every record of the segment from the others. */
  readonly order: readonly string[];
}

/** The number of a record's segment, and its values of the columns that order the segment. */
export type StoredPosition = readonly [number, ...PositionValue[]];

/** A position in a list of these segments, as a cursor holds it. */
export function createPositionSchema(segments: readonly Segment[]): z.ZodType<StoredPosition> {
  return z
    .tuple([z.int().min(0)], z.union([z.string(), z.number(), z.instanceof(ExactNumber)]))
    .refine(([segment, ...values]) => values.length === segments[segment]?.order.length);
}

interface StoredPageRequest {
  readonly after: StoredPosition | undefined;
  /** Records to leave out behind that position. */
  readonly skip: number;
  readonly limit: number;
}

interface StoredListPage {
  readonly records: readonly unknown[];
  /** Where the next page begins; undefined where there is none. */
  readonly next: StoredPosition | undefined;
  /** Where the page begins that follows this many of the records. */
  after(count: number): StoredPosition | undefined;
}

/** Reads a page of records as they were received. Records before it are skipped in the index and not read. */
export function readStoredPage(
  { warehouse, name: account }: StoredAccount,
  resource: Resource,
  segments: readonly Segment[],
  { after, skip, limit }: StoredPageRequest,
): StoredListPage {
  const found: { readonly key: string; readonly position: StoredPosition }[] = [];
  let toSkip = skip;
  for (const [index, segment] of segments.entries()) {
    if (index < (after?.[0] ?? 0)) continue;
    const { rows, count } = prepareSegment(warehouse, account, segment);
    const behind = index === after?.[0] ? after.slice(1) : [];
    // One more than wanted shows whether there is another page.
    const some = rows(behind, limit + 1 - found.length, toSkip);
    found.push(
      ...some.map(([key, ...values]) => ({ key: String(key), position: [index, ...values] as const })),
    );
    if (found.length > limit) break;
    if (toSkip > 0) toSkip = some.length > 0 ? 0 : toSkip - count();
  }
  const page = found.slice(0, limit);
  const read = prepareRecordReader(warehouse, account, resource);
  return {
    records: page.map(({ key }) => read(key)),
    next: found.length > limit ? page.at(-1)?.position : undefined,
    after: (count) => page[count - 1]?.position,
  };
}

type BoundValue = string | number | bigint | null;

function toBind(value: PositionValue): BoundValue {
  return value instanceof ExactNumber ? (value.integer ?? null) : value;
}

function fromRow(value: BoundValue): PositionValue {
  const number = typeof value === "bigint" ? shorten(value) : value;
  return typeof number === "bigint" ? new ExactNumber(String(number)) : (number as PositionValue);
}

function prepareSegment({ sqlite }: Warehouse, account: string, segment: Segment) {
  const { from, where, values, key, order } = segment;
  const columns = order.join(", ");
  return {
    rows(after: readonly PositionValue[], limit: number, skip: number) {
      const behind =
        after.length > 0 ? `AND (${columns}) > (${after.map((_, place) => `@after${place}`)})` : "";
      return sqlite
        .prepare<[Readonly<Record<string, BoundValue>>], BoundValue[]>(
          `SELECT ${key}, ${columns} FROM ${from} WHERE ${where} ${behind} ORDER BY ${columns} LIMIT @limit OFFSET @skip`,
        )
        .raw()
        .safeIntegers()
        .all({
          account,
          ...values,
          limit,
          skip,
          ...Object.fromEntries(after.map((value, place) => [`after${place}`, toBind(value)])),
        })
        .map((row) => row.map(fromRow));
    },
    count: () =>
      sqlite
        .prepare<[Readonly<Record<string, string>>], number>(`SELECT count(*) FROM ${from} WHERE ${where}`)
        .pluck()
        .get({ account, ...values }) ?? 0,
  };
}

/** Newest created first: the order in which ChartMogul lists most records, though no date on them says when they were created. */
export const newestFirst = { key: "record.key", order: ["list_order", "record.key"] } as const;

/** All live records of a resource, newest created first. */
export function selectEveryRecord(resource: string): readonly Segment[] {
  return [
    {
      from: "raw_records AS record",
      where: `record.account = @account AND record.resource = @resource AND ${recordIsLive}`,
      values: { resource },
      ...newestFirst,
    },
  ];
}
