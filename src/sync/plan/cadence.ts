/** A day in milliseconds. */
export const day = 86_400_000;

/**
 * A nightly sync begins some minutes earlier or later, and an hour where the clocks change. This tolerance keeps the night on which
 * something is due the same. In milliseconds.
 */
export const tolerance = 2.5 * 3_600_000;

/** The age in milliseconds from which on something is due again that may be this many days old. */
export function computeDueAge(days: number): number {
  return days * day - tolerance;
}

/** True where something that was done at `last` is not due yet at `now`. */
export function isFresh(last: Date, now: Date, days: number): boolean {
  return last.getTime() > now.getTime() - computeDueAge(days);
}
