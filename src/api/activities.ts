import { ApiError, isRefusal } from "../errors.ts";
import type { ApiClient, Extract, Page, Query, Start } from "./api-client.ts";
import { isInstant } from "./calendar.ts";
import { broken, pages, perPage, read } from "./paging.ts";

const path = "activities";

/** The last record that was read: where the listing goes on. */
interface Place {
  readonly date: string;
  readonly uuid: string;
}

/**
 * The account's MRR movements by date, all of them or those from a day on (https://dev.chartmogul.com/reference/activities/list).
 *
 * The cursor that ChartMogul gives names the first record of the next page, and was seen to be applied as "start after it", which
 * loses one record a page. So the place to go on from is made here, from the last record received, and each answer is only
 * believed if it goes on from there: it makes no difference whether that was repaired, and how.
 */
export function activities(): Extract {
  return { pages: walk };
}

/**
 * The dates of all activities of a customer, as timestamps, from the list that stands under the customer
 * (https://dev.chartmogul.com/reference/customers/list-activities): it has no uuids, so that the activities themselves must be had from
 * the account's. Undefined where ChartMogul does not give it, because the customer is gone, say, or does not say all dates.
 */
export async function datesOfCustomer(
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

async function* walk(api: ApiClient, { cursor, since, until }: Start): AsyncIterable<Page> {
  const query = {
    order: "date",
    ...(since !== undefined && { "start-date": since }),
    ...(until !== undefined && { "end-date": until }),
  };
  // While a walk stood still, the record where it is to go on may have been given another uuid or another date.
  const stopped = cursor === undefined ? undefined : dayBefore(dateOf(cursor));
  let place: Place | undefined;
  const passed = new Set<string>();
  for (;;) {
    const { records, has_more } = place
      ? await pageAfter(api, query, place)
      : await page(api, { ...query, ...(stopped !== undefined && { "start-date": stopped }) });
    if (!has_more) {
      yield { records, cursor: undefined };
      return;
    }
    place = records.map(placeOf).findLast((each) => each !== undefined);
    if (!place) throw broken(path, "has_more behind records without a date and a uuid");
    const next = `${place.date} ${place.uuid}`;
    if (passed.has(next)) throw broken(path, `the record ${place.uuid} at the end of two pages`);
    passed.add(next);
    yield { records, cursor: next };
  }
}

/** The page that begins behind this record. */
async function pageAfter(api: ApiClient, query: Query, place: Place) {
  // The older parameter first: what it means was never in doubt.
  for (const parameter of ["start-after", "cursor"]) {
    const answer = await pageUnlessRefused(api, { ...query, [parameter]: place.uuid });
    if (answer && goesOnFrom(place, answer.records)) return answer;
  }
  // Uuids are given anew when a history is rewritten. Then the date tells, and some records are read twice.
  return page(api, { ...query, "start-date": dayBefore(place.date) });
}

function page(api: ApiClient, query: Query) {
  return api.get(path, { ...query, per_page: perPage }).then((body) => read(body, path, "entries"));
}

async function pageUnlessRefused(api: ApiClient, query: Query) {
  try {
    return await page(api, query);
  } catch (error) {
    if (error instanceof ApiError && isRefusal(error)) return undefined;
    throw error;
  }
}

/** Behind a page that said has_more comes at least one record, none from before, and not the same page again. */
function goesOnFrom({ date, uuid }: Place, records: readonly unknown[]): boolean {
  const places = records.map(placeOf);
  return (
    places.length > 0 &&
    places.at(-1)?.uuid !== uuid &&
    places.every((other) => !other || Date.parse(other.date) >= Date.parse(date))
  );
}

function placeOf(record: unknown): Place | undefined {
  if (typeof record !== "object" || record === null) return undefined;
  const { date, uuid } = record as { date?: unknown; uuid?: unknown };
  return isInstant(date) && typeof uuid === "string" ? { date, uuid } : undefined;
}

/** The date of a place to go on from. */
function dateOf(cursor: string): string {
  const [date = ""] = cursor.split(" ");
  if (!isInstant(date)) {
    throw new ApiError(`"${cursor}" is no place in GET /${path}`, { hint: "Run `sync --full`." });
  }
  return date;
}

function dayBefore(date: string): string {
  return new Date(Date.parse(date) - 86_400_000).toISOString().slice(0, 10);
}
