import { ApiError, isRefusal } from "../errors.ts";
import { toPlain } from "../json/exact-number.ts";
import type { ApiClient } from "./api-client.ts";
import { addDays, getEarlier, getEndOf, getStartOf, isDay } from "./calendar.ts";

/** An entry of `/metrics/mrr`, whose interval ends on this day. */
interface MetricsDay {
  readonly date: string;
}

/** What the first day of an account is found from. */
export interface KnownHistory {
  /** Today in the account's time zone. */
  readonly today: string;
  /** The first day that is stored already. */
  readonly stored: string | undefined;
  /** The entries of `/metrics/mrr` from one day to another, both included. */
  readonly entries: (interval: "day" | "month", from: string, to: string) => Promise<readonly MetricsDay[]>;
}

// Older than ChartMogul and most of what is billed by subscription.
const earliest = "2000-01-01";

/**
 * Finds the day before the first payment. The API does not say when an account begins. Customers are listed by the day they first paid, so the
 * first one shows it. If the listing has another order, there is MRR on the day before; then the start moves back year by year. Where the
 * listing shows nothing, the first stored day counts, and without one the metrics of all months.
 */
export async function findFirstDay(api: ApiClient, known: KnownHistory): Promise<string> {
  const firstPaid = await findFirstPayment(api);
  if (firstPaid === undefined) return known.stored ?? findStartOfMetrics(known);
  const { today } = known;
  const begin = firstPaid === "nobody" ? today : getEarlier(addDays(firstPaid, -1), today);
  let first = begin;
  while (first > earliest && (await paysOn(known, first))) {
    if (firstPaid === "nobody") return findStartOfMetrics(known);
    first = addDays(first, -365);
  }
  return first === begin ? first : findDayBeforeAny(known, first, getEarlier(addDays(first, 365), today));
}

/** The day on which the first customer paid, by the listing; undefined where that does not show it. */
async function findFirstPayment(api: ApiClient): Promise<string | "nobody" | undefined> {
  const body = await api.get("customers", { per_page: 1 }).catch((error: unknown) => {
    // A key may be allowed to read metrics and no customers; a wrong one reads nothing.
    if (error instanceof ApiError && isRefusal(error) && error.status !== 401) return undefined;
    throw error;
  });
  const { entries, has_more } = (body ?? {}) as { entries?: unknown; has_more?: unknown };
  if (!Array.isArray(entries)) return undefined;
  if (entries.length === 0) return has_more === false ? "nobody" : undefined;
  const since = (entries[0] as Readonly<Record<string, unknown>> | null)?.["customer-since"];
  // Customers who never paid are listed last.
  if (since === null) return "nobody";
  const day = String(since).slice(0, 10);
  return isDay(day) ? day : undefined;
}

async function paysOn({ entries }: KnownHistory, day: string): Promise<boolean> {
  const [entry] = await entries("day", day, day);
  const { mrr } = (entry ?? {}) as { mrr?: unknown };
  return mrr !== undefined && toPlain(mrr) !== 0;
}

/** The day before the first day with MRR or a movement of it; today where there is none. */
async function findStartOfMetrics(known: KnownHistory): Promise<string> {
  const { today, entries } = known;
  const month = (await entries("month", earliest, today)).find(hasMrr);
  if (!month) return today;
  const dayBefore = addDays(getStartOf("month", month.date, "monday"), -1);
  return findDayBeforeAny(known, dayBefore, getEarlier(getEndOf("month", month.date, "monday"), today));
}

/** The day before the first of these days with MRR or a movement of it; `from` where that is the first one. */
async function findDayBeforeAny({ entries }: KnownHistory, from: string, to: string): Promise<string> {
  const first = (await entries("day", from, to)).find(hasMrr)?.date;
  return first === undefined || first === from ? from : addDays(first, -1);
}

/** True for an entry with an amount other than zero. */
function hasMrr(entry: MetricsDay): boolean {
  return Object.entries(entry).some(([key, value]) => {
    const amount = /^mrr(-|$)/.test(key) ? Number(value) : 0;
    return !Number.isNaN(amount) && amount !== 0;
  });
}
