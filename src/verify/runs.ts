import type { Resource } from "../resources/resource.ts";
import type { Status } from "../schema/sync-tables.ts";
import { getShape } from "../schema/table.ts";
import { readCurrentRuns } from "../state/run-state.ts";
import {
  explainHowToAllow,
  isAsIntended,
  isLeftOut,
  type ResourceStatus,
  readResourceStatuses,
} from "../state/status.ts";
import type { Findings, Verification } from "./findings.ts";
import { formatCount } from "./format.ts";
import { hints } from "./hints.ts";

const inWords: Readonly<Record<Status, string>> = {
  running: "the last sync is running",
  complete: "the last sync was complete",
  failed: "the last sync failed",
  interrupted: "the last sync was interrupted",
  truncated: "the last sync was truncated: the listing ended before its announced end",
  delete_limit: "the last sync exceeded the delete limit: too many records were missing",
  not_allowed: "the API key may not read this; the stored records stay as they are",
  skipped: "skipped; the stored records stay as they are",
};

interface SyncedResources {
  /** The resources that were synced at all. */
  readonly synced: readonly Resource[];
  /** Those of them that the last sync was to read and could: only these can be compared with the present. */
  readonly current: readonly Resource[];
}

/** Reports how the last sync of the account and of each resource ended. */
export function verifyRuns(
  { warehouse, account, report }: Verification,
  resources: readonly Resource[],
): SyncedResources {
  const run = readCurrentRuns(warehouse).find((last) => last.account === account);
  const tables = Object.fromEntries(resources.map(({ name, table }) => [name, getShape(table).name]));
  const statuses = readResourceStatuses(warehouse, tables).filter((status) => status.account === account);
  if (!run && statuses.length === 0) {
    report.fault("sync", "the account was never synced", hints.sync);
    return { synced: [], current: [] };
  }
  const trouble = statuses.filter(({ status }) => !isAsIntended(status));
  if (run?.status === "running") {
    const since = `since ${run.started_at} UTC (process ${run.process_id})`;
    report.warning("sync", `a sync is running ${since}: records that it has not stored yet may differ`);
  } else if (run && run.status !== "complete" && trouble.every((status) => status.run !== run.run)) {
    report.fault("sync", said(run), hints.sync);
  }
  for (const [first, ...others] of alike(trouble)) {
    const names = [first, ...others].map(({ resource }) => resource).join(", ");
    report.fault(names, said(first), first.status === "delete_limit" ? hints.delete_limit : hints.sync);
  }
  const leftOut = statuses.filter(({ status }) => isLeftOut(status));
  tellLeftOut(report, leftOut);
  const never = resources.filter(({ name }) => statuses.every(({ resource }) => resource !== name));
  if (never.length > 0) report.fault(never.map(({ name }) => name).join(", "), "never synced", hints.sync);
  if (trouble.length + never.length === 0) {
    const which = leftOut.length === 0 ? "every resource" : "every other resource";
    report.ok("sync", `the last sync of ${which} was complete`);
  }
  tellMissing(report, statuses);
  const synced = resources.filter((resource) => !never.includes(resource));
  const isCurrent = ({ name }: Resource) => leftOut.every(({ resource }) => resource !== name);
  return { synced, current: synced.filter(isCurrent) };
}

function tellMissing(report: Findings, statuses: readonly ResourceStatus[]): void {
  for (const { resource, missing } of statuses) {
    if (missing === 0) continue;
    const rows = missing === 1 ? "its row is missing or" : "their rows are missing or";
    const found = `${formatCount(missing, "record")} did not validate: ${rows} older than in ChartMogul`;
    report.fault(resource, found, hints.invalid);
  }
}

function tellLeftOut(report: Findings, leftOut: readonly ResourceStatus[]): void {
  const names = (of: Status) => leftOut.filter(({ status }) => status === of).map(({ resource }) => resource);
  const [refused, skipped] = [names("not_allowed"), names("skipped")];
  if (refused.length > 0)
    report.warning(refused.join(", "), `${inWords.not_allowed}. ${explainHowToAllow(refused)}`);
  if (skipped.length > 0) report.ok(skipped.join(", "), inWords.skipped);
}

function said({ status, error }: { readonly status: Status; readonly error: string | null }): string {
  return error === null ? inWords[status] : `${inWords[status]}: ${error}`;
}

/** Groups the resources that ended in the same way: each group is one finding. */
function alike(statuses: readonly ResourceStatus[]): [ResourceStatus, ...ResourceStatus[]][] {
  const groups = new Map<string, [ResourceStatus, ...ResourceStatus[]]>();
  for (const status of statuses) {
    const group = groups.get(said(status));
    if (group) group.push(status);
    else groups.set(said(status), [status]);
  }
  return [...groups.values()];
}
