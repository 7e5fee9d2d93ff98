import { isAsIntended, isLeftOut } from "../state/status.ts";
import type { ResourceReport } from "../sync/report.ts";
import { type ExitCode, exitCodes } from "./command.ts";

/** What a sync came to. */
export interface SyncOutcome {
  readonly reports: readonly ResourceReport[];
  /** Whether the summary tables were refreshed: they could be, and the sync was not stopped. */
  readonly summarised: boolean;
}

/** Whether everything ended as intended, also where single records are missing. */
export function isComplete({ reports, summarised }: SyncOutcome): boolean {
  return summarised && reports.every(({ status }) => isAsIntended(status));
}

/**
 * Gives 0 only if every resource that the sync was to read, and that the key may read, was read to its end without a missing
 * record. The summary tables must have been refreshed as well.
 */
export function decideSyncExitCode(outcome: SyncOutcome): ExitCode {
  const isWhole = outcome.reports.every(({ status, missing }) => missing === 0 || isLeftOut(status));
  return isComplete(outcome) && isWhole ? exitCodes.complete : exitCodes.failed;
}
