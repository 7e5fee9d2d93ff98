import type { Log } from "../log.ts";
import { explainHowToAllow, isAsIntended } from "../state/status.ts";
import type { ResourceReport } from "../sync/report.ts";
import { describeMissing, missingHint } from "./describe-missing.ts";

/** Logs what went wrong or could not be read: one line for each cause, with all the resources that it stopped. */
export function logTroubles(log: Log, reports: readonly ResourceReport[]): void {
  logMissing(log, reports);
  logRefused(log, reports);
  logStopped(log, reports);
}

function logMissing(log: Log, reports: readonly ResourceReport[]): void {
  for (const { account, resource, missing } of reports) {
    if (missing > 0) log.warn(describeMissing(missing), { account, resource, hint: missingHint });
  }
}

function logRefused(log: Log, reports: readonly ResourceReport[]): void {
  const refused = reports.filter(({ status }) => status === "not_allowed");
  for (const account of new Set(refused.map((report) => report.account))) {
    const names = refused.filter((report) => report.account === account).map(({ resource }) => resource);
    log.warn(`the API key may not read ${names.join(", ")} (403): the rows are kept`, {
      account,
      hint: explainHowToAllow(names),
    });
  }
}

function logStopped(log: Log, reports: readonly ResourceReport[]): void {
  const byCause = new Map<string, [ResourceReport, ...ResourceReport[]]>();
  for (const report of reports) {
    if (isAsIntended(report.status)) continue;
    const cause = `${report.account} ${report.status} ${report.error}`;
    const same = byCause.get(cause);
    if (same) same.push(report);
    else byCause.set(cause, [report]);
  }
  for (const stopped of byCause.values()) {
    const [{ account, error }] = stopped;
    const where = { account, resource: stopped.map(({ resource }) => resource).join(",") };
    if (error !== undefined) log.error(error, where);
    else log.warn("stopped before the end; the next sync continues from here", where);
  }
}
