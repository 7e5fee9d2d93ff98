// The three forms of a date in HTTP; the last one names no zone and means GMT (RFC 9110, section 5.6.7).
const dates = /^(mon|tue|wed|thu|fri|sat|sun)[a-z]*[, ]/i;
// The comma in a date is followed by the day of the month, the one between two values by neither.
const betweenValues = /,(?!\s*\d{1,2}[ -])/;

/**
 * How many milliseconds from `now` a Retry-After header asks to wait. It may give seconds, with or without a fraction, or a date; of
 * several values the longest counts. 0 where there is no header, where its date is past, or where it cannot be read.
 */
export function readRetryAfter(header: string | null, now = Date.now()): number {
  const waits = (header ?? "").split(betweenValues).map((value) => waitOf(value.trim(), now));
  return Math.max(0, ...waits);
}

function waitOf(value: string, now: number): number {
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value) * 1000;
  if (!dates.test(value)) return 0;
  const moment = Date.parse(/\bGMT$/i.test(value) ? value : `${value} GMT`);
  return Number.isNaN(moment) ? 0 : moment - now;
}
