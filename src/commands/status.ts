import { Command, InvalidArgumentError } from "commander";
import { tablesOfResources } from "../resources/names.ts";
import { isAsIntended, isLeftOut } from "../state/status.ts";
import { type AgedStatus, readSyncStatus, type SyncStatus } from "../state/sync-status.ts";
import { type CommandContext, exitCodes } from "./command.ts";
import { isTooOld, layOutStatus } from "./status-lines.ts";

interface StatusOptions {
  readonly json?: true;
  /** Hours. */
  readonly maxAge?: number;
}

export function statusCommand({ config, terminal }: CommandContext): Command {
  return new Command("status")
    .option("--max-age <hours>", "count a resource that was last complete longer ago as a failure", positive)
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      `
Example:
  $ chartmogul-warehouse status --max-age 36 || mail -s "ChartMogul sync" ops@example.com < /dev/null

complete is the time since the last complete sync began. age is the time since the oldest row was read: it is longer where
syncs leave out what they may (see "Large accounts" in docs/operations.md).
What is skipped, or what the key may not read, is told and is no failure.
Exit code: 0 if the last sync of every account was complete and, with --max-age, recent; 1 if not, if there was none, if records are
missing that did not validate, or if the summary tables are older.`,
    )
    .action(({ json, maxAge = Number.POSITIVE_INFINITY }: StatusOptions) => {
      const { WAREHOUSE_PATH: path, accounts: withKey } = config();
      const accounts = withKey.map(({ name }) => name);
      const status = readSyncStatus({ path, accounts, tables: tablesOfResources, now: Date.now() });
      if (json) terminal.data(JSON.stringify(status, null, 2));
      else {
        for (const line of layOutStatus(status, maxAge)) terminal.print(line);
        if (status.runs.length === 0) terminal.note(`no sync into ${path} yet; run \`sync\``);
      }
      process.exitCode = isGood(status, accounts, maxAge) ? exitCodes.complete : exitCodes.failed;
    });
}

/** Whether nobody has to look after it. */
function isGood(
  { runs, resources, never, summaries }: SyncStatus,
  accounts: readonly string[],
  maxAge: number,
): boolean {
  // An account whose key was taken away keeps its rows, but its last run is nobody's worry any more.
  const isWatched = ({ account }: { readonly account: string }) =>
    accounts.length === 0 || accounts.includes(account);
  const watched = resources.filter(isWatched);
  // A run that goes on has no outcome yet: then what counts is how each resource ended last.
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
  if (!(number > 0)) throw new InvalidArgumentError("Use a number of hours.");
  return number;
}
