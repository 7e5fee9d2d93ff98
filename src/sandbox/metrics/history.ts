import type { Activity, ActivityType } from "../customer-records.ts";
import { toDay } from "./calendar.ts";

/** The counts of a day. `customers` is the change in their number; the rest are sums over the day. */
type Count = ActivityType | "customers" | "newCustomers" | "lostCustomers";

const allCounts: Count[] = [
  "new_biz",
  "reactivation",
  "expansion",
  "contraction",
  "churn",
  "customers",
  "newCustomers",
  "lostCustomers",
];

/** The movements of an account, added up by calendar day of the account's time zone. */
export interface MovementHistory {
  /** Gives the sum of all days up to and including this one, whether or not the history reaches it. */
  upTo(count: Count, day: number): number;
}

function createTotals(
  first: number,
  last: number,
): { add(count: Count, day: number, amount: number): void } & MovementHistory {
  const totals = new Map(allCounts.map((count) => [count, new Float64Array(last - first + 1)]));
  let summed = false;
  function sum(): void {
    for (const days of totals.values()) {
      let running = 0;
      for (const [index, amount] of days.entries()) {
        running += amount;
        days[index] = running;
      }
    }
    summed = true;
  }
  return {
    add(count, day, amount) {
      const days = totals.get(count);
      if (days !== undefined) days[day - first] = (days[day - first] ?? 0) + amount;
    },
    upTo(count, day) {
      if (!summed) sum();
      return totals.get(count)?.[Math.min(day, last) - first] ?? 0;
    },
  };
}

/**
 * Reads the history from activities, which must be in order of date. A customer counts while the sum of its movements is above
 * zero. One pass over the activities is cheap, so nothing is kept between requests.
 */
export function readHistory(activities: Activity[], timeZone: string): MovementHistory {
  const days = activities.map((activity) => toDay(timeZone, Date.parse(activity.date)));
  const first = days[0] ?? 0;
  const totals = createTotals(first, days.at(-1) ?? first);
  const levels = new Map<string, number>();
  for (const [index, activity] of activities.entries()) {
    const day = days[index] ?? first;
    const customer = activity["customer-uuid"];
    const before = levels.get(customer) ?? 0;
    const after = before + activity["activity-mrr-movement"];
    levels.set(customer, after);
    totals.add(activity.type, day, activity["activity-mrr-movement"]);
    if (before <= 0 && after > 0) totals.add("customers", day, 1);
    if (before <= 0 && after > 0 && activity.type === "new_biz") totals.add("newCustomers", day, 1);
    if (before > 0 && after <= 0) {
      totals.add("customers", day, -1);
      totals.add("lostCustomers", day, 1);
    }
  }
  return totals;
}
