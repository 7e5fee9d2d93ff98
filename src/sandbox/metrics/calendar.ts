const DAY = 86_400_000;
const QUARTER_HOUR = 900_000;

const clocks = new Map<string, (instant: number) => number>();

function createClock(timeZone: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat("sv-SE", {
    timeZone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  });
  const days = new Map<number, number>();
  return (instant) => {
    // Every offset in use is a multiple of a quarter of an hour, so a day never begins inside one.
    const quarter = Math.floor(instant / QUARTER_HOUR);
    const known = days.get(quarter);
    if (known !== undefined) return known;
    const day = Date.parse(format.format(quarter * QUARTER_HOUR)) / DAY;
    days.set(quarter, day);
    return day;
  };
}

/** Days are whole numbers since 1970-01-01. The calendar day of an instant (milliseconds) in a time zone (IANA name). */
export function dayIn(timeZone: string, instant: number): number {
  const clock = clocks.get(timeZone) ?? createClock(timeZone);
  clocks.set(timeZone, clock);
  return clock(instant);
}

/** The day of a `YYYY-MM-DD`, or undefined for anything else. */
export function readDay(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d/.test(text)) return undefined;
  const day = Date.parse(text.slice(0, 10)) / DAY;
  return Number.isNaN(day) ? undefined : day;
}

/** `YYYY-MM-DD` */
export function writeDay(day: number): string {
  return new Date(day * DAY).toISOString().slice(0, 10);
}

/** The last day of the month that lies `months` months after the one that holds `day`. */
export function endOfMonth(day: number, months = 0): number {
  const date = new Date(day * DAY);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1 + months, 0) / DAY;
}

/** 0 is Sunday. */
export function weekdayOf(day: number): number {
  // 1970-01-01 was a Thursday.
  return (((day + 4) % 7) + 7) % 7;
}
