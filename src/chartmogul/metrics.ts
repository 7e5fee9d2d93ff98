import { ApiError } from "../errors.ts";
import type { Detail, Extract, Page, Source } from "./source.ts";

/** One day as both metric listings tell it: each under the path that it came from, as received. */
interface MetricDay {
  date: string;
  "metrics/all"?: object;
  "metrics/mrr"?: object;
}

const daysPerRequest = 365;
const dayLength = 86_400_000;

/**
 * Every day of the account's history, from the day before its first paying customer to today in its own time zone,
 * with the values of `/metrics/all` and the movements of `/metrics/mrr` (https://dev.chartmogul.com/reference/metrics).
 */
export function dailyMetrics(): Extract {
  return {
    async *pages(source, { firstKey }) {
      const today = await accountDay(source);
      // Also the days that are stored from before the first customer of today was the first one.
      let from = earlier(await firstDay(source, today), firstKey ?? today);
      const begin = from;
      while (from <= today) {
        const to = earlier(addDays(from, daysPerRequest - 1), today);
        // No cursor: ChartMogul rewrites history, so it is read whole each time. It is only a few requests.
        const range = { from, to, isFirst: from === begin, isLast: to === today };
        yield { records: await metricDays(source, range), cursor: undefined } satisfies Page;
        from = addDays(to, 1);
      }
    },
  };
}

/** One day of them; undefined where ChartMogul has no metrics for it. */
export function dailyMetric(): Detail {
  return async (source, day) => (await metricDays(source, onlyDay(day)))[0];
}

/** Days of the history, first and last included. */
interface Range {
  readonly from: string;
  readonly to: string;
  /** The history may begin within it. */
  readonly isFirst: boolean;
  /** It ends with today, which may not be there yet where ChartMogul's day begins later than ours. */
  readonly isLast: boolean;
}

const onlyDay = (day: string): Range => ({ from: day, to: day, isFirst: true, isLast: true });

async function metricDays(source: Source, range: Range): Promise<MetricDay[]> {
  const days = new Map<string, MetricDay>();
  const paths = ["metrics/all", "metrics/mrr"] as const;
  const answers = await Promise.all(paths.map((path) => metricEntries(source, path, range)));
  for (const [index, path] of paths.entries()) {
    for (const entry of answers[index] ?? []) {
      const day = days.get(entry.date) ?? { date: entry.date };
      day[path] = entry;
      days.set(entry.date, day);
    }
  }
  return [...days.values()];
}

interface Entry {
  readonly date: string;
  readonly mrr?: unknown;
}

/** The entries of one metric by day. Entries that leave out a day are an ApiError; no entries at all are not. */
async function metricEntries(
  source: Source,
  path: string,
  { from, to, isFirst, isLast }: Range,
): Promise<readonly Entry[]> {
  const body = await source.get(path, { "start-date": from, "end-date": to, interval: "day" });
  const entries = (body as { entries?: unknown } | null)?.entries;
  if (!Array.isArray(entries) || !entries.every(isEntry)) {
    throw new ApiError(`ChartMogul answered GET /${path} without a list of dated "entries"`, {
      hint: "Report it.",
    });
  }
  refuseGaps(path, entries, { from, to, isFirst, isLast });
  return entries;
}

/** Throws an ApiError where the days of an answer are not those that were asked for, one after the other. */
function refuseGaps(path: string, entries: readonly Entry[], { from, to, isFirst, isLast }: Range): void {
  const refuse = (found: string) => {
    throw new ApiError(`ChartMogul answered GET /${path} with ${found}`, {
      hint: "Sync again; report it if it stays.",
    });
  };
  const end = isLast ? addDays(to, -1) : to;
  // Before the account's history there is nothing, and today may not be there yet; in between an answer without days is a gap.
  if (entries.length === 0) {
    if (!isFirst && from <= end) refuse(`no day from ${from} to ${to}`);
    return;
  }
  let expected = isFirst ? (entries[0]?.date ?? from) : from;
  for (const { date } of entries) {
    if (date !== expected) refuse(`${date} where ${expected} was due`);
    expected = addDays(date, 1);
  }
  const last = entries.at(-1)?.date ?? from;
  if (last < end) refuse(`days up to ${last} where ${to} was asked for`);
}

function isEntry(entry: unknown): entry is Entry {
  return isDay((entry as { date?: unknown } | null)?.date);
}

/**
 * The API does not say when an account begins. Customers are listed by the day they first paid, so the first one tells;
 * should the listing not be so ordered, MRR on the first day shows it, and the start moves back year by year.
 */
async function firstDay(source: Source, today: string): Promise<string> {
  const body = await source.get("customers", { per_page: 1 });
  const since = (body as { entries?: { "customer-since"?: unknown }[] } | null)?.entries?.[0]?.[
    "customer-since"
  ];
  const firstPaid = String(since).slice(0, 10);
  let first = isDay(firstPaid) ? earlier(addDays(firstPaid, -1), today) : today;
  while (first > "2000-01-01" && (await paysOn(source, first))) first = addDays(first, -daysPerRequest);
  return first;
}

async function paysOn(source: Source, day: string): Promise<boolean> {
  const [entry] = await metricEntries(source, "metrics/mrr", onlyDay(day));
  return entry?.mrr !== undefined && entry.mrr !== 0;
}

/** Today where the account's metrics are cut into days. */
async function accountDay(source: Source): Promise<string> {
  const { timeZone } = await source.profile();
  try {
    // Sweden writes dates as YYYY-MM-DD.
    return new Intl.DateTimeFormat("sv-SE", { timeZone: timeZone ?? "UTC" }).format(source.now());
  } catch (cause) {
    throw new ApiError(`the account's time zone "${timeZone}" is not known to this Node`, {
      hint: "Use a newer Node, or report it.",
      cause,
    });
  }
}

function isDay(value: unknown): value is string {
  return typeof value === "string" && /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value));
}

function addDays(day: string, days: number): string {
  return new Date(Date.parse(day) + days * dayLength).toISOString().slice(0, 10);
}

function earlier(one: string, other: string): string {
  return one < other ? one : other;
}
