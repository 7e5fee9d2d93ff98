import cron from "node-cron";
import { createOffsets, findClockChange } from "./clock-changes.ts";

const hour = 3_600_000;
const day = 24 * hour;
// The 29th of February on one day of the week comes again within 40 years.
const daysLookedAt = 41 * 366;

/** When a cron expression is due, in one time zone. */
export interface DueTimes {
  /** Whether the expression names seconds. */
  readonly hasSeconds: boolean;
  /** The next `count` times after a moment. */
  next(count: number, moment: Date): Date[];
}

/**
 * The times of an expression of five or six fields in a time zone, by default that of this machine. Where clocks change, the rules are
 * those of Vixie's cron: a time that does not exist is due right after the gap, and one that comes twice is due once. An expression for
 * every hour or more often follows the clock: nothing is made up for, and what comes twice is due twice. So does one with a star for
 * all minutes or all hours.
 */
export function createDueTimes(
  expression: string,
  timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone,
): DueTimes {
  const pattern = readPattern(expression);
  const offsetAt = createOffsets(timeZone);
  return {
    hasSeconds: pattern.hasSeconds,
    next(count, moment) {
      const found: Date[] = [];
      let next = findNext(pattern, offsetAt, moment.getTime());
      while (found.length < count && next !== undefined) {
        found.push(new Date(next));
        next = findNext(pattern, offsetAt, next);
      }
      return found;
    },
  };
}

interface Pattern {
  /** Milliseconds since midnight, ascending. */
  readonly timesOfDay: readonly number[];
  readonly hasSeconds: boolean;
  readonly isHourly: boolean;
  /** Whether a time that comes twice is due twice. */
  readonly comesTwice: boolean;
  /** Whether the expression means this day of the calendar, given by its midnight in UTC. */
  isDue(midnight: number): boolean;
}

function readPattern(expression: string): Pattern {
  const { hour: hours, minute: minutes, second: seconds } = cron.parse(expression);
  const timesOfDay = hours
    .flatMap((each) => minutes.map((minute) => each * 60 + minute))
    .flatMap((minute) => seconds.map((second) => (minute * 60 + second) * 1000))
    .sort((one, other) => one - other);
  const [earliest = 0] = timesOfDay;
  const fields = expression.trim().split(/\s+/);
  const [minuteField = "", hourField = ""] = fields.slice(-5);
  const isHourly = hours.length === 24;
  // node-cron decides which days are meant. UTC has no clock changes, so that only the calendar counts.
  const calendar = cron.createTask(expression, () => {}, { timezone: "UTC" });
  return {
    timesOfDay,
    hasSeconds: fields.length === 6,
    isHourly,
    comesTwice: isHourly || minuteField.startsWith("*") || hourField.startsWith("*"),
    isDue: (midnight) => calendar.match(new Date(midnight + earliest)),
  };
}

type Offsets = ReturnType<typeof createOffsets>;

/** All times of a calendar day, unordered. `midnight` is its midnight in UTC. */
function* listTimesOfDay(pattern: Pattern, offsetAt: Offsets, midnight: number): Iterable<number> {
  const change = findClockChange(offsetAt, midnight - 2 * day, midnight + 3 * day);
  for (const timeOfDay of pattern.timesOfDay) {
    const clock = midnight + timeOfDay;
    const [before, since] = [clock - change.before, clock - change.since];
    const isBefore = before < change.at;
    const isSince = since >= change.at;
    if (isBefore) yield before;
    if (isSince && (!isBefore || pattern.comesTwice)) yield since;
    if (!isBefore && !isSince && !pattern.isHourly) yield change.at;
  }
}

function findNext(pattern: Pattern, offsetAt: Offsets, moment: number): number | undefined {
  // All time zones are less than a day away from UTC, and a gap may move a time to the next day.
  const first = Math.floor(moment / day) * day - 2 * day;
  let next: number | undefined;
  for (let midnight = first; midnight <= first + daysLookedAt * day; midnight += day) {
    // No time of this day or a later one can come before.
    if (next !== undefined && midnight - 2 * day > next) break;
    if (!pattern.isDue(midnight)) continue;
    for (const time of listTimesOfDay(pattern, offsetAt, midnight)) {
      if (time > moment && time < (next ?? Number.POSITIVE_INFINITY)) next = time;
    }
  }
  return next;
}
