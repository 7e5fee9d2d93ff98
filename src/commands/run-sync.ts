import type { ApiClient } from "../api/api-client.ts";
import type { Warehouse } from "../database/open.ts";
import { explainSqliteError } from "../database/sqlite-errors.ts";
import { createDictionaryRows } from "../dictionary/dictionary.ts";
import { ExplainedError } from "../errors.ts";
import type { Log } from "../log.ts";
import { resources } from "../resources/index.ts";
import type { Resource } from "../resources/resource.ts";
import { refreshSummaries } from "../summaries/refresh-summaries.ts";
import type { Rules } from "../sync/rules.ts";
import { sync } from "../sync/sync.ts";
import { logTroubles } from "./log-troubles.ts";
import { createProgress } from "./progress.ts";
import { isComplete, type SyncOutcome } from "./sync-outcome.ts";
import type { Terminal } from "./terminal.ts";

export interface SyncJob {
  readonly path: string;
  readonly accounts: readonly { readonly name: string; readonly api: ApiClient }[];
  readonly resources: readonly Resource[];
  /** The resources that the sync skips. */
  readonly skipped?: readonly Resource[];
  readonly rules: Rules;
  readonly trigger: string;
  readonly signal: AbortSignal;
}

/** Runs a sync, shows its progress, and logs what went wrong. */
export async function runSync(job: SyncJob, terminal: Terminal, log: Log): Promise<SyncOutcome> {
  const progress = createProgress(terminal, log);
  const summaries = createSummaryStep(job.path);
  const reports = await sync({
    ...job,
    registry: resources,
    dictionary: createDictionaryRows(),
    refresh: summaries.refresh,
    onBegin: () => logBegin(job, log),
    onProgress: progress.update,
  }).finally(progress.end);
  logTroubles(log, reports);
  const { summarised, error } = summaries.result();
  if (error instanceof ExplainedError)
    log.error(`the summary tables could not be written: ${error.message}`, { hint: error.hint });
  else if (error !== undefined) throw error;
  const outcome = { reports, summarised };
  const missing = reports.reduce((sum, report) => sum + report.missing, 0);
  log.info("sync ended", { complete: isComplete(outcome), missing: missing > 0 ? missing : undefined });
  return outcome;
}

function logBegin({ accounts, path, skipped = [] }: SyncJob, log: Log): void {
  const namesOf = (named: readonly { readonly name: string }[]) => named.map(({ name }) => name).join(",");
  log.info("sync begins", {
    accounts: namesOf(accounts),
    warehouse: path,
    skipped: skipped.length > 0 ? namesOf(skipped) : undefined,
  });
}

interface SummaryResult {
  readonly summarised: boolean;
  /** Why not, where that was tried. */
  readonly error?: Error;
}

/** Refreshes the summary tables. An error is kept for later: by then all that was read is stored, and its report comes first. */
function createSummaryStep(path: string) {
  let result: SummaryResult = { summarised: false };
  return {
    refresh(warehouse: Warehouse, now: Date): void {
      try {
        refreshSummaries(warehouse, now);
        result = { summarised: true };
      } catch (cause) {
        result = { summarised: false, error: explainSqliteError(path, cause) };
      }
    },
    result: () => result,
  };
}
