import { endOfMonth, weekdayOf } from "./calendar.ts";

/** The five lengths of https://dev.chartmogul.com/reference/introduction-metrics-api. */
export const INTERVALS = ["day", "week", "month", "quarter", "year"] as const;

/** A length of interval. */
export type Interval = (typeof INTERVALS)[number];

/** A stretch of days, both ends included. */
export interface Stretch {
  from: number;
  to: number;
}

function endOf(day: number, interval: Interval, weekStart: "monday" | "sunday"): number {
  const month = new Date(day * 86_400_000).getUTCMonth();
  switch (interval) {
    case "day":
      return day;
    case "week":
      return day + ((7 - weekdayOf(day) + (weekStart === "monday" ? 0 : 6)) % 7);
    case "month":
      return endOfMonth(day);
    case "quarter":
      return endOfMonth(day, 2 - (month % 3));
    case "year":
      return endOfMonth(day, 11 - month);
  }
}

/** Cuts a range into intervals without gaps; the first and the last one may be clipped. Empty when it ends early. */
export function cut(range: Stretch, interval: Interval, weekStart: "monday" | "sunday"): Stretch[] {
  const stretches: Stretch[] = [];
  for (let from = range.from; from <= range.to; ) {
    const to = Math.min(endOf(from, interval, weekStart), range.to);
    stretches.push({ from, to });
    from = to + 1;
  }
  return stretches;
}
