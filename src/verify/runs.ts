import type { Resource } from "../resource.ts";
import type { Status } from "../warehouse/bookkeeping.ts";
import { lastRunsAsTheyAre } from "../warehouse/run-state.ts";
import { type ResourceStatus, resourceStatuses } from "../warehouse/status.ts";
import { shapeOf } from "../warehouse/table.ts";
import type { Verification } from "./finding.ts";
import { hints } from "./hints.ts";
import { counted } from "./words.ts";

const inWords: Readonly<Record<Status, string>> = {
  running: "the last sync is running",
  complete: "the last sync was complete",
  failed: "the last sync failed",
  interrupted: "the last sync was interrupted",
  short: "the last sync was short: the listing ended before the end that it had announced",
  held: "the last sync was held: too many records were missing to believe it",
};

/** Looks at how the last sync of the account and of each resource ended, and gives the resources that were synced at all. */
export function verifyRuns(
  { warehouse, account, report }: Verification,
  resources: readonly Resource[],
): readonly Resource[] {
  const run = lastRunsAsTheyAre(warehouse).find((last) => last.account === account);
  const tables = Object.fromEntries(resources.map(({ name, table }) => [name, shapeOf(table).name]));
  const statuses = resourceStatuses(warehouse, tables).filter((status) => status.account === account);
  if (!run && statuses.length === 0) {
    report.fault("sync", "the account was never synced", hints.sync);
    return [];
  }
  const trouble = statuses.filter(({ status }) => status !== "complete");
  if (run?.status === "running") {
    const since = `since ${run.started_at} UTC (process ${run.process_id})`;
    report.warning("sync", `a sync is running ${since}: what it has not stored yet may differ`);
  } else if (run && run.status !== "complete" && trouble.every((status) => status.run !== run.run)) {
    report.fault("sync", said(run), hints.sync);
  }
  for (const [first, ...others] of alike(trouble)) {
    const names = [first, ...others].map(({ resource }) => resource).join(", ");
    report.fault(names, said(first), first.status === "held" ? hints.held : hints.sync);
  }
  const never = resources.filter(({ name }) => statuses.every(({ resource }) => resource !== name));
  if (never.length > 0) report.fault(never.map(({ name }) => name).join(", "), "never synced", hints.sync);
  if (trouble.length + never.length === 0) report.ok("sync", "the last sync of every resource was complete");
  for (const { resource, rejected } of statuses) {
    if (rejected === 0) continue;
    const rows = rejected === 1 ? "its row is missing or" : "their rows are missing or";
    const found = `${counted(rejected, "record")} did not validate: ${rows} older than ChartMogul's`;
    report.fault(resource, found, hints.invalid);
  }
  return resources.filter((resource) => !never.includes(resource));
}

function said({ status, error }: { readonly status: Status; readonly error: string | null }): string {
  return error === null ? inWords[status] : `${inWords[status]}: ${error}`;
}

/** What has befallen several resources at once is one piece of news. */
function alike(statuses: readonly ResourceStatus[]): [ResourceStatus, ...ResourceStatus[]][] {
  const groups = new Map<string, [ResourceStatus, ...ResourceStatus[]]>();
  for (const status of statuses) {
    const group = groups.get(said(status));
    if (group) group.push(status);
    else groups.set(said(status), [status]);
  }
  return [...groups.values()];
}
