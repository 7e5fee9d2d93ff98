import type { GeneratedPlan } from "../world.ts";

/** Milliseconds of a day. */
export const dayLength = 86_400_000;

/** `2025-03-01T10:00:00+00:00`, the spelling of customers, subscriptions and activities. */
export function formatWithOffset(instant: number): string {
  return `${new Date(instant).toISOString().slice(0, 19)}+00:00`;
}

/** `2025-03-01T10:00:00.000Z`, the spelling of invoices and relations. */
export function formatWithMilliseconds(instant: number): string {
  return new Date(instant).toISOString();
}

/** `2025-03-01T10:00:00Z`, the spelling of subscription events. */
export function formatToTheSecond(instant: number): string {
  return `${new Date(instant).toISOString().slice(0, 19)}Z`;
}

/** `2025-03-01 10:00:00`, the spelling of custom attributes. */
export function formatWithSpace(instant: number): string {
  return new Date(instant).toISOString().slice(0, 19).replace("T", " ");
}

/** Adds months in UTC. A shorter month gives its last day: 31 January and one month is 28 or 29 February. */
function addMonths(instant: number, months: number): number {
  const date = new Date(instant);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, lastDay));
  return date.getTime();
}

/**
 * Gives the beginning of a plan's billing period with this number, from 0. It is counted from the start, so the 31st returns
 * after a shorter month.
 */
export function getPeriodStart(start: number, plan: GeneratedPlan, period: number): number {
  const length = period * plan.interval_count;
  switch (plan.interval_unit) {
    case "day":
      return start + length * dayLength;
    case "month":
      return addMonths(start, length);
    case "year":
      return addMonths(start, length * 12);
  }
}

/** Gives the number of a plan's billing periods in a month, as ChartMogul counts: a year has 365 days. */
export function countPeriodsPerMonth(plan: GeneratedPlan): number {
  switch (plan.interval_unit) {
    case "day":
      return 365 / 12 / plan.interval_count;
    case "month":
      return 1 / plan.interval_count;
    case "year":
      return 1 / (12 * plan.interval_count);
  }
}
