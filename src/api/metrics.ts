import { ApiError } from "../errors.ts";
import type { ApiClient, Detail, Listing, Page } from "./api-client.ts";
import {
  addDays,
  getDayIn,
  getEarlier,
  getEndOf,
  getStartOf,
  type Interval,
  isDay,
  type WeekStart,
} from "./calendar.ts";
import { findFirstDay, type KnownHistory } from "./first-day.ts";

/** One interval in both metric listings, each as received and under its path. */
interface MetricRecord {
  /** Only where the interval is not a day. */
  interval?: Interval;
  /** Its last day, also while the interval goes on and the listings give an earlier day. */
  date: string;
  "metrics/all"?: object;
  "metrics/mrr"?: object;
}

const paths = ["metrics/all", "metrics/mrr"] as const;

// One request gives a year of days. Whether it would give more is not known.
const intervalsPerRequest = 365;
const daysIn: Readonly<Record<Interval, number>> = { day: 1, week: 7, month: 28, quarter: 90, year: 365 };

/**
 * Lists every day of the account's history, from the day before its first paying customer to today in its own time zone. Each has
 * the values of `/metrics/all` and the movements of `/metrics/mrr` (https://dev.chartmogul.com/reference/metrics).
 */
export function dailyMetrics(): Listing {
  return listMetrics(["day"]);
}

/** The same for each of these intervals: all that have a day of the history, the last one up to today. */
export function periodMetrics(intervals: readonly Interval[]): Listing {
  return listMetrics(intervals);
}

function listMetrics(intervals: readonly Interval[]): Listing {
  return {
    async *pages(api, { firstKey }) {
      const account = await readCalendar(api);
      const { today, weekStart } = account;
      // Also the stored days from before, when the first customer was another one.
      const stored = firstKey === undefined ? undefined : parseKey(firstKey).date;
      const entries: KnownHistory["entries"] = async (interval, from, to) => {
        const ranges =
          from === to ? [onlyDay(from)] : splitIntoRanges(interval, from, { ...account, today: to });
        return (await Promise.all(ranges.map((range) => readEntries(api, "metrics/mrr", range)))).flat();
      };
      const begun = await findFirstDay(api, { today, stored, entries });
      const first = stored === undefined ? begun : getEarlier(begun, stored);
      // Every interval that ends first ends within the same month, so that the next walk begins where this one did.
      const begin = intervals.includes("day") ? first : getStartOf("month", first, weekStart);
      // No cursor: ChartMogul rewrites history, so it is read whole each time. It is only a few requests.
      for (const range of intervals.flatMap((interval) => splitIntoRanges(interval, begin, account))) {
        yield { records: await readRecords(api, range), cursor: undefined } satisfies Page;
      }
    },
  };
}

/** Reads one day, or one interval under a key such as `month/2025-06-30`; undefined where ChartMogul has no metrics for it. */
export function metric(): Detail {
  return async (api, key) => {
    const parts = parseKey(key);
    if (parts.interval === "day") return (await readRecords(api, onlyDay(parts.date)))[0];
    const { today, weekStart } = await readCalendar(api);
    const from = getStartOf(parts.interval, parts.date, weekStart);
    const to = getEarlier(parts.date, today);
    const range: Range = { interval: parts.interval, weekStart, from, to, isFirst: true, isLast: true };
    return (await readRecords(api, range))[0];
  };
}

function parseKey(key: string): { interval: Interval; date: string } {
  const [interval, date] = key.split("/");
  // The key of a day is the day alone.
  return date === undefined ? { interval: "day", date: key } : { interval: interval as Interval, date };
}

/** A range of days, first and last included, that is split into intervals. */
interface Range {
  readonly interval: Interval;
  readonly weekStart: WeekStart;
  readonly from: string;
  readonly to: string;
  /** The history may begin within it. */
  readonly isFirst: boolean;
  /** It ends with today, which may not be there yet where ChartMogul's day begins later than ours. */
  readonly isLast: boolean;
}

const onlyDay = (day: string): Range => ({
  interval: "day",
  weekStart: "monday",
  from: day,
  to: day,
  isFirst: true,
  isLast: true,
});

/** Splits the history into ranges that one request each is sure to give. */
function splitIntoRanges(interval: Interval, first: string, { today, weekStart }: AccountCalendar): Range[] {
  const ranges: Range[] = [];
  let from = getStartOf(interval, first, weekStart);
  while (from <= today) {
    const end = getEndOf(interval, addDays(from, (intervalsPerRequest - 1) * daysIn[interval]), weekStart);
    const to = getEarlier(end, today);
    ranges.push({ interval, weekStart, from, to, isFirst: ranges.length === 0, isLast: to === today });
    from = addDays(to, 1);
  }
  return ranges;
}

async function readRecords(api: ApiClient, range: Range): Promise<MetricRecord[]> {
  const { interval, weekStart } = range;
  const records = new Map<string, MetricRecord>();
  const listings = await Promise.all(paths.map((path) => readEntries(api, path, range)));
  for (const [index, path] of paths.entries()) {
    for (const entry of listings[index] ?? []) {
      const date = getEndOf(interval, entry.date, weekStart);
      const record = records.get(date) ?? (interval === "day" ? { date } : { interval, date });
      record[path] = entry;
      records.set(date, record);
    }
  }
  return [...records.values()];
}

interface DatedEntry {
  readonly date: string;
}

/** Reads the entries of one metric. Throws an ApiError where they leave out an interval, but not where there are none at all. */
async function readEntries(api: ApiClient, path: string, range: Range): Promise<readonly DatedEntry[]> {
  const { from, to, interval } = range;
  const body = await api.get(path, { "start-date": from, "end-date": to, interval });
  const entries = (body as { entries?: unknown } | null)?.entries;
  if (!Array.isArray(entries) || !entries.every(isEntry)) {
    throw new ApiError(`ChartMogul answered GET /${path} without a list of dated "entries"`, {
      hint: "Report it.",
    });
  }
  refuseGaps(path, entries, range);
  return entries;
}

/** Throws an ApiError where the entries are not the requested intervals, one after the other. */
function refuseGaps(path: string, entries: readonly DatedEntry[], range: Range): void {
  const { interval, weekStart, from, to, isFirst, isLast } = range;
  const refuse = (found: string) => {
    throw new ApiError(`ChartMogul answered GET /${path} with ${found}`, {
      hint: "Sync again; report it if it stays.",
    });
  };
  const last = isLast ? addDays(to, -1) : to;
  // Before the account's history there is nothing, and today may not be there yet; in between, a response without days is a gap.
  if (entries.length === 0) {
    if (!isFirst && from <= last) refuse(`no ${interval} from ${from} to ${to}`);
    return;
  }
  let begin = isFirst ? (entries[0]?.date ?? from) : from;
  for (const { date } of entries) {
    const end = getEndOf(interval, begin, weekStart);
    if (date !== end && !isCut(date, end, range)) refuse(`${date} where ${end} was due`);
    begin = addDays(end, 1);
  }
  const reached = entries.at(-1)?.date ?? from;
  if (reached < last) refuse(`${interval}s up to ${reached} where ${to} was requested`);
}

/** True for an interval that is not over: its date is the last requested day, or the last day of all. */
function isCut(date: string, end: string, { to, isLast }: Range): boolean {
  return date < end && (date === to || (isLast && date === addDays(to, -1)));
}

function isEntry(entry: unknown): entry is DatedEntry {
  return isDay((entry as { date?: unknown } | null)?.date);
}

/** How an account divides its metrics into days and weeks. */
interface AccountCalendar {
  /** Today in the account's time zone. */
  readonly today: string;
  readonly weekStart: WeekStart;
}

async function readCalendar(api: ApiClient): Promise<AccountCalendar> {
  const { timeZone, weekStartOn } = await api.profile();
  try {
    const today = getDayIn(timeZone ?? "UTC", api.now());
    return { today, weekStart: weekStartOn === "sunday" ? "sunday" : "monday" };
  } catch (cause) {
    throw new ApiError(`the account's time zone "${timeZone}" is not known to this Node`, {
      hint: "Use a newer Node, or report it.",
      cause,
    });
  }
}
