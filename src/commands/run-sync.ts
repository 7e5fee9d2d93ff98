import type { ApiClient } from "../api/api-client.ts";
import type { Config } from "../config.ts";
import { publishWarehouse, refuseAsCopy } from "../database/publish.ts";
import { explainSqliteError } from "../database/sqlite-errors.ts";
import { createDictionaryRows } from "../dictionary/dictionary.ts";
import { ExplainedError } from "../errors.ts";
import { createLog, type Log } from "../log.ts";
import { resources } from "../resources/index.ts";
import type { Resource } from "../resources/resource.ts";
import { explainHowToAllow, isAsIntended, isLeftOut } from "../state/status.ts";
import { refreshSummaries } from "../summaries/refresh-summaries.ts";
import type { ResourceReport } from "../sync/report.ts";
import type { Rules } from "../sync/rules.ts";
import { sync } from "../sync/sync.ts";
import { type ExitCode, exitCodes } from "./command.ts";
import { missingHint, missingInWords } from "./missing.ts";
import { progressOn } from "./progress.ts";
import { layOut } from "./table.ts";
import type { Terminal } from "./terminal.ts";

/** The log of a command: lines on standard error. */
export function logOn({ note }: Terminal, { LOG_LEVEL, LOG_FORMAT }: Config): Log {
  return createLog({ level: LOG_LEVEL, format: LOG_FORMAT, write: note });
}

export interface SyncJob {
  readonly path: string;
  readonly accounts: readonly { readonly name: string; readonly api: ApiClient }[];
  readonly resources: readonly Resource[];
  /** What is not meant to be read. */
  readonly skipped?: readonly Resource[];
  readonly rules: Rules;
  readonly trigger: string;
  readonly signal: AbortSignal;
}

/** The rules that the settings make; for one sync `acceptDeletes` lifts the limit, and `full` leaves nothing out. */
export function rulesOf(settings: Config, { acceptDeletes = false, full = false } = {}): Rules {
  return {
    resumableHours: settings.SYNC_RESUME_HOURS,
    full,
    shortcuts: {
      listingMaxAgeDays: settings.SYNC_SUBSCRIPTIONS_MAX_AGE_DAYS,
      lookbackDays: settings.SYNC_LOOKBACK_DAYS,
      fullWalkDays: settings.SYNC_FULL_WALK_DAYS,
    },
    deletes: {
      percent: settings.SYNC_DELETE_LIMIT_PERCENT,
      records: settings.SYNC_DELETE_LIMIT_ROWS,
      accepted: acceptDeletes,
    },
    changes: { days: settings.SYNC_CHANGES_DAYS, everyField: settings.SYNC_CHANGES_ALL },
  };
}

/** What a sync came to. */
export interface SyncOutcome {
  readonly reports: readonly ResourceReport[];
  /** Whether the summary tables were worked out: they could be, and it was not stopped. */
  readonly answered: boolean;
}

/** Runs a sync, shows how it gets on, and logs what went wrong. */
export async function runSync(job: SyncJob, terminal: Terminal, log: Log): Promise<SyncOutcome> {
  const progress = progressOn(terminal, log);
  const accounts = job.accounts.map(({ name }) => name).join(",");
  const skipped = job.skipped?.length ? job.skipped.map(({ name }) => name).join(",") : undefined;
  const onBegin = () => log.info("sync begins", { accounts, warehouse: job.path, skipped });
  let answered = false;
  let unanswered: unknown;
  const reports = await sync({
    ...job,
    registry: resources,
    dictionary: createDictionaryRows(),
    refresh: (warehouse, now) => {
      // All that was read is stored by now, and what became of it must be told all the same.
      try {
        refreshSummaries(warehouse, now);
        answered = true;
      } catch (cause) {
        unanswered = explainSqliteError(job.path, cause);
      }
    },
    onBegin,
    onProgress: progress.update,
  }).finally(progress.end);
  logTrouble(log, reports);
  const outcome = { reports, answered };
  if (unanswered instanceof ExplainedError)
    log.error(`the summary tables could not be written: ${unanswered.message}`, { hint: unanswered.hint });
  else if (unanswered !== undefined) throw unanswered;
  const missing = reports.reduce((sum, report) => sum + report.missing, 0);
  log.info("sync ended", { complete: isComplete(outcome), missing: missing > 0 ? missing : undefined });
  return outcome;
}

/** One line for each thing that went wrong or could not be read, naming all the resources that it befell. */
function logTrouble(log: Log, reports: readonly ResourceReport[]): void {
  const befallen = new Map<string, ResourceReport[]>();
  for (const report of reports) {
    const what = `${report.account} ${report.status} ${report.error}`;
    if (!isAsIntended(report.status)) befallen.set(what, [...(befallen.get(what) ?? []), report]);
    const { account, resource, missing } = report;
    if (missing > 0) log.warn(missingInWords(missing), { account, resource, hint: missingHint });
  }
  const isRefused = ({ status }: ResourceReport) => status === "not_allowed";
  for (const account of new Set(reports.filter(isRefused).map((report) => report.account))) {
    const refused = reports.filter((report) => isRefused(report) && report.account === account);
    const names = refused.map(({ resource }) => resource);
    const rows = "the rows are kept";
    log.warn(`the API key may not read ${names.join(", ")} (403): ${rows}`, {
      account,
      hint: explainHowToAllow(names),
    });
  }
  for (const [first, ...others] of befallen.values()) {
    if (!first) continue;
    const where = {
      account: first.account,
      resource: [first, ...others].map(({ resource }) => resource).join(","),
    };
    if (first.error !== undefined) log.error(first.error, where);
    else log.warn("stopped before the end; the next sync continues from here", where);
  }
}

/** The report as a table. */
export function reportLines(reports: readonly ResourceReport[]): string[] {
  return layOut(
    [
      "account",
      "resource",
      "status",
      "pages",
      "fetched",
      "inserted",
      "updated",
      "unchanged",
      "restored",
      "deleted",
      "rejected",
      "missing",
      "seconds",
    ],
    reports.map((report) => [
      report.account,
      report.resource,
      report.status,
      report.pages,
      report.fetched,
      report.inserted,
      report.updated,
      report.unchanged,
      report.restored,
      report.deleted,
      report.rejected,
      report.missing,
      Math.round(report.milliseconds / 100) / 10,
    ]),
  );
}

/** Throws a WarehouseError where the settings name a place for a copy in which none can be put: better before a sync than after it. */
export function refuseWrongCopy({ WAREHOUSE_PATH, WAREHOUSE_PUBLISH_PATH }: Config): void {
  if (WAREHOUSE_PUBLISH_PATH !== undefined) refuseAsCopy(WAREHOUSE_PATH, WAREHOUSE_PUBLISH_PATH);
}

/**
 * Publishes the warehouse, if the settings say where to and the sync was complete, also where single records are missing. Gives the exit code of the sync, which is
 * no success without the copy; why there is none is logged.
 */
export function publishAfter(outcome: SyncOutcome, settings: Config, log: Log): ExitCode {
  const { WAREHOUSE_PATH: warehouse, WAREHOUSE_PUBLISH_PATH: copy } = settings;
  if (copy === undefined || !isComplete(outcome)) return exitCodeOf(outcome);
  try {
    publishWarehouse(warehouse, copy);
    log.info("published", { warehouse, copy });
    return exitCodeOf(outcome);
  } catch (error) {
    if (!(error instanceof ExplainedError)) throw error;
    log.error(`not published: ${error.message}`, { hint: error.hint });
    return exitCodes.failed;
  }
}

/**
 * 0 only if every resource that was to be read, and may be, was read to its end, no record of it is missing, and the summary tables were
 * worked out.
 */
export function exitCodeOf(outcome: SyncOutcome): ExitCode {
  const isAllThere = outcome.reports.every(({ status, missing }) => missing === 0 || isLeftOut(status));
  return isComplete(outcome) && isAllThere ? exitCodes.complete : exitCodes.failed;
}

function isComplete({ reports, answered }: SyncOutcome): boolean {
  return answered && reports.every(({ status }) => isAsIntended(status));
}
