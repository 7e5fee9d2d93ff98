import type { Config } from "../config.ts";
import { publishWarehouse, refuseAsCopy } from "../database/publish.ts";
import { ExplainedError } from "../errors.ts";
import type { Log } from "../log.ts";
import { type ExitCode, exitCodes } from "./command.ts";
import { decideSyncExitCode, isComplete, type SyncOutcome } from "./sync-outcome.ts";

/** Throws a WarehouseError where no copy can be published to the place that the settings name: better before a sync than after it. */
export function refuseWrongCopy({ WAREHOUSE_PATH, WAREHOUSE_PUBLISH_PATH }: Config): void {
  if (WAREHOUSE_PUBLISH_PATH !== undefined) refuseAsCopy(WAREHOUSE_PATH, WAREHOUSE_PUBLISH_PATH);
}

/**
 * Publishes the warehouse, if the settings say where to and the sync was complete, also where single records are missing. Gives the
 * exit code of the sync. Without its copy a sync has failed; the log says why there is none.
 */
export function publishAfterSync(outcome: SyncOutcome, settings: Config, log: Log): ExitCode {
  const { WAREHOUSE_PATH: warehouse, WAREHOUSE_PUBLISH_PATH: copy } = settings;
  if (copy === undefined || !isComplete(outcome)) return decideSyncExitCode(outcome);
  try {
    publishWarehouse(warehouse, copy);
    log.info("published", { warehouse, copy });
    return decideSyncExitCode(outcome);
  } catch (error) {
    if (!(error instanceof ExplainedError)) throw error;
    log.error(`not published: ${error.message}`, { hint: error.hint });
    return exitCodes.failed;
  }
}
