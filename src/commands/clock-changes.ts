/** Milliseconds by which the clocks of a zone are ahead of UTC, at moments in milliseconds since 1970. */
export function createOffsets(timeZone: string): (moment: number) => number {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  return (moment) => {
    const shown: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
    for (const { type, value } of format.formatToParts(moment)) shown[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown;
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(moment / 1000) * 1000;
  };
}

/** A change of the clocks; offsets in milliseconds. */
export interface ClockChange {
  /** The first moment with the new offset. */
  readonly at: number;
  readonly before: number;
  readonly since: number;
}

/** Finds the change of the clocks between two moments that are some days apart: there is one at most. `at` is the later moment where there is none. */
export function findClockChange(offsetAt: (moment: number) => number, from: number, to: number): ClockChange {
  const [before, since] = [offsetAt(from), offsetAt(to)];
  if (before === since) return { at: to, before, since };
  let [last, at] = [from, to];
  while (at - last > 1000) {
    const middle = Math.floor((last + at) / 2000) * 1000;
    if (offsetAt(middle) === before) last = middle;
    else at = middle;
  }
  return { at, before, since };
}
