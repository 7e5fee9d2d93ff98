import cron from "node-cron";
import { ExplainedError } from "../errors.ts";
import type { Log } from "../log.ts";
import type { DueTimes } from "./due-times.ts";

interface Schedule {
  readonly times: DueTimes;
  /** Whether the first sync is due at the start. */
  readonly startNow: boolean;
  readonly syncOnce: () => Promise<void>;
  readonly log: Log;
  /** Ends the schedule; a sync that is running has to end by itself. */
  readonly signal: AbortSignal;
}

/** Syncs at the due times until the signal is aborted and the last sync has ended. Never two at a time. */
export async function runSchedule({ times, startNow, syncOnce, log, signal }: Schedule): Promise<void> {
  let running: Promise<void> | undefined;
  let [due] = times.next(1, new Date());
  const logNext = () => log.info("next sync", { at: due?.toISOString() });

  const syncUnlessRunning = async () => {
    if (running) return log.warn("the previous sync is still running; this one is skipped");
    running = syncOnce()
      .catch((error) => logFailure(log, error))
      .finally(() => {
        running = undefined;
      });
    await running;
    if (!signal.aborted) logNext();
  };

  const syncIfDue = async () => {
    const now = new Date();
    if (due === undefined || now < due) return;
    if (now.getTime() - due.getTime() > latestTick) {
      log.warn("the machine was asleep or busy when this sync was due; syncing now", {
        due: due.toISOString(),
      });
    }
    [due] = times.next(1, now);
    await syncUnlessRunning();
  };

  const ticks = startTicks(times.hasSeconds, syncIfDue, log);
  logNext();
  if (startNow) await syncUnlessRunning();
  await waitForAbort(signal);
  log.info("stopping");
  await ticks.destroy();
  await running;
}

/** The schedule outlives a sync that fails: the next one may find the disk or the lock free again. */
function logFailure(log: Log, error: unknown): void {
  if (error instanceof ExplainedError) log.error(error.message, { hint: error.hint });
  else log.error(String(error instanceof Error ? error.stack : error));
}

/** Calls `onTick` as often as a sync may be due: every second where the expression has seconds, else every minute. */
function startTicks(hasSeconds: boolean, onTick: () => Promise<void>, log: Log) {
  cron.setLogger({
    debug: (message) => log.debug(String(message)),
    info: log.info,
    warn: log.warn,
    error: (message) => log.error(String(message)),
  });
  // node-cron only ticks, in UTC: in a time zone it leaves out what a change of clocks leaves out.
  const ticks = cron.schedule(hasSeconds ? "* * * * * *" : "* * * * *", onTick, {
    suppressMissedWarning: true,
    timezone: "UTC",
  });
  ticks.on("execution:missed", onTick);
  return ticks;
}

// Milliseconds by which a tick may be late before that is worth a warning.
const latestTick = 1000;

function waitForAbort(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
