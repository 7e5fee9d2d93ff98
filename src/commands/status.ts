import { Command, InvalidArgumentError } from "commander";
import { tablesOfResources } from "../resources/names.ts";
import { isAsIntended, isLeftOut } from "../state/status.ts";
import { type AgedStatus, readSyncStatus, type SyncStatus } from "../state/sync-status.ts";
import { type CommandContext, exitCodes } from "./command.ts";
import { addHelp, type HelpText, wrongUsage } from "./help.ts";
import { isTooOld, layOutStatus } from "./status-lines.ts";

interface StatusOptions {
  readonly json?: true;
  /** Hours. */
  readonly maxAge?: number;
}

const help: HelpText = {
  examples: [
    "chartmogul-warehouse status",
    'chartmogul-warehouse status --max-age 36 || mail -s "ChartMogul sync" ops@example.com < /dev/null',
  ],
  notes: [
    "complete: time since the last complete sync of the resource began.",
    "age: time since the oldest row of the table was read. It is longer than complete if a sync may leave rows out; see docs/operations.md.",
    "A resource that is skipped, or that the key may not read, is listed and is not a failure.",
  ],
  exitCodes: {
    0: "the last sync of every account was complete and, with --max-age, recent enough",
    1: "it was not complete, is too old or never ran; or records are missing; or the summary tables are out of date",
    2: wrongUsage,
  },
};

export function createStatusCommand({ config, terminal }: CommandContext): Command {
  return addHelp(new Command("status"), help)
    .option(
      "--max-age <hours>",
      "exit with 1 if the last complete sync of a resource began longer ago",
      positive,
    )
    .option("--json", "print the status as JSON")
    .action(({ json, maxAge = Number.POSITIVE_INFINITY }: StatusOptions) => {
      const { WAREHOUSE_PATH: path, accounts: withKey } = config();
      const accounts = withKey.map(({ name }) => name);
      const status = readSyncStatus({ path, accounts, tables: tablesOfResources, now: Date.now() });
      if (json) terminal.data(JSON.stringify(status, null, 2));
      else {
        for (const line of layOutStatus(status, maxAge)) terminal.print(line);
        if (status.runs.length === 0) terminal.note(`${path} was never synced; run \`sync\``);
      }
      process.exitCode = isGood(status, accounts, maxAge) ? exitCodes.complete : exitCodes.failed;
    });
}

/** True if nothing needs the operator's attention. */
function isGood(
  { runs, resources, never, summaries }: SyncStatus,
  accounts: readonly string[],
  maxAge: number,
): boolean {
  // An account without a key keeps its rows, but its last run no longer matters.
  const isWatched = ({ account }: { readonly account: string }) =>
    accounts.length === 0 || accounts.includes(account);
  const watched = resources.filter(isWatched);
  // A running sync has no outcome yet: then the last outcome of each resource counts.
  const ended = [...runs.filter(isWatched), ...watched].filter(({ status }) => status !== "running");
  const isWhole = ({ status, missing }: AgedStatus) => missing === 0 || isLeftOut(status);
  return (
    ended.length > 0 &&
    ended.every(({ status }) => isAsIntended(status)) &&
    watched.every((resource) => isWhole(resource) && !isTooOld(resource, maxAge)) &&
    never.length === 0 &&
    !summaries.behind
  );
}

function positive(text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new InvalidArgumentError("Use a number of hours above 0.");
  return number;
}
