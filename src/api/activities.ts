import { ApiError, isRefusal, requireDefined } from "../errors.ts";
import type { ApiClient, Listing, Page, Query, Start } from "./api-client.ts";
import { isInstant } from "./calendar.ts";
import { createListingError, pages, perPage, readEnvelope } from "./paging.ts";

const path = "activities";

/** The last record that was read: the next page begins after it. */
interface LastRecord {
  readonly date: string;
  readonly uuid: string;
}

/**
 * Lists the MRR movements of the account by date: all, or those from a day on (https://dev.chartmogul.com/reference/activities/list).
 *
 * ChartMogul's cursor names the first record of the next page and was seen to be applied as "start after it", which loses one record a
 * page. So the cursor is made here, from the last record received, and a page is only accepted if it continues after that record. It
 * makes no difference whether ChartMogul has repaired this, and how.
 */
export function activities(): Listing {
  return { pages: readActivities };
}

/**
 * Reads the dates of all activities of a customer, as timestamps, from the customer's own listing
 * (https://dev.chartmogul.com/reference/customers/list-activities). That has no uuids, so the activities themselves come from the
 * account's listing. Undefined where ChartMogul does not give the listing, because the customer is gone, say, or where a date is missing.
 */
export async function readDatesOfCustomer(
  api: ApiClient,
  customer: string,
): Promise<readonly string[] | undefined> {
  const dates: string[] = [];
  const list = pages(`customers/${encodeURIComponent(customer)}/activities`, "entries");
  try {
    for await (const { records } of list.pages(api.patient, {})) {
      for (const record of records) {
        const date = (record as { date?: unknown } | null)?.date;
        if (!isInstant(date)) return undefined;
        dates.push(new Date(date).toISOString().slice(0, 19).replace("T", " "));
      }
    }
  } catch (error) {
    if (error instanceof ApiError && isRefusal(error)) return undefined;
    throw error;
  }
  return dates;
}

async function* readActivities(api: ApiClient, { cursor, since, until }: Start): AsyncIterable<Page> {
  const query = {
    order: "date",
    ...(since !== undefined && { "start-date": since }),
    ...(until !== undefined && { "end-date": until }),
  };
  // While a sync was interrupted, the record to continue after may have been given another uuid or another date.
  const stopped = cursor === undefined ? undefined : getDayBefore(readDate(cursor));
  let last: LastRecord | undefined;
  const passed = new Set<string>();
  for (;;) {
    const { records, has_more } = last
      ? await readPageAfter(api, query, last)
      : await readPage(api, { ...query, ...(stopped !== undefined && { "start-date": stopped }) });
    if (!has_more) {
      yield { records, cursor: undefined };
      return;
    }
    last = records.map(findPosition).findLast((each) => each !== undefined);
    if (!last) throw createListingError(path, "has_more after records without a date and a uuid");
    const next = `${last.date} ${last.uuid}`;
    if (passed.has(next)) throw createListingError(path, `the record ${last.uuid} at the end of two pages`);
    passed.add(next);
    yield { records, cursor: next };
  }
}

/** Reads the page that begins after this record. */
async function readPageAfter(api: ApiClient, query: Query, last: LastRecord) {
  // The older parameter first: its meaning was never in doubt.
  for (const parameter of ["start-after", "cursor"]) {
    const page = await readPageUnlessRefused(api, { ...query, [parameter]: last.uuid });
    if (page && continuesAfter(last, page.records)) return page;
  }
  // When ChartMogul rewrites a history, uuids change. Then the date has to do, and some records are read twice.
  return readPage(api, { ...query, "start-date": getDayBefore(last.date) });
}

function readPage(api: ApiClient, query: Query) {
  return api.get(path, { ...query, per_page: perPage }).then((body) => readEnvelope(body, path, "entries"));
}

async function readPageUnlessRefused(api: ApiClient, query: Query) {
  try {
    return await readPage(api, query);
  } catch (error) {
    if (error instanceof ApiError && isRefusal(error)) return undefined;
    throw error;
  }
}

/** True for what may follow a page with has_more: at least one record, none from before, and not the same page again. */
function continuesAfter({ date, uuid }: LastRecord, records: readonly unknown[]): boolean {
  const positions = records.map(findPosition);
  return (
    positions.length > 0 &&
    positions.at(-1)?.uuid !== uuid &&
    positions.every((other) => !other || Date.parse(other.date) >= Date.parse(date))
  );
}

function findPosition(record: unknown): LastRecord | undefined {
  if (typeof record !== "object" || record === null) return undefined;
  const { date, uuid } = record as { date?: unknown; uuid?: unknown };
  return isInstant(date) && typeof uuid === "string" ? { date, uuid } : undefined;
}

/** The date in a cursor. */
function readDate(cursor: string): string {
  const date = requireDefined(cursor.split(" ")[0], "the date of a cursor");
  if (!isInstant(date)) {
    throw new ApiError(`"${cursor}" is not a cursor of GET /${path}`, { hint: "Run `sync --full`." });
  }
  return date;
}

function getDayBefore(date: string): string {
  return new Date(Date.parse(date) - 86_400_000).toISOString().slice(0, 10);
}
