import type { Resource } from "../../resources/resource.ts";
import { formatTimestamp } from "../../schema/timestamp.ts";
import type { WalkTimes } from "../../state/checkpoints.ts";
import { wasCutOff } from "../../state/runs.ts";
import type { Run } from "../run.ts";
import { tolerance } from "./cadence.ts";

const hour = 3_600_000;
// A nightly sync begins some seconds earlier or later, and these must not decide whether it resumes the walk of the night before.
const almostAnHour = 0.99 * hour;

interface ResumeRule {
  /** A walk that began longer ago is not resumed; 0: none is. */
  readonly hours: number;
  readonly now: Date;
  /** Whether a deadline ended the walk's last run; asked for only where it matters. */
  readonly wasCutOff: () => boolean;
}

/**
 * Whether a stopped walk may be resumed. Its age counts from its beginning. Where a deadline cut it off, its age counts from its last
 * save: otherwise a listing that takes more than a night would begin again every night and never end.
 */
export function isResumable({ started_at, saved_at }: WalkTimes, { hours, now, wasCutOff }: ResumeRule) {
  // A walk that began while the clock was ahead would stay resumable for as long as the clock was wrong by.
  if (started_at > formatTimestamp(now)) return false;
  const ago = (milliseconds: number) => formatTimestamp(new Date(now.getTime() - milliseconds));
  if (started_at > ago(hours * almostAnHour)) return true;
  return hours > 0 && saved_at > ago(hours * hour + tolerance) && wasCutOff();
}

/** Whether this run may resume a walk of the resource with these times. */
export function canResume(run: Run, { name }: Resource, times: WalkTimes): boolean {
  return isResumable(times, {
    hours: run.rules.resumableHours,
    now: run.now(),
    wasCutOff: () => wasCutOff(run.warehouse, run.account, name),
  });
}
