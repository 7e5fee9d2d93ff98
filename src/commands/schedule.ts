import { Command } from "commander";
import cron from "node-cron";
import { isCron, isTimeZone } from "../config.ts";
import { ConfigError, ExplainedError } from "../errors.ts";
import { createApiClients } from "../http/api-clients.ts";
import { type CommandContext, exitCodes } from "./command.ts";
import { deadlineAfter, deadlineOption, minutesUntilDue } from "./deadline.ts";
import { dueTimes } from "./due-times.ts";
import { addHelp, type HelpText, wrongUsage } from "./help.ts";
import { logOn, publishAfter, refuseWrongCopy, reportLines, rulesOf, runSync } from "./run-sync.ts";
import { onlyOption, selectAccounts, selectResources, skipOption } from "./selection.ts";

interface Options {
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

export function scheduleCommand({ config, terminal, stopSignal }: CommandContext): Command {
  return addHelp(new Command("schedule"), help)
    .option("--cron <expression>", "when to sync (default: SYNC_CRON)")
    .option("--time-zone <zone>", "time zone of the cron expression (default: SYNC_TIME_ZONE)")
    .option("--now", "also sync once at the start")
    .addOption(onlyOption())
    .addOption(skipOption())
    .addOption(deadlineOption("shortly before the first due time that is at least 25 minutes away"))
    .action(async (options: Options) => {
      const settings = config();
      const expression = options.cron ?? settings.SYNC_CRON;
      const timeZone = options.timeZone ?? settings.SYNC_TIME_ZONE;
      if (!isCron(expression)) {
        throw new ConfigError(`"${expression}" is not a cron expression`, {
          hint: "It has five fields: minute, hour, day of month, month, day of week. 0 2 * * * is every night at two.",
        });
      }
      if (timeZone !== undefined && !isTimeZone(timeZone)) {
        throw new ConfigError(`"${timeZone}" is not a time zone`, {
          hint: "Use an IANA name, such as Europe/Berlin.",
        });
      }
      const accounts = selectAccounts(settings, []);
      const { only, skip } = options;
      const selection = selectResources({ only, skip, setting: settings.SYNC_SKIP });
      refuseWrongCopy(settings);
      const log = logOn(terminal, settings);
      const signal = stopSignal();

      let running: Promise<void> | undefined;
      const syncOnce = async () => {
        const minutes =
          options.deadlineMinutes ??
          settings.SYNC_DEADLINE_MINUTES ??
          minutesUntilDue(times.next(dueTimesLookedAt, new Date()), new Date());
        const deadline = deadlineAfter(signal, minutes);
        const job = {
          path: settings.WAREHOUSE_PATH,
          ...selection,
          rules: rulesOf(settings),
          accounts: createApiClients(settings, accounts, { log, signal: deadline.signal }),
          trigger: "schedule",
          signal: deadline.signal,
        };
        try {
          const outcome = await runSync(job, terminal, log).finally(deadline.end);
          for (const line of reportLines(outcome.reports)) terminal.print(line);
          publishAfter(outcome, settings, log);
        } catch (error) {
          // The schedule outlives one bad night: the next one may find the disk or the lock free again.
          const known = error instanceof ExplainedError;
          log.error(known ? error.message : String((error as Error).stack), {
            hint: known ? error.hint : undefined,
          });
        }
      };
      const syncUnlessRunning = async () => {
        if (running) {
          log.warn("the previous sync is still running; this one is skipped");
          return;
        }
        running = syncOnce().finally(() => {
          running = undefined;
        });
        await running;
        if (!signal.aborted) announce();
      };

      cron.setLogger({
        debug: (message) => log.debug(String(message)),
        info: log.info,
        warn: log.warn,
        error: (message) => log.error(String(message)),
      });
      const times = dueTimes(expression, timeZone);
      let [due] = times.next(1, new Date());
      const announce = () => log.info("next sync", { at: due?.toISOString() });
      const syncIfDue = async () => {
        const now = new Date();
        if (due === undefined || now < due) return;
        const late = now.getTime() - due.getTime() > unnoticed;
        if (late) {
          log.warn("the machine was asleep or busy when this sync was due; syncing now", {
            due: due.toISOString(),
          });
        }
        [due] = times.next(1, now);
        await syncUnlessRunning();
      };
      // node-cron ticks, and asks no time zone: by itself it leaves out what clocks that change leave out.
      const task = cron.schedule(ticks(expression), syncIfDue, {
        suppressMissedWarning: true,
        timezone: "UTC",
      });
      task.on("execution:missed", syncIfDue);

      announce();
      if (options.now) await syncUnlessRunning();
      await stopped(signal);
      log.info("stopping");
      await task.destroy();
      await running;
      process.exitCode = exitCodes.complete;
    });
}

/** As often as the expression may be due: each second if it has seconds, else each minute. */
function ticks(expression: string): string {
  return expression.trim().split(/\s+/).length === 6 ? "* * * * * *" : "* * * * *";
}

// Milliseconds by which a tick may be late.
const unnoticed = 1000;

// Of a schedule that syncs every minute enough for the shortest deadline.
const dueTimesLookedAt = 30;

function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
