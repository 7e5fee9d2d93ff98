/**
 * The signal by which a query's process ends itself when its time is over. Any other signal means that it ran out of memory.
 */
export const endOfTime: NodeJS.Signals = "SIGTERM";
export const endOfMemory: NodeJS.Signals = "SIGKILL";

/** The limits that the watching thread of a query enforces. */
export interface WatchLimits {
  readonly milliseconds: number;
  /** Bytes of memory of the whole process. */
  readonly bytes: number;
}
