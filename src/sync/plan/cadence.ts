/** A day in milliseconds. */
export const day = 86_400_000;

/**
 * A nightly sync begins some minutes earlier or later, and an hour where the clocks change: on which night something is due must not
 * hang on that. In milliseconds.
 */
export const slack = 2.5 * 3_600_000;

/** What may be so many days old is due after this time, in milliseconds. */
export function dueAfter(days: number): number {
  return days * day - slack;
}
