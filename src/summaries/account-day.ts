import { getDayIn } from "../api/calendar.ts";

/**
 * Creates a function for SQL: the calendar day, `YYYY-MM-DD`, of an instant (`YYYY-MM-DD HH:MM:SS`, UTC) in a time zone (IANA name). UTC if
 * the time zone is NULL or unknown to this Node; NULL for NULL. SQLite itself has no time zones.
 */
export function createAccountDay(): (instant: unknown, timeZone: unknown) => string | null {
  const zones = new Map<unknown, (instant: string) => string>();
  return (instant, timeZone) => {
    if (typeof instant !== "string") return null;
    const dayOf = zones.get(timeZone) ?? days(getKnownTimeZone(timeZone));
    zones.set(timeZone, dayOf);
    return dayOf(instant);
  };
}

/** The days of one time zone. Each quarter of an hour is calculated once, since every offset in use is a multiple of one. */
function days(timeZone: string): (instant: string) => string {
  const quarters = new Map<string, string>();
  return (instant) => {
    const quarter = `${instant.slice(0, 14)}${quarterOf(instant.slice(14, 16))}`;
    const day =
      quarters.get(quarter) ??
      within(getDayIn(timeZone, new Date(`${quarter.replace(" ", "T")}:00Z`)), quarter);
    quarters.set(quarter, day);
    return day;
  };
}

/** A day as `YYYY-MM-DD`. If the time zone leads out of the years 0001 to 9999, the day in UTC. */
function within(day: string, instant: string): string {
  const written = day.padStart(10, "0");
  const apart = Date.parse(written) - Date.parse(instant.slice(0, 10));
  return Math.abs(apart) <= 86_400_000 ? written : instant.slice(0, 10);
}

const quarterOf = (minutes: string) => String(Number(minutes) - (Number(minutes) % 15)).padStart(2, "0");

/** The time zone itself; UTC if it is NULL or unknown to this Node. */
export function getKnownTimeZone(timeZone: unknown): string {
  try {
    if (typeof timeZone === "string") getDayIn(timeZone, new Date(0));
    return typeof timeZone === "string" ? timeZone : "UTC";
  } catch (error) {
    if (error instanceof RangeError) return "UTC";
    throw error;
  }
}
