import { Command } from "commander";
import { createApiClients } from "../http/api-clients.ts";
import type { CommandContext } from "./command.ts";
import { createCommandLog } from "./command-log.ts";
import { createDeadlineOption, startDeadline } from "./deadline.ts";
import { addHelp, type HelpText, wrongUsage } from "./help.ts";
import { publishAfterSync, refuseWrongCopy } from "./publish-after-sync.ts";
import { runSync } from "./run-sync.ts";
import {
  createAccountOption,
  createOnlyOption,
  createSkipOption,
  selectAccounts,
  selectResources,
} from "./selection.ts";
import { layOutReport } from "./sync-report.ts";
import { createRules } from "./sync-rules.ts";

interface SyncCommandOptions {
  readonly account: readonly string[];
  readonly only: readonly string[];
  readonly skip: readonly string[];
  readonly acceptDeletes?: true;
  readonly full?: true;
  readonly deadlineMinutes?: number;
  readonly json?: true;
}

const help: HelpText = {
  examples: [
    "chartmogul-warehouse sync",
    "chartmogul-warehouse sync --account default --only customers --only invoices",
  ],
  notes: [
    "A resource that is skipped, or that the key may not read, keeps its rows. It is not a failure; `status` shows it.",
  ],
  exitCodes: {
    0: "every resource is complete, and no record is missing",
    1: "a resource failed, was interrupted or truncated, or exceeded the delete limit; or records are missing; or the summary tables or the published copy could not be written",
    2: wrongUsage,
    3: "another sync, or another program, has locked the warehouse",
  },
};

export function createSyncCommand({ config, terminal, stopSignal }: CommandContext): Command {
  return addHelp(new Command("sync"), help)
    .addOption(createAccountOption())
    .addOption(createOnlyOption())
    .addOption(createSkipOption())
    .option(
      "--accept-deletes",
      "read everything, and mark every record that is gone as deleted, even above the delete limit",
    )
    .option("--full", "read everything, and resume nothing")
    .addOption(createDeadlineOption("none"))
    .option("--json", "print the report as JSON")
    .action(
      async ({ account, only, skip, acceptDeletes, full, deadlineMinutes, json }: SyncCommandOptions) => {
        const settings = config();
        const log = createCommandLog(terminal, settings);
        refuseWrongCopy(settings);
        const selection = selectResources({ only, skip, setting: settings.SYNC_SKIP });
        const accounts = selectAccounts(settings, account);
        const minutes = deadlineMinutes ?? settings.SYNC_DEADLINE_MINUTES ?? 0;
        const { signal, end } = startDeadline(stopSignal(), minutes);
        const outcome = await runSync(
          {
            path: settings.WAREHOUSE_PATH,
            ...selection,
            rules: createRules(settings, { acceptDeletes: acceptDeletes === true, full: full === true }),
            accounts: createApiClients(settings, accounts, { log, signal }),
            trigger: "command",
            signal,
          },
          terminal,
          log,
        ).finally(end);
        if (json) terminal.data(JSON.stringify(outcome.reports, null, 2));
        else for (const line of layOutReport(outcome.reports)) terminal.print(line);
        process.exitCode = publishAfterSync(outcome, settings, log);
      },
    );
}
