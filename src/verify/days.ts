import type { Resource } from "../resources/resource.ts";
import { findKeysBeforeFirstCustomer } from "../store/before-first-customer.ts";
import type { Verification } from "./findings.ts";
import { formatCents, formatCount } from "./format.ts";
import { hints } from "./hints.ts";

/** Looks for missing days, and compares the MRR of each day with its movements. */
export function verifyDays(verification: Verification, resources: readonly Resource[]): void {
  verifyGaps(verification);
  verifyBeginning(verification, resources);
  verifyMovements(verification);
}

interface DayGap {
  readonly after: string;
  readonly before: string;
  readonly missing: number;
}

const gapsShown = 3;

/** The history is read whole each time and without a gap: https://dev.chartmogul.com/reference/metrics. */
function verifyGaps({ warehouse, account, report }: Verification): void {
  const gaps = warehouse.sqlite
    .prepare<[string], DayGap>(
      `SELECT after, date AS before, julianday(date) - julianday(after) - 1 AS missing
       FROM (SELECT date, lag(date) OVER (ORDER BY date) AS after FROM daily_metrics WHERE account = ? AND deleted_at IS NULL)
       WHERE after IS NOT NULL AND date IS NOT date(after, '+1 day')`,
    )
    .all(account);
  if (gaps.length === 0) return;
  const missing = gaps.reduce((days, gap) => days + gap.missing, 0);
  const which = gaps.slice(0, gapsShown).map(({ after, before }) => `between ${after} and ${before}`);
  const more = gaps.length > gapsShown ? `, and in ${gaps.length - gapsShown} more places` : "";
  const are = missing === 1 ? "is" : "are";
  const found = `${formatCount(missing, "day")} ${are} missing: ${which.join(", ")}${more}`;
  report.fault("daily_metrics", found, hints.sync);
}

const unitOf: Readonly<Record<string, string>> = { daily_metrics: "day", period_metrics: "interval" };

/** Looks for rows from before the first customer paid. */
function verifyBeginning({ warehouse, account, report }: Verification, resources: readonly Resource[]): void {
  for (const of of resources.filter(({ name }) => name in unitOf)) {
    const keys = findKeysBeforeFirstCustomer(warehouse, account, of);
    if (keys.length === 0) continue;
    const are = keys.length === 1 ? "is" : "are";
    const found = `${formatCount(keys.length, unitOf[of.name] ?? "row")} ${are} from before the first customer paid, the first ${keys[0]}`;
    report.fault(of.name, found, hints.rebuild);
  }
}

// Each of seven amounts is rounded to a cent.
const roundingInCents = 4;

/** The part of the change of MRR since the day before that a day's movements do not explain. */
interface Unexplained {
  readonly days: number;
  readonly off: number;
  readonly worst_day: string | null;
  readonly worst: number | null;
  readonly total: number | null;
}

/** The five movements of a day add up to the change of MRR: https://dev.chartmogul.com/reference/metrics/mrr. */
function verifyMovements({ warehouse, account, report }: Verification): void {
  // Only where the day before is there: over a gap the movements cannot add up.
  const found = warehouse.sqlite
    .prepare<[string, number, number], Unexplained>(
      `WITH days AS (
         SELECT date, CASE WHEN lag(date) OVER (ORDER BY date) = date(date, '-1 day')
           THEN mrr_in_cents - lag(mrr_in_cents) OVER (ORDER BY date) - (mrr_new_business_in_cents + mrr_expansion_in_cents
             + mrr_contraction_in_cents + mrr_churn_in_cents + mrr_reactivation_in_cents) END AS rest
         FROM daily_metrics WHERE account = ? AND deleted_at IS NULL)
       SELECT count(*) AS days, count(*) FILTER (WHERE abs(rest) > ?) AS off, total(rest) AS total,
         max(abs(rest)) AS worst, max(date) FILTER (WHERE abs(rest) > ?) AS worst_day FROM days`,
    )
    .get(account, roundingInCents, roundingInCents);
  if (!found || found.days === 0) return;
  const { days, off, total, worst, worst_day } = found;
  if (off === 0) {
    report.ok("daily_metrics", `the movements of ${formatCount(days, "day")} add up to the MRR of each`);
    return;
  }
  const difference = `on ${off} of ${formatCount(days, "day")} the movements do not add up to the change of MRR, by up to ${formatCents(worst ?? 0)}, last on ${worst_day}. Over all days the difference is ${formatCents(total ?? 0)}`;
  // Two requests may have seen two states; then one day is over what the next is under.
  if (Math.abs(total ?? 0) <= roundingInCents * days) report.warning("daily_metrics", difference);
  else report.fault("daily_metrics", difference, hints.again);
}
