import type { Status } from "../schema/sync-tables.ts";
import { explainHowToAllow, isLeftOut, type RunStatus } from "../state/status.ts";
import type { AgedStatus, SyncStatus } from "../state/sync-status.ts";
import { describeMissing, missingHint } from "./describe-missing.ts";
import { describeOddFields } from "./describe-odd-fields.ts";
import { layOut } from "./table.ts";

/** The status as a person reads it; `maxAge` is in hours. */
export function layOutStatus(status: SyncStatus, maxAge: number): string[] {
  const { runs, resources, never, summaries, odd_fields } = status;
  const trouble = [
    ...runs.flatMap((run) => (run.status === "complete" ? [] : `account ${run.account}: ${inWords(run)}`)),
    ...errorLines(resources),
    ...leftOutLines(resources),
    ...missingLines(resources),
    ...tooOldLines(resources, maxAge),
    ...never.map((name) => `account ${name}: never synced`),
    ...summariesLines(summaries),
    ...describeOddFields(odd_fields),
  ];
  const lines = resourceLines(resources);
  return trouble.length === 0 ? lines : [...lines, "", ...trouble];
}

/** True if the last complete walk began more than `maxAge` hours ago. */
export function isTooOld({ status, complete_age_seconds: seconds }: AgedStatus, maxAge: number): boolean {
  return !isLeftOut(status) && seconds !== null && seconds > maxAge * 3600;
}

function resourceLines(resources: readonly AgedStatus[]): string[] {
  return layOut(
    ["account", "resource", "last run (UTC)", "outcome", "rows", "missing", "complete", "age"],
    resources.map((resource) => [
      resource.account,
      resource.resource,
      resource.started_at,
      resource.status,
      resource.rows,
      resource.missing,
      ageInWords(resource.complete_age_seconds),
      ageInWords(resource.age_seconds),
    ]),
  );
}

/** Each error once, with all the resources that have it. */
function errorLines(resources: readonly AgedStatus[]): string[] {
  const lines = new Map<string, { readonly about: AgedStatus; readonly names: string[] }>();
  for (const about of resources) {
    if (!about.error || isLeftOut(about.status)) continue;
    const key = JSON.stringify([about.account, about.error]);
    const same = lines.get(key);
    if (same) same.names.push(about.resource);
    else lines.set(key, { about, names: [about.resource] });
  }
  return [...lines.values()].map(
    ({ about, names }) => `${about.account} ${names.join(", ")}: ${about.error}`,
  );
}

/** What was not read and is not a failure, once for each account. */
function leftOutLines(resources: readonly AgedStatus[]): string[] {
  return [...new Set(resources.map(({ account }) => account))].flatMap((account) => {
    const names = (of: Status) =>
      resources
        .filter((each) => each.account === account && each.status === of)
        .map(({ resource }) => resource);
    const [refused, skipped] = [names("not_allowed"), names("skipped")];
    const refusal = `${account} ${refused.join(", ")}: the API key may not read ${refused.length === 1 ? "it" : "them"} (403); the rows are kept. ${explainHowToAllow(refused)}`;
    return [
      ...(refused.length > 0 ? [refusal] : []),
      ...(skipped.length > 0 ? [`${account} ${skipped.join(", ")}: skipped; the rows are kept`] : []),
    ];
  });
}

function missingLines(resources: readonly AgedStatus[]): string[] {
  return resources
    .filter(({ missing }) => missing > 0)
    .map(
      ({ account, resource, missing }) =>
        `${account} ${resource}: ${describeMissing(missing)}. ${missingHint}`,
    );
}

function tooOldLines(resources: readonly AgedStatus[], maxAge: number): string[] {
  return resources
    .filter((resource) => isTooOld(resource, maxAge))
    .map(({ account, resource, complete_age_seconds: seconds }) => {
      return `${account} ${resource}: last complete ${ageInWords(seconds)} ago, which is more than ${maxAge} h`;
    });
}

function summariesLines({ behind, refreshed_at }: SyncStatus["summaries"]): string[] {
  if (!behind) return [];
  return [
    `the summary tables are ${refreshed_at === null ? "missing" : `from ${refreshed_at} UTC`}, older than the last complete sync. That sync is still writing them, or could not: see its log. \`rebuild\` writes them, too.`,
  ];
}

function inWords({ run, status, started_at, process_id, error }: RunStatus): string {
  if (status === "running") return `run ${run} is running since ${started_at} UTC (process ${process_id})`;
  return `run ${run} ${status}${error === null ? "" : `: ${error}`}`;
}

function ageInWords(seconds: number | null): string {
  if (seconds === null) return "never complete";
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}
