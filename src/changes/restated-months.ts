import type { Warehouse } from "../database/open.ts";

/** The metrics of a month whose restatements are listed, in this order. All others follow from these. */
export const restatedMetrics = [
  "mrr_in_cents",
  "mrr_new_business_in_cents",
  "mrr_expansion_in_cents",
  "mrr_contraction_in_cents",
  "mrr_churn_in_cents",
  "mrr_reactivation_in_cents",
  "customers",
] as const;

/** One of them. */
export type RestatedMetric = (typeof restatedMetrics)[number];

/**
 * A month in which values of past days have changed: its MRR and customers are those of its last stored day, its movements added
 * up. `after` is the month's present value, and `before` its value without the restatements.
 */
export interface RestatedMonth {
  readonly month: string;
  readonly metric: RestatedMetric;
  /** How many of its days have changed. */
  readonly days: number;
  readonly before: number;
  readonly after: number;
}

interface RestatedDay {
  readonly date: string;
  readonly metric: RestatedMetric;
  /** When it was last restated. */
  readonly observed_at: string;
  readonly before: number | null;
  readonly after: number | null;
}

/** The restated months of an account since a timestamp, metric by metric in the order of the calendar. */
export function readRestatedMonths(warehouse: Warehouse, account: string, since: string): RestatedMonth[] {
  const days = warehouse.sqlite
    .prepare<[string, string, string], RestatedDay>(restatedDays)
    .all(JSON.stringify(restatedMetrics), account, since);
  if (days.length === 0) return [];
  const isUnchangedUntilMonthEnd = prepareUnchangedUntilMonthEnd(warehouse, account);
  const valueNow = monthValues(warehouse, account);
  return monthByMonth(days).flatMap((own): RestatedMonth[] => {
    const changed = own.filter(({ before, after }) => (before ?? 0) !== (after ?? 0));
    const last = own.at(-1);
    if (!last || changed.length === 0) return [];
    const { metric } = last;
    const month = last.date.slice(0, 7);
    const after = valueNow(month, metric);
    const difference = isLevel(metric)
      ? levelDifference(last, isUnchangedUntilMonthEnd)
      : changed.reduce((sum, day) => sum + differenceOf(day), 0);
    return [{ month, metric, days: changed.length, before: after - difference, after }];
  });
}

function isLevel(metric: RestatedMetric): boolean {
  return metric === "mrr_in_cents" || metric === "customers";
}

function differenceOf({ before, after }: RestatedDay): number {
  return (after ?? 0) - (before ?? 0);
}

/**
 * The difference at the end of the month. It is 0 where the last day was not restated. That day is then as it was, or it was not
 * over yet, and what changed the day before it changed it as well. Where history begins earlier than it did, all days are
 * restated except those without a value.
 */
function levelDifference(last: RestatedDay, isUnchangedUntilMonthEnd: (day: RestatedDay) => boolean): number {
  return isUnchangedUntilMonthEnd(last) ? 0 : differenceOf(last);
}

/** Tells whether the days between a restated one and the end of its month were left as they were. */
function prepareUnchangedUntilMonthEnd(
  { sqlite }: Warehouse,
  account: string,
): (day: RestatedDay) => boolean {
  const later = sqlite.prepare<[string, string, string, string], { days: number; reconciled: number }>(
    `SELECT count(*) AS days, coalesce(sum(synced_at < ?), 0) AS reconciled FROM daily_metrics
     WHERE account = ? AND date > ? AND date <= substr(?, 1, 7) || '-31' AND deleted_at IS NULL`,
  );
  return ({ date, observed_at, before }) => {
    const { days = 0, reconciled = 0 } = later.get(observed_at, account, date, date) ?? {};
    return days > 0 && (reconciled > 0 || before === null);
  };
}

type MonthNow = { readonly month: string } & Readonly<Record<RestatedMetric, number | null>>;

function monthValues({ sqlite }: Warehouse, account: string) {
  // Unlike sum(), total() does not fail where amounts add up to more than 64 bits.
  const columns = restatedMetrics.map((metric) =>
    isLevel(metric) ? metric : `total(${metric}) AS ${metric}`,
  );
  const months = sqlite
    // SQLite takes columns that stand alone from the row that has the only max().
    .prepare<[string], MonthNow>(
      `SELECT substr(date, 1, 7) AS month, max(date), ${columns.join(", ")} FROM daily_metrics
       WHERE account = ? AND deleted_at IS NULL GROUP BY 1`,
    )
    .all(account);
  const byMonth = new Map(months.map((now) => [now.month, now]));
  return (month: string, metric: RestatedMetric) => byMonth.get(month)?.[metric] ?? 0;
}

/** Days come metric by metric in the order of the calendar. */
function monthByMonth(days: readonly RestatedDay[]): RestatedDay[][] {
  const months = new Map<string, RestatedDay[]>();
  for (const day of days) {
    const key = `${day.metric} ${day.date.slice(0, 7)}`;
    const own = months.get(key);
    if (own) own.push(day);
    else months.set(key, [day]);
  }
  return [...months.values()];
}

// Of a day that was restated more than once, what it was before the first time and after the last.
const restatedDays = `
  SELECT DISTINCT date, metric, last_value(observed_at) OVER sequence AS observed_at,
    first_value(old_value) OVER sequence AS before, last_value(new_value) OVER sequence AS after
  FROM daily_metric_restatements JOIN json_each(?) AS place ON place.value = metric
  WHERE account = ? AND observed_at >= ?
  WINDOW sequence AS (PARTITION BY date, metric ORDER BY observed_at ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
  ORDER BY place.key, date`;
