/** By which signal the program of a query ends itself when its time is over; by any other it ran out of memory. */
export const endOfTime: NodeJS.Signals = "SIGTERM";
export const endOfMemory: NodeJS.Signals = "SIGKILL";

/** The limits that the watching thread of a query enforces. */
export interface WatchLimits {
  readonly milliseconds: number;
  /** Of the whole program. */
  readonly bytes: number;
}
