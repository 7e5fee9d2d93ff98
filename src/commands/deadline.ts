import { InvalidArgumentError, Option } from "commander";
import { DeadlineError } from "../errors.ts";

// A week: more than a sync takes, and no timer can wait for much longer.
const longestDeadline = 10_080;

/** When a sync has to end. */
export interface Deadline {
  /** Aborted by the operator's stop, or with a DeadlineError once the time is over. */
  readonly signal: AbortSignal;
  /** The sync has ended: nothing is waited for any more. */
  end(): void;
}

/** A deadline so many minutes from now; none at all where they are 0. */
export function startDeadline(stop: AbortSignal, minutes: number): Deadline {
  if (minutes === 0) return { signal: stop, end() {} };
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new DeadlineError(inWords(minutes))), minutes * 60_000);
  return { signal: AbortSignal.any([stop, controller.signal]), end: () => clearTimeout(timer) };
}

// A shorter one would cut off what has only begun a little before the next is due, such as the first sync of all.
const shortestUntilDue = 25;
// For the summary tables and the copy.
const spare = 2;

/**
 * The deadline, in minutes, of a sync that is to be over before another one is due at one of these times. Those that are due sooner than
 * in 25 minutes are left out while it goes on.
 */
export function countMinutesUntilDue(due: readonly Date[], now: Date): number {
  const away = due.map((date) => (date.getTime() - now.getTime()) / 60_000);
  const next = away.find((minutes) => minutes >= shortestUntilDue) ?? shortestUntilDue;
  return Math.min(longestDeadline, Math.floor((next - spare) * 10) / 10);
}

const inWords = (minutes: number) => `${minutes} ${minutes === 1 ? "minute" : "minutes"}`;

/** `--deadline-minutes`; `otherwise` says what holds if SYNC_DEADLINE_MINUTES is not set either. */
export function createDeadlineOption(otherwise: string): Option {
  return new Option(
    "--deadline-minutes <number>",
    `stop reading after this time, and finish the sync with what was read; 0 = no deadline (default: SYNC_DEADLINE_MINUTES, or ${otherwise})`,
  ).argParser(parseMinutes);
}

function parseMinutes(text: string): number {
  const minutes = Number(text);
  if (text.trim() === "" || !(minutes >= 0 && minutes <= longestDeadline)) {
    throw new InvalidArgumentError(`Use a number of minutes up to ${longestDeadline}. 0 = no deadline.`);
  }
  return minutes;
}
