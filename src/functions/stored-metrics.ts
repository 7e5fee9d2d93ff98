import { addDays, getStartOf, type Interval } from "../api/calendar.ts";
import { dailyMetrics } from "../resources/daily-metrics.ts";
import { periodMetrics } from "../resources/period-metrics.ts";
import { prepareStoredRecord } from "../store/raw-records.ts";
import type { MetricsValues } from "./chartmogul.ts";
import { readFreshAsOf } from "./fresh-as-of.ts";
import type { StoredAccount } from "./read-function.ts";
import { prepareRecordReader } from "./stored-record.ts";

interface DateRange {
  readonly start_date: string;
  readonly end_date: string;
}

interface StoredMetrics {
  readonly entries: readonly MetricsValues[];
  /** Sentences. */
  readonly notes: readonly string[];
  readonly fresh_as_of: string;
}

/** The days of a range as ChartMogul gave them. */
export function readStoredDays(account: StoredAccount, range: DateRange): StoredMetrics {
  const fresh_as_of = readFreshAsOf(account, dailyMetrics.name);
  const read = prepareRecordReader(account.warehouse, account.name, dailyMetrics);
  const days = account.warehouse.sqlite
    .prepare<[string, string, string], string>(
      `SELECT date FROM daily_metrics
       WHERE account = ? AND date BETWEEN ? AND ? AND deleted_at IS NULL ORDER BY date`,
    )
    .pluck()
    .all(account.name, range.start_date, range.end_date);
  return {
    entries: days.map((date) => overall(read(date))),
    notes: describeReach(account, range),
    fresh_as_of,
  };
}

/** A length of interval other than a day. */
export type Period = Exclude<Interval, "day">;

/**
 * The weeks, months, quarters or years of a range as ChartMogul gave them. ChartMogul was asked for whole ones: of one that the range
 * cuts there are the values that hold for its last day, and not those over the interval.
 */
export function readStoredPeriods(account: StoredAccount, interval: Period, range: DateRange): StoredMetrics {
  const fresh_as_of = readFreshAsOf(account, periodMetrics.name, dailyMetrics.name);
  const read = prepareRecordReader(account.warehouse, account.name, periodMetrics);
  const day = prepareStoredRecord(account.warehouse, account.name, dailyMetrics);
  const cut: string[] = [];
  const entries = periodsIn(account, interval, range).flatMap(({ date, up_to }) => {
    const isWhole = range.start_date <= firstDayOf(interval, date) && up_to <= range.end_date;
    if (isWhole) return overall(read(`${interval}/${date}`));
    const [last = ""] = [up_to, range.end_date].sort();
    const stored = day(last);
    // An interval may begin before the first day that there is.
    if (stored === undefined) return [];
    cut.push(last);
    return { ...overall(stored.read().record), ...overInterval };
  });
  const note = `The range cuts the ${interval} that ends on ${cut.join(" and the one that ends on ")}. There asp, ltv and churn rates are null, because only whole ${interval}s are stored.`;
  return {
    entries,
    notes: [...(cut.length > 0 ? [note] : []), ...describeReach(account, range)],
    fresh_as_of,
  };
}

const overInterval = { asp: null, ltv: null, "customer-churn-rate": null, "mrr-churn-rate": null };

interface StoredPeriod {
  /** Last day of the interval. */
  readonly date: string;
  /** Last day that it was asked for: an earlier one while the interval goes on. */
  readonly up_to: string;
}

function periodsIn({ warehouse, name }: StoredAccount, interval: Period, range: DateRange): StoredPeriod[] {
  return warehouse.sqlite
    .prepare<[string, string, string], StoredPeriod>(
      `SELECT date, up_to FROM period_metrics
       WHERE account = ? AND interval = ? AND up_to >= ? AND deleted_at IS NULL ORDER BY date`,
    )
    .all(name, interval, range.start_date)
    .filter(({ date }) => firstDayOf(interval, date) <= range.end_date);
}

/** The entry of `/metrics/all` in a record that holds it beside others. */
function overall(record: unknown): MetricsValues {
  return (record as { "metrics/all": MetricsValues })["metrics/all"];
}

/** Says where a range goes beyond what is stored. */
function describeReach({ warehouse, name }: StoredAccount, { start_date, end_date }: DateRange): string[] {
  const stored = warehouse.sqlite
    .prepare<[string], { first: string | null; last: string | null }>(
      "SELECT min(date) AS first, max(date) AS last FROM daily_metrics WHERE account = ? AND deleted_at IS NULL",
    )
    .get(name);
  const { first = null, last = null } = stored ?? {};
  if (first === null || last === null) return ["The account has no metrics yet."];
  return [
    ...(start_date < first
      ? [`The metrics in the warehouse begin on ${first}, the day before the first customer.`]
      : []),
    ...(end_date > last ? [`The metrics in the warehouse end on ${last}.`] : []),
  ];
}

function firstDayOf(interval: Period, last: string): string {
  // The day on which this week ends shows the day on which weeks begin.
  return interval === "week" ? addDays(last, -6) : getStartOf(interval, last, "monday");
}
