import type { Interval } from "../../api/calendar.ts";
import { getEndOfMonth, getWeekday } from "./calendar.ts";

/** A range of days, both ends included. */
export interface DayRange {
  from: number;
  to: number;
}

function endOf(day: number, interval: Interval, weekStart: "monday" | "sunday"): number {
  const month = new Date(day * 86_400_000).getUTCMonth();
  switch (interval) {
    case "day":
      return day;
    case "week":
      return day + ((7 - getWeekday(day) + (weekStart === "monday" ? 0 : 6)) % 7);
    case "month":
      return getEndOfMonth(day);
    case "quarter":
      return getEndOfMonth(day, 2 - (month % 3));
    case "year":
      return getEndOfMonth(day, 11 - month);
  }
}

/**
 * Cuts a range into intervals without gaps; the first and the last one may be clipped. Empty when the range ends before it
 * begins.
 */
export function cutIntoIntervals(
  range: DayRange,
  interval: Interval,
  weekStart: "monday" | "sunday",
): DayRange[] {
  const ranges: DayRange[] = [];
  for (let from = range.from; from <= range.to; ) {
    const to = Math.min(endOf(from, interval, weekStart), range.to);
    ranges.push({ from, to });
    from = to + 1;
  }
  return ranges;
}
