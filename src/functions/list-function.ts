import * as z from "zod";
import { ArgumentError } from "../errors.ts";
import { measureJson } from "../json/fit.ts";
import type { Resource } from "../resources/resource.ts";
import type { ListResult, PageResult } from "./chartmogul.ts";
import { type ListIdentity, readCursor, writeCursor } from "./cursor.ts";
import { fitRecords } from "./fit-records.ts";
import { formatInstant, readFreshAsOf } from "./fresh-as-of.ts";
import { type LiveListing, livePosition, readLivePage } from "./live-list.ts";
import { paging } from "./parameters.ts";
import { type LiveAccount, live, type ReadFunction, type StoredAccount } from "./read-function.ts";
import { createPositionSchema, readStoredPage, type Segment } from "./stored-list.ts";

const common = z.strictObject({ ...paging, ...live(false) });
type Common = (typeof common)["shape"];

/** A function that returns a page of a list. */
export interface ListFunction<Filters extends z.ZodRawShape, Entry, Key extends string>
  extends ReadFunction<z.ZodObject<Filters & Common, z.core.$strict>, ListResult<Entry, Key>> {
  /** The records of an answer. */
  entriesOf(answer: ListResult<Entry, Key>): readonly Entry[];
}

interface ListDefinition<Filters extends z.ZodRawShape, Key extends string> {
  readonly name: string;
  readonly description: string;
  readonly filters: Filters;
  readonly resource: Resource;
  /** Keys under which a result has the records. */
  readonly keys: readonly [Key, ...Key[]];
  /** The list as it is stored, in ChartMogul's order. */
  readonly stored: (filters: z.output<z.ZodObject<Filters>>, account: StoredAccount) => readonly Segment[];
  /** How ChartMogul is asked for it. Throws an ArgumentError where it cannot be. */
  readonly listing: (filters: z.output<z.ZodObject<Filters>>, account: LiveAccount) => LiveListing;
}

/** Declares a function that lists records of this type. */
export function defineList<Entry>() {
  return <Filters extends z.ZodRawShape, Key extends string>(
    definition: ListDefinition<Filters, Key>,
  ): ListFunction<Filters, Entry, Key> => {
    const { name, description, keys, resource } = definition;
    const parameters = z.strictObject({ ...definition.filters, ...common.shape });
    const answer = (
      listed: ListIdentity,
      { page, per_page }: PageRequest,
      found: ListPage,
      { fresh_as_of, bytes }: { readonly fresh_as_of: string; readonly bytes: number | undefined },
    ) => {
      const { records, note } = fitAll(found.records, listed, keys.length, bytes);
      const entries = Object.fromEntries(keys.map((key) => [key, records]));
      const next = records.length < found.records.length ? found.after(records.length) : found.next;
      const paged: PageResult = {
        has_more: next !== undefined,
        cursor: next === undefined ? null : writeCursor(listed, next),
        ...(page !== undefined && { page, per_page }),
        fresh_as_of,
      };
      // Stored records are what the contract says, or they would be among the rejected ones; live ones are ChartMogul's word.
      return { ...entries, ...paged, ...(note !== undefined && { note }) } as ListResult<Entry, Key>;
    };
    return {
      name,
      description,
      parameters,
      entriesOf: (given) => given[keys[0]],
      fromWarehouse(account, given) {
        const { filters, ...wanted } = splitParameters<Filters>(given);
        const listed = { name, account: account.name, live: false, filters };
        const fresh_as_of = readFreshAsOf(account, resource.name);
        const segments = definition.stored(filters, account);
        const after = readCursor(listed, wanted.cursor, createPositionSchema(segments));
        const skip = ((wanted.page ?? 1) - 1) * wanted.per_page;
        const found = readStoredPage(account, resource, segments, { after, skip, limit: wanted.per_page });
        return answer(listed, wanted, found, { fresh_as_of, bytes: account.bytes });
      },
      async live(account, given) {
        const { filters, ...wanted } = splitParameters<Filters>(given);
        const listed = { name, account: account.name, live: true, filters };
        const listing = definition.listing(filters, account);
        const after = readCursor(listed, wanted.cursor, livePosition);
        const { page = 1, per_page: limit } = wanted;
        const found = await readLivePage(account.api, listing, { after, page, limit });
        const fresh_as_of = formatInstant(account.api.now());
        return answer(listed, wanted, found, { fresh_as_of, bytes: account.bytes });
      },
    };
  };
}

/** A page of a list. */
interface ListPage {
  readonly records: readonly unknown[];
  /** Where the next page begins; undefined where there is none. */
  readonly next: unknown;
  /** Where the page begins that follows this many of the records. */
  after(count: number): unknown;
}

// Bytes of a result without its records and without the filters in its cursor.
const besides = 1000;

/** The records that fit, if each is in the result under this many keys. */
function fitAll(
  records: readonly unknown[],
  { filters }: ListIdentity,
  keys: number,
  bytes: number | undefined,
) {
  if (bytes === undefined) return { records, note: undefined };
  return fitRecords((bytes - besides - 2 * measureJson(filters)) / keys, records);
}

type PageRequest = Omit<z.output<typeof common>, "live">;

/** Separates the filters of a list from the choice of a page. Throws an ArgumentError if the page is chosen twice. */
function splitParameters<Filters extends z.ZodRawShape>(given: z.output<z.ZodObject<Filters & Common>>) {
  // The compiler does not see what is left of a shape that it does not know yet.
  const { live: _, page, per_page, cursor, ...filters } = given as z.output<typeof common>;
  if (page !== undefined && cursor !== undefined) {
    throw new ArgumentError("page and cursor together", { hint: "Use one of them." });
  }
  return { page, per_page, cursor, filters: filters as z.output<z.ZodObject<Filters>> };
}
