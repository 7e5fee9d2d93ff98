import { Command } from "commander";
import { type Config, isCron, isTimeZone } from "../config.ts";
import { ConfigError } from "../errors.ts";
import { createApiClients } from "../http/api-clients.ts";
import { type CommandContext, exitCodes } from "./command.ts";
import { createCommandLog } from "./command-log.ts";
import { countMinutesUntilDue, createDeadlineOption, startDeadline } from "./deadline.ts";
import { createDueTimes } from "./due-times.ts";
import { addHelp, type HelpText, wrongUsage } from "./help.ts";
import { publishAfterSync, refuseWrongCopy } from "./publish-after-sync.ts";
import { runSchedule } from "./run-schedule.ts";
import { runSync } from "./run-sync.ts";
import { createOnlyOption, createSkipOption, selectAccounts, selectResources } from "./selection.ts";
import { layOutReport } from "./sync-report.ts";
import { createRules } from "./sync-rules.ts";

interface ScheduleOptions {
  readonly cron?: string;
  readonly timeZone?: string;
  readonly now?: true;
  readonly only: readonly string[];
  readonly skip: readonly string[];
  readonly deadlineMinutes?: number;
}

const help: HelpText = {
  examples: ['chartmogul-warehouse schedule --cron "30 3 * * *" --time-zone Europe/Berlin'],
  notes: [
    "SIGTERM and SIGINT end the schedule. A running sync stops after the current page and is recorded as interrupted. A sync that fails does not end the schedule.",
  ],
  exitCodes: { 0: "stopped by a signal", 2: wrongUsage },
};

export function createScheduleCommand({ config, terminal, stopSignal }: CommandContext): Command {
  return addHelp(new Command("schedule"), help)
    .option("--cron <expression>", "when to sync (default: SYNC_CRON)")
    .option("--time-zone <zone>", "time zone of the cron expression (default: SYNC_TIME_ZONE)")
    .option("--now", "also sync once at the start")
    .addOption(createOnlyOption())
    .addOption(createSkipOption())
    .addOption(createDeadlineOption("shortly before the first due time that is at least 25 minutes away"))
    .action(async (options: ScheduleOptions) => {
      const settings = config();
      const times = createDueTimes(...readExpression(options, settings));
      const accounts = selectAccounts(settings, []);
      const { only, skip } = options;
      const selection = selectResources({ only, skip, setting: settings.SYNC_SKIP });
      refuseWrongCopy(settings);
      const log = createCommandLog(terminal, settings);
      const signal = stopSignal();
      const syncOnce = async () => {
        const minutes =
          options.deadlineMinutes ??
          settings.SYNC_DEADLINE_MINUTES ??
          countMinutesUntilDue(times.next(dueTimesLookedAt, new Date()), new Date());
        const deadline = startDeadline(signal, minutes);
        const job = {
          path: settings.WAREHOUSE_PATH,
          ...selection,
          rules: createRules(settings),
          accounts: createApiClients(settings, accounts, { log, signal: deadline.signal }),
          trigger: "schedule",
          signal: deadline.signal,
        };
        const outcome = await runSync(job, terminal, log).finally(deadline.end);
        for (const line of layOutReport(outcome.reports)) terminal.print(line);
        publishAfterSync(outcome, settings, log);
      };
      await runSchedule({ times, startNow: options.now === true, syncOnce, log, signal });
      process.exitCode = exitCodes.complete;
    });
}

/** The expression and its time zone. Throws a ConfigError where one is wrong. */
function readExpression(
  { cron, timeZone }: ScheduleOptions,
  { SYNC_CRON, SYNC_TIME_ZONE }: Config,
): [expression: string, timeZone: string | undefined] {
  const expression = cron ?? SYNC_CRON;
  if (!isCron(expression)) {
    throw new ConfigError(`"${expression}" is not a cron expression`, {
      hint: "It has five fields: minute, hour, day of month, month, day of week. 0 2 * * * is every night at two.",
    });
  }
  const zone = timeZone ?? SYNC_TIME_ZONE;
  if (zone !== undefined && !isTimeZone(zone)) {
    throw new ConfigError(`"${zone}" is not a time zone`, {
      hint: "Use an IANA name, such as Europe/Berlin.",
    });
  }
  return [expression, zone];
}

// Enough for the shortest deadline of a schedule that syncs every minute.
const dueTimesLookedAt = 30;
