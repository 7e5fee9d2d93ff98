import { Command, InvalidArgumentError } from "commander";
import { inspectWarehouse } from "../database/inspect.ts";
import { openReadOnly } from "../database/open-read-only.ts";
import { tablesOfResources } from "../resources/names.ts";
import type { Status } from "../schema/sync-tables.ts";
import { instantOf } from "../schema/timestamp.ts";
import { readCurrentRuns } from "../state/run-state.ts";
import {
  explainHowToAllow,
  isAsIntended,
  isLeftOut,
  type OddField,
  type ResourceStatus,
  type RunStatus,
  readOddFields,
  readResourceStatuses,
  readSummariesStatus,
  type SummariesStatus,
} from "../state/status.ts";
import { type CommandContext, exitCodes } from "./command.ts";
import { missingHint, missingInWords } from "./missing.ts";
import { oddFieldLines } from "./odd-fields.ts";
import { layOut } from "./table.ts";

export function statusCommand({ config, terminal }: CommandContext): Command {
  return new Command("status")
    .option("--max-age <hours>", "count a resource that was last complete longer ago as a failure", positive)
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      `
Example:
  $ chartmogul-warehouse status --max-age 36 || mail -s "ChartMogul sync" ops@example.com < /dev/null

age is the time since the last complete sync began; oldest, since when at the least all of the table was read, where syncs leave
out what they may (see "Large accounts" in docs/operations.md).
What is skipped, or what the key may not read, is told and is no failure.
Exit code: 0 if the last sync of every account was complete and, with --max-age, recent; 1 if not, if there was none, if records are
missing that did not validate, or if the summary tables are older.`,
    )
    .action(({ json, maxAge = Number.POSITIVE_INFINITY }: { json?: true; maxAge?: number }) => {
      const { WAREHOUSE_PATH, accounts } = config();
      const names = accounts.map(({ name }) => name);
      const now = Date.now();
      const status = readStatus(WAREHOUSE_PATH, names, now);
      const { runs, resources: statuses, never, summaries } = status;
      if (json) terminal.data(JSON.stringify(status, null, 2));
      else {
        for (const line of statusLines(status, { now, maxAge })) terminal.print(line);
        if (runs.length === 0) terminal.note(`no sync into ${WAREHOUSE_PATH} yet; run \`sync\``);
      }
      // An account whose key was taken away keeps its rows, but its last run is nobody's worry any more. A run that goes on has no
      // outcome yet: then what counts is how each resource ended last.
      const isWatched = ({ account }: { readonly account: string }) =>
        names.length === 0 || names.includes(account);
      const watched = [...runs, ...statuses].filter((each) => each.status !== "running" && isWatched(each));
      const good = watched.length > 0 && watched.every(({ status }) => isAsIntended(status));
      const fresh = statuses.every((status) => !isWatched(status) || !isTooOld(status, { now, maxAge }));
      const isWhole = ({ status, missing }: ResourceStatus) => missing === 0 || isLeftOut(status);
      const whole = statuses.every((status) => !isWatched(status) || isWhole(status));
      const all = good && fresh && whole && never.length === 0 && !summaries.behind;
      process.exitCode = all ? exitCodes.complete : exitCodes.failed;
    });
}

/** Seconds since then; null where there is none. */
interface AgedStatus extends ResourceStatus {
  /** Since `complete_at`. */
  readonly age_seconds: number | null;
  /** Since `fresh_as_of`. */
  readonly fresh_as_of_seconds: number | null;
}

/** How the last syncs went and how old the rows are, as `status --json` prints it. */
export interface SyncStatus {
  readonly runs: readonly RunStatus[];
  readonly resources: readonly AgedStatus[];
  /** Accounts that have a key and were never synced. */
  readonly never: readonly string[];
  readonly summaries: SummariesStatus;
  /** What is in records and not in the tables. */
  readonly odd_fields: readonly OddField[];
}

/** `names` are the accounts that have a key, `now` is in milliseconds since 1970. */
export function readStatus(path: string, names: readonly string[], now: number): SyncStatus {
  const { runs, statuses, summaries, odd_fields } = read(path);
  return {
    runs,
    summaries,
    odd_fields,
    resources: statuses.map((status) => ({
      ...status,
      age_seconds: age(status.complete_at, now),
      fresh_as_of_seconds: age(status.fresh_as_of, now),
    })),
    never: names.filter((name) => runs.every(({ account }) => account !== name)),
  };
}

/** A missing warehouse is one without a run: that is an answer, and not wrong usage. */
function read(path: string): {
  readonly runs: readonly RunStatus[];
  readonly statuses: readonly ResourceStatus[];
  readonly summaries: SummariesStatus;
  readonly odd_fields: readonly OddField[];
} {
  if (inspectWarehouse(path) === 0)
    return { runs: [], statuses: [], summaries: { refreshed_at: null, behind: false }, odd_fields: [] };
  const warehouse = openReadOnly(path);
  try {
    return {
      runs: readCurrentRuns(warehouse),
      statuses: readResourceStatuses(warehouse, tablesOfResources),
      summaries: readSummariesStatus(warehouse),
      odd_fields: readOddFields(warehouse),
    };
  } finally {
    warehouse.close();
  }
}

function statusLines(
  { runs, resources: statuses, never, summaries, odd_fields }: SyncStatus,
  clock: Clock,
): string[] {
  const lines = layOut(
    ["account", "resource", "last run (UTC)", "outcome", "rows", "missing", "age", "oldest"],
    statuses.map((status) => [
      status.account,
      status.resource,
      status.started_at,
      status.status,
      status.rows,
      status.missing,
      ageInWords(age(status.complete_at, clock.now)),
      ageInWords(age(status.fresh_as_of, clock.now)),
    ]),
  );
  const trouble = [
    ...runs.flatMap((run) => (run.status === "complete" ? [] : `account ${run.account}: ${inWords(run)}`)),
    ...errors(statuses),
    ...leftOut(statuses),
    ...statuses.flatMap(({ account, resource, missing }) =>
      missing > 0 ? `${account} ${resource}: ${missingInWords(missing)}. ${missingHint}` : [],
    ),
    ...statuses.flatMap((status) =>
      isTooOld(status, clock)
        ? `${status.account} ${status.resource}: last complete ${ageInWords(age(status.complete_at, clock.now))} ago, more than ${clock.maxAge} h`
        : [],
    ),
    ...never.map((name) => `account ${name}: never synced`),
    ...(summaries.behind
      ? [
          `the summary tables are ${summaries.refreshed_at === null ? "missing" : `of ${summaries.refreshed_at} UTC`}, older than the last complete sync: it is still working them out, or could not (its log says why); \`rebuild\` does it, too`,
        ]
      : []),
    ...oddFieldLines(odd_fields),
  ];
  return trouble.length === 0 ? lines : [...lines, "", ...trouble];
}

interface Clock {
  readonly now: number;
  /** Hours. */
  readonly maxAge: number;
}

function isTooOld(status: ResourceStatus, { now, maxAge }: Clock): boolean {
  if (isLeftOut(status.status)) return false;
  const seconds = age(status.complete_at, now);
  return seconds !== null && seconds > maxAge * 3600;
}

/** Each error once, with all the resources that it befell. */
function errors(statuses: readonly ResourceStatus[]): string[] {
  const befallen = new Map<string, string[]>();
  for (const { account, resource, status, error } of statuses) {
    if (!error || isLeftOut(status)) continue;
    const key = JSON.stringify([account, error]);
    befallen.set(key, [...(befallen.get(key) ?? []), resource]);
  }
  return [...befallen].map(([key, resources]) => {
    const [account, error] = JSON.parse(key) as [string, string];
    return `${account} ${resources.join(", ")}: ${error}`;
  });
}

/** What was not read and is no failure, once for each account. */
function leftOut(statuses: readonly ResourceStatus[]): string[] {
  return [...new Set(statuses.map(({ account }) => account))].flatMap((account) => {
    const names = (of: Status) =>
      statuses
        .filter((each) => each.account === account && each.status === of)
        .map(({ resource }) => resource);
    const [refused, skipped] = [names("not_allowed"), names("skipped")];
    const refusal = `${account} ${refused.join(", ")}: the key may not read ${refused.length === 1 ? "it" : "them"} (403); the rows stay as they are. ${explainHowToAllow(refused)}`;
    return [
      ...(refused.length > 0 ? [refusal] : []),
      ...(skipped.length > 0 ? [`${account} ${skipped.join(", ")}: skipped; the rows stay as they are`] : []),
    ];
  });
}

function inWords({ run, status, started_at, process_id, error }: RunStatus): string {
  if (status === "running") return `run ${run} is running since ${started_at} UTC (process ${process_id})`;
  return `run ${run} ${status}${error === null ? "" : `: ${error}`}`;
}

/** Seconds since a timestamp; null where there is none. */
function age(timestamp: string | null, now: number): number | null {
  if (timestamp === null) return null;
  return Math.max(0, Math.round((now - instantOf(timestamp).getTime()) / 1000));
}

function ageInWords(seconds: number | null): string {
  if (seconds === null) return "never complete";
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

function positive(text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new InvalidArgumentError("Use a number of hours.");
  return number;
}
