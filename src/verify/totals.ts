import type { ApiClient } from "../api/api-client.ts";
import { ApiError } from "../errors.ts";
import type { Resource } from "../resources/resource.ts";
import { getShape } from "../schema/table.ts";
import type { Verification } from "./findings.ts";
import { formatCents, formatCount, quoteValue } from "./format.ts";
import { hints } from "./hints.ts";

interface LiveVerification extends Verification {
  readonly api: ApiClient;
}

// Up to this part of a total a difference can be what has changed since the sync.
const innocentPart = 0.01;
const innocentRecords = 20;

/** Compares the number of live rows with what ChartMogul's listings say of themselves. */
export async function verifyCounts(context: LiveVerification, resources: readonly Resource[]): Promise<void> {
  for (const { name, table, listing } of resources) {
    const listed = await listing.count?.(context.api).catch(forbidden);
    if (listed === "forbidden") context.report.warning(name, "the key may no longer read it (403)");
    if (typeof listed !== "number") continue;
    const { sqlite } = context.warehouse;
    const stored = Number(
      sqlite
        .prepare(`SELECT count(*) FROM "${getShape(table).name}" WHERE account = ? AND deleted_at IS NULL`)
        .pluck()
        .get(context.account),
    );
    const apart = Math.abs(stored - listed);
    const found = `${formatCount(stored, "live row")}, ${listed} in ChartMogul`;
    if (apart === 0) context.report.ok(name, found);
    else if (apart <= Math.max(innocentRecords, listed * innocentPart)) {
      context.report.warning(name, `${found}; they may have changed since the sync`);
    } else context.report.fault(name, found, hints.sameAccount);
  }
}

/** A list that was taken away from the key keeps no other from being compared. */
function forbidden(error: unknown): "forbidden" {
  if (error instanceof ApiError && error.status === 403) return "forbidden";
  throw error;
}

interface Paying {
  readonly mrr: number;
  readonly customers: number;
}

/**
 * Compares what the stored customers add up to with ChartMogul's metrics of the last stored day. Where ChartMogul's figure of that day
 * is another one than was stored, its data has changed since.
 */
export async function verifyMetrics(context: LiveVerification, dailyMetrics: Resource): Promise<void> {
  const { warehouse, account, api, report } = context;
  const last = warehouse.sqlite
    .prepare<[string], Paying & { date: string }>(
      `SELECT date, mrr_in_cents AS mrr, customers FROM daily_metrics
       WHERE account = ? AND deleted_at IS NULL AND date = date(date) ORDER BY date DESC LIMIT 1`,
    )
    .get(account);
  if (!last) return;
  const added = warehouse.sqlite
    .prepare<[string], Paying>(
      `SELECT total(mrr_in_cents) AS mrr, count(*) FILTER (WHERE mrr_in_cents > 0) AS customers
       FROM customers WHERE account = ? AND deleted_at IS NULL`,
    )
    .get(account) ?? { mrr: 0, customers: 0 };
  const day = await dailyMetrics.detail?.(api, last.date);
  const now = day === undefined ? undefined : asPaying(dailyMetrics, day);
  if (!now) {
    report.warning("metrics", `ChartMogul has no metrics for ${last.date}, the last stored day`);
    return;
  }
  // A customer's MRR may differ by a cent from its movements.
  const rounding = Math.max(added.customers, 1);
  const compare = (subject: string, of: keyof Paying, tolerance: number, show: (value: number) => string) => {
    const apart = Math.abs(added[of] - now[of]);
    const found = `customers add up to ${show(added[of])}, ChartMogul says ${show(now[of])} for ${last.date}`;
    if (apart <= tolerance) report.ok(subject, found);
    else if (now[of] !== last[of]) {
      const before = show(last[of]);
      report.warning(subject, `${found}; it said ${before} at the sync, so its data has changed since`);
    } else if (apart <= now[of] * innocentPart) {
      report.warning(subject, `${found}; a day ends in the account's time zone, and customers are as of now`);
    } else report.fault(subject, found, hints.again);
  };
  compare("MRR", "mrr", rounding, formatCents);
  compare("paying customers", "customers", 0, String);
}

function asPaying(dailyMetrics: Resource, day: unknown): Paying | undefined {
  const values = dailyMetrics.valuesOf(dailyMetrics.map(day, undefined));
  const [mrr, customers] = [values.get("mrr_in_cents"), values.get("customers")];
  if (mrr === null || mrr === undefined || customers === null || customers === undefined) return undefined;
  return { mrr: Number(mrr), customers: Number(customers) };
}

const daysAsked = 3;

/** Compares a few random days that were over when they were stored with what ChartMogul says of them now. */
export async function verifyPastDays(
  { warehouse, account, api, report }: LiveVerification,
  dailyMetrics: Resource,
): Promise<void> {
  const days = warehouse.sqlite
    .prepare<[string, number], Record<string, number | string | null>>(
      `SELECT * FROM daily_metrics AS day WHERE account = ? AND deleted_at IS NULL AND date = date(date)
         AND date < (SELECT max(date) FROM daily_metrics WHERE account = day.account AND deleted_at IS NULL)
       ORDER BY random() LIMIT ?`,
    )
    .all(account, daysAsked);
  let agreeing = 0;
  for (const day of days) {
    const date = String(day["date"]);
    const record = await dailyMetrics.detail?.(api, date);
    const now = record === undefined ? undefined : dailyMetrics.valuesOf(dailyMetrics.map(record, undefined));
    const [column, value] = [...(now ?? [])].find(([name, is]) => is !== day[name]) ?? [];
    if (!now) report.warning("daily_metrics", `ChartMogul no longer has metrics for ${date}`);
    else if (column === undefined) agreeing += 1;
    else {
      const found = `${column} of ${date} is stored as ${quoteValue(day[column])}, ChartMogul says ${quoteValue(value)}`;
      report.warning("daily_metrics", `${found}; it may have changed since the sync`);
    }
  }
  if (agreeing > 0) {
    const agree = agreeing === 1 ? "agrees" : "agree";
    report.ok("daily_metrics", `${formatCount(agreeing, "random past day")} ${agree} with ChartMogul`);
  }
}
