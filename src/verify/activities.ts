import { parseTimestamp } from "../schema/timestamp.ts";
import type { Verification } from "./findings.ts";
import { formatCents, formatCount } from "./format.ts";

interface Day {
  readonly date: string;
  readonly movements: number;
}

/**
 * Compares the activities of each day with the movements that ChartMogul's metrics have for it: a day that differs may lack one.
 * Only a warning: ChartMogul works out both from the same history, but not at the same moment.
 */
export function verifyActivities({ warehouse, account, report }: Verification): void {
  const { sqlite } = warehouse;
  const timeZone = sqlite
    .prepare<[string], string | null>("SELECT time_zone FROM accounts WHERE account = ?")
    .pluck()
    .get(account);
  // Sweden writes dates as YYYY-MM-DD.
  const dayOf = new Intl.DateTimeFormat("sv-SE", { timeZone: timeZone ?? "UTC" });
  const added = new Map<string, { movements: number; activities: number }>();
  const activities = sqlite.prepare<[string], { date: string; movement: number }>(
    `SELECT date, activity_mrr_movement_in_cents AS movement FROM activities
     WHERE account = ? AND deleted_at IS NULL AND date = datetime(date) AND activity_mrr_movement_in_cents IS NOT NULL`,
  );
  for (const { date, movement } of activities.iterate(account)) {
    const day = dayOf.format(parseTimestamp(date));
    const sum = added.get(day) ?? { movements: 0, activities: 0 };
    added.set(day, { movements: sum.movements + movement, activities: sum.activities + 1 });
  }
  const days = sqlite
    .prepare<[string], Day>(
      `SELECT date, mrr_new_business_in_cents + mrr_expansion_in_cents + mrr_contraction_in_cents + mrr_churn_in_cents
         + mrr_reactivation_in_cents AS movements FROM daily_metrics WHERE account = ? AND deleted_at IS NULL ORDER BY date`,
    )
    .all(account);
  const differing = days.flatMap(({ date, movements }) => {
    const { movements: sum, activities } = added.get(date) ?? { movements: 0, activities: 0 };
    // Each movement and each activity is rounded to a cent.
    return Math.abs(sum - movements) > movementsOfADay + activities ? [{ date, movements, sum }] : [];
  });
  const last = differing.at(-1);
  if (days.length === 0) return;
  if (!last) {
    report.ok(
      "activities",
      `the activities of ${formatCount(days.length, "day")} add up to the movements of each day`,
    );
    return;
  }
  const found = `on ${differing.length} of ${formatCount(days.length, "day")} the activities do not add up to the movements, last on ${last.date}: ${formatCents(last.sum)} instead of ${formatCents(last.movements)}`;
  report.warning("activities", `${found}; \`sync --full\` reads all activities again`);
}

const movementsOfADay = 5;
