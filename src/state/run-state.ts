import { isLocked } from "../database/lock.ts";
import type { WarehouseFile } from "../database/open-read-only.ts";
import { type RunStatus, readLastRuns } from "./status.ts";

/**
 * The last run of each account. A run that could not record its end stands in the warehouse as running until the next sync says
 * better: its process was killed, or the disk was full. Here it is interrupted.
 */
export function readCurrentRuns(warehouse: WarehouseFile): RunStatus[] {
  return readLastRuns(warehouse).map((run) => asItIs(run, warehouse.path));
}

/** A schedule outlives a run that could not record its end, so that its process alone proves nothing. */
function asItIs(run: RunStatus, path: string): RunStatus {
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
