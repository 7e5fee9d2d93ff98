import cron from "node-cron";

const hour = 3_600_000;
const day = 24 * hour;
// The 29th of February on one day of the week comes again after 40 years at the latest.
const daysLookedAt = 41 * 366;

/** When a cron expression is due, in one time zone. */
export interface DueTimes {
  /** The next times after a moment, so many of them. */
  next(count: number, moment: Date): Date[];
}

/**
 * The times of an expression of five or six fields in a time zone, by default that of this machine. Where clocks change, it is done as
 * Vixie's cron does: a time that does not exist is due right after the gap, and one that comes twice is due once. What is to happen
 * every hour or more often goes on by the clock: nothing is made up for, and what comes twice is due twice. So is what names all
 * minutes, or all hours, by a star.
 */
export function dueTimes(
  expression: string,
  timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone,
): DueTimes {
  const offsetAt = offsetsOf(timeZone);
  const { hour: hours, minute: minutes, second: seconds } = cron.parse(expression);
  const timesOfDay = hours
    .flatMap((each) => minutes.map((minute) => each * 60 + minute))
    .flatMap((minute) => seconds.map((second) => (minute * 60 + second) * 1000))
    .sort((one, other) => one - other);
  const [earliest = 0] = timesOfDay;
  const [minuteField = "", hourField = ""] = expression.trim().split(/\s+/).slice(-5);
  const isHourly = hours.length === 24;
  const comesTwice = isHourly || minuteField.startsWith("*") || hourField.startsWith("*");
  // node-cron knows which days are meant; a clock that never changes shows it the calendar and nothing else.
  const calendar = cron.createTask(expression, () => {}, { timezone: "UTC" });

  /** All times of a day of the calendar, given by its midnight in UTC, in no order. */
  function* timesOf(midnight: number): Iterable<number> {
    const change = changeBetween(offsetAt, midnight - 2 * day, midnight + 3 * day);
    for (const timeOfDay of timesOfDay) {
      const clock = midnight + timeOfDay;
      const [before, since] = [clock - change.before, clock - change.since];
      const isBefore = before < change.at;
      const isSince = since >= change.at;
      if (isBefore) yield before;
      if (isSince && (!isBefore || comesTwice)) yield since;
      if (!isBefore && !isSince && !isHourly) yield change.at;
    }
  }

  /** The times around a moment and of all later days, by the days of the calendar. */
  function* timesFrom(moment: number): Iterable<readonly [midnight: number, time: number]> {
    // The clocks of the world are less than a day off UTC, and a gap may make a time of one day due on the next.
    const first = Math.floor(moment / day) * day - 2 * day;
    for (let midnight = first; midnight <= first + daysLookedAt * day; midnight += day) {
      if (!calendar.match(new Date(midnight + earliest))) continue;
      for (const time of timesOf(midnight)) yield [midnight, time];
    }
  }

  function after(moment: number): number | undefined {
    let next: number | undefined;
    for (const [midnight, time] of timesFrom(moment)) {
      // No time of this day or a later one can come before.
      if (next !== undefined && midnight - 2 * day > next) break;
      if (time > moment && time < (next ?? Number.POSITIVE_INFINITY)) next = time;
    }
    return next;
  }

  return {
    next(count, moment) {
      const found: Date[] = [];
      let next = after(moment.getTime());
      while (found.length < count && next !== undefined) {
        found.push(new Date(next));
        next = after(next);
      }
      return found;
    },
  };
}

/** Milliseconds by which the clocks of a zone are ahead of UTC, at moments in milliseconds since 1970. */
function offsetsOf(timeZone: string): (moment: number) => number {
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

interface Change {
  /** The first moment with the new offset. */
  readonly at: number;
  readonly before: number;
  readonly since: number;
}

/** The change of the clocks between two moments, of which there is at most one within some days; `at` the later one where there is none. */
function changeBetween(offsetAt: (moment: number) => number, from: number, to: number): Change {
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
