/** The lengths of time by which metrics are requested (https://dev.chartmogul.com/reference/introduction-metrics-api). */
export const intervals = ["day", "week", "month", "quarter", "year"] as const;

/** One of these lengths. */
export type Interval = (typeof intervals)[number];

/** The first day of an account's weeks. */
export type WeekStart = "monday" | "sunday";

const dayLength = 86_400_000;

// Days with a year of four digits on both sides of them.
const [firstInstant, lastInstant] = [Date.parse("0001-01-02"), Date.parse("9999-12-30")];

/** True for an instant whose days can be written `YYYY-MM-DD`, also the day before and the day after it. */
export function isInstant(value: unknown): value is string {
  if (typeof value !== "string") return false;
  const instant = Date.parse(value);
  return instant >= firstInstant && instant <= lastInstant;
}

/** True for a day of the calendar written `YYYY-MM-DD`, as every day is here. */
export function isDay(value: unknown): value is string {
  return isInstant(value) && /^\d{4}-\d\d-\d\d$/.test(value) && addDays(value, 0) === value;
}

/** The day that is `days` days after this one; before it where they are negative. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(day) + days * dayLength).toISOString().slice(0, 10);
}

/** The earlier of two days. */
export function getEarlier(one: string, other: string): string {
  return one < other ? one : other;
}

/** The last day of the interval that holds this day. */
export function getEndOf(interval: Interval, day: string, weekStart: WeekStart): string {
  const date = new Date(day);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  const endOfMonth = (of: number) => new Date(Date.UTC(year, of + 1, 0)).toISOString().slice(0, 10);
  switch (interval) {
    case "day":
      return day;
    case "week":
      return addDays(day, ((weekStart === "monday" ? 7 : 6) + 7 - date.getUTCDay()) % 7);
    case "month":
      return endOfMonth(month);
    case "quarter":
      return endOfMonth(month + 2 - (month % 3));
    case "year":
      return endOfMonth(11);
  }
}

/** The first day of the interval that holds this day. */
export function getStartOf(interval: Interval, day: string, weekStart: WeekStart): string {
  const month = Number(day.slice(5, 7));
  switch (interval) {
    case "day":
      return day;
    case "week":
      return addDays(getEndOf(interval, day, weekStart), -6);
    case "month":
      return `${day.slice(0, 7)}-01`;
    case "quarter":
      return `${day.slice(0, 4)}-${String(month - ((month - 1) % 3)).padStart(2, "0")}-01`;
    case "year":
      return `${day.slice(0, 4)}-01-01`;
  }
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** The day in this time zone at this instant. Throws a RangeError for a time zone that this Node does not know. */
export function getDayIn(timeZone: string, instant: Date): string {
  // Sweden writes dates as YYYY-MM-DD.
  const format = formats.get(timeZone) ?? new Intl.DateTimeFormat("sv-SE", { timeZone });
  formats.set(timeZone, format);
  return format.format(instant);
}
