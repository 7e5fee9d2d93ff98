import { InvalidArgumentError, Option } from "commander";
import { DeadlineError } from "../errors.ts";

// A week is longer than any sync, and a timer can hardly wait longer.
const longestDeadline = 10_080;

/** When a sync has to end. */
export interface Deadline {
  /** Aborted by the operator, or with a DeadlineError when the time is over. */
  readonly signal: AbortSignal;
  /** Stops the timer: the sync has ended. */
  end(): void;
}

/** A deadline this many minutes from now; 0 means none. */
export function startDeadline(stop: AbortSignal, minutes: number): Deadline {
  if (minutes === 0) return { signal: stop, end() {} };
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new DeadlineError(inWords(minutes))), minutes * 60_000);
  return { signal: AbortSignal.any([stop, controller.signal]), end: () => clearTimeout(timer) };
}

// A shorter one would stop a sync that began just before the next due time, such as the very first sync.
const shortestUntilDue = 25;
// For the summary tables and the copy.
const spare = 2;

/**
 * The deadline, in minutes, of a sync that must end before the next of these due times. Due times less than 25 minutes away do not
 * count: they are skipped while the sync runs.
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
