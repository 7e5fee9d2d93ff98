/** By which signal the program of a query ends itself when its time is over; by any other it ran out of memory. */
export const endOfTime: NodeJS.Signals = "SIGTERM";
export const endOfMemory: NodeJS.Signals = "SIGKILL";

/** What the thread that watches a query is told. */
export interface WatchLimits {
  readonly milliseconds: number;
  /** Of the whole program. */
  readonly bytes: number;
}
