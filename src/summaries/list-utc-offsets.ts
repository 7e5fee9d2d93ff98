import { getKnownTimeZone } from "./account-day.ts";

const dayLength = 86_400_000;

/** From when on a time zone has an offset from UTC: `since` as `YYYY-MM-DD HH:MM:SS` in UTC, `offset` as `+HH:MM`. */
interface UtcOffset {
  readonly since: string;
  readonly offset: string;
}

/**
 * The offsets of a time zone (IANA name) between two days, in order. The first counts for all time before it, too. UTC if the time zone is
 * unknown to this Node.
 */
export function listUtcOffsets(timeZone: string, firstDay: string, lastDay: string): UtcOffset[] {
  const offsetAt = readOffsets(timeZone);
  const first = Date.parse(firstDay);
  const offsets = [{ since: "0000-01-01 00:00:00", offset: offsetAt(first) }];
  for (let day = first; day < Date.parse(lastDay); day += dayLength) {
    if (offsetAt(day) === offsetAt(day + dayLength)) continue;
    const since = new Date(findChange(offsetAt, day, day + dayLength)).toISOString();
    offsets.push({ since: since.slice(0, 19).replace("T", " "), offset: offsetAt(day + dayLength) });
  }
  return offsets;
}

/** The second in which the offset changes, between two instants that differ in it. */
function findChange(offsetAt: (instant: number) => string, before: number, after: number): number {
  let [low, high] = [before, after];
  while (high - low > 1000) {
    const middle = Math.floor((low + high) / 2000) * 1000;
    if (offsetAt(middle) === offsetAt(before)) low = middle;
    else high = middle;
  }
  return high;
}

function readOffsets(timeZone: string): (instant: number) => string {
  const known = getKnownTimeZone(timeZone);
  const format = new Intl.DateTimeFormat("en-US", { timeZone: known, timeZoneName: "longOffset" });
  // `GMT+09:00`; `GMT` alone is UTC.
  return (instant) => /[+-][\d:]+$/.exec(format.format(instant))?.[0] ?? "+00:00";
}
