const dayLength = 86_400_000;
const quarterHour = 900_000;

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
    const quarter = Math.floor(instant / quarterHour);
    const known = days.get(quarter);
    if (known !== undefined) return known;
    const day = Date.parse(format.format(quarter * quarterHour)) / dayLength;
    days.set(quarter, day);
    return day;
  };
}

/**
 * Gives the calendar day of an instant (milliseconds) in a time zone (IANA name). A day is a whole number, counted from
 * 1970-01-01.
 */
export function toDay(timeZone: string, instant: number): number {
  const clock = clocks.get(timeZone) ?? createClock(timeZone);
  clocks.set(timeZone, clock);
  return clock(instant);
}

/** Gives the day of a `YYYY-MM-DD`; undefined for anything else. */
export function readDay(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d/.test(text)) return undefined;
  const day = Date.parse(text.slice(0, 10)) / dayLength;
  return Number.isNaN(day) ? undefined : day;
}

/** `YYYY-MM-DD` */
export function writeDay(day: number): string {
  return new Date(day * dayLength).toISOString().slice(0, 10);
}

/** Gives the last day of the month that is `months` months after that of `day`. */
export function getEndOfMonth(day: number, months = 0): number {
  const date = new Date(day * dayLength);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1 + months, 0) / dayLength;
}

/** 0 is Sunday. */
export function getWeekday(day: number): number {
  // 1970-01-01 was a Thursday.
  return (((day + 4) % 7) + 7) % 7;
}
