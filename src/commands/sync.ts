import { Command } from "commander";
import { createApiClients } from "../http/api-clients.ts";
import type { CommandContext } from "./command.ts";
import { deadlineAfter, minutesIn } from "./deadline.ts";
import { logOn, publishAfter, refuseWrongCopy, reportLines, rulesOf, runSync } from "./run-sync.ts";
import { selectAccounts, selectResources, several, severalNames } from "./selection.ts";

interface Options {
  readonly account: readonly string[];
  readonly only: readonly string[];
  readonly skip: readonly string[];
  readonly acceptDeletes?: true;
  readonly full?: true;
  readonly deadlineMinutes?: number;
  readonly json?: true;
}

export function syncCommand({ config, terminal, stopSignal }: CommandContext): Command {
  return new Command("sync")
    .option("--account <name>", "only this account; may be given several times", several, [])
    .option("--only <resource>", "only this resource; may be given several times", severalNames, [])
    .option(
      "--skip <resource>",
      "not this resource; may be given several times (adds to SYNC_SKIP)",
      severalNames,
      [],
    )
    .option("--accept-deletes", "mark what is missing as deleted, however much it is")
    .option("--full", "read everything, whatever the settings allow to be left out")
    .option(
      "--deadline-minutes <number>",
      "what is not read by then is interrupted, and all else is done (SYNC_DEADLINE_MINUTES)",
      minutesIn,
    )
    .option("--json", "print the report as JSON and nothing else on standard output")
    .addHelpText(
      "after",
      `
Example:
  $ chartmogul-warehouse sync --account default --only customers --only invoices

A resource that is skipped, or that the key may not read, keeps its rows and is no failure; \`status\` says so.
Exit code: 0 all complete, 1 some resource failed, was interrupted, was short or was held, some record did not validate and is
missing, or the summary tables could not be worked out or the copy not be published, 2 wrong usage or configuration,
3 another sync, or another program, keeps the warehouse locked.`,
    )
    .action(async ({ account, only, skip, acceptDeletes, full, deadlineMinutes, json }: Options) => {
      const settings = config();
      const log = logOn(terminal, settings);
      refuseWrongCopy(settings);
      const selection = selectResources({ only, skip, setting: settings.SYNC_SKIP });
      const accounts = selectAccounts(settings, account);
      const minutes = deadlineMinutes ?? settings.SYNC_DEADLINE_MINUTES ?? 0;
      const { signal, end } = deadlineAfter(stopSignal(), minutes);
      const outcome = await runSync(
        {
          path: settings.WAREHOUSE_PATH,
          ...selection,
          rules: rulesOf(settings, { acceptDeletes: acceptDeletes === true, full: full === true }),
          accounts: createApiClients(settings, accounts, { log, signal }),
          trigger: "command",
          signal,
        },
        terminal,
        log,
      ).finally(end);
      if (json) terminal.data(JSON.stringify(outcome.reports, null, 2));
      else for (const line of reportLines(outcome.reports)) terminal.print(line);
      process.exitCode = publishAfter(outcome, settings, log);
    });
}
