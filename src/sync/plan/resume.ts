import type { Resource } from "../../resources/resource.ts";
import { timestamp } from "../../schema/timestamp.ts";
import { wasCutOff } from "../../state/runs.ts";
import type { Run } from "../run.ts";
import { slack } from "./cadence.ts";

// A nightly sync begins some seconds earlier or later: whether it resumes the walk of the night before must not hang on them.
const almostAnHour = 0.99 * 3_600_000;

/**
 * Whether a walk over this resource that was stopped may be gone on with. Its age counts from its beginning; where a deadline has cut it
 * off, from its last save, since else a listing that takes more than a night would begin again every night and never end.
 */
export function resumableBy({ warehouse, account, rules, now }: Run, { name }: Resource) {
  const hours = rules.resumableHours;
  return ({ started_at, saved_at }: { readonly started_at: string; readonly saved_at: string }): boolean => {
    // Begun while the clock was ahead: it would be gone on with for as long as the clock was wrong by.
    if (started_at > timestamp(now())) return false;
    const ago = (milliseconds: number) => timestamp(new Date(now().getTime() - milliseconds));
    if (started_at > ago(hours * almostAnHour)) return true;
    return hours > 0 && saved_at > ago(hours * 3_600_000 + slack) && wasCutOff(warehouse, account, name);
  };
}
