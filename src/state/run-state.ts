import { isLocked } from "../database/lock.ts";
import type { WarehouseFile } from "../database/open-read-only.ts";
import { type RunStatus, readLastRuns } from "./status.ts";

/**
 * Reads the last run of each account. A run that could not record its end is `running` in the warehouse until the next sync: its process
 * was killed, or the disk was full. Here it is `interrupted`.
 */
export function readCurrentRuns(warehouse: WarehouseFile): RunStatus[] {
  return readLastRuns(warehouse).map((run) => correctStatus(run, warehouse.path));
}

/** A live process proves nothing: a schedule outlives a run that could not record its end. */
function correctStatus(run: RunStatus, path: string): RunStatus {
  if (run.status !== "running") return run;
  const alive = isAlive(run.process_id);
  if (alive && isLocked(path)) return run;
  const process = `its process ${run.process_id} ${alive ? "is no longer syncing" : "is gone"}`;
  return { ...run, status: "interrupted", error: `it was cut off: ${process}` };
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
