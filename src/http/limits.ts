import pLimit from "p-limit";
import { createPacer } from "./pacer.ts";
import { readRetryAfter } from "./retry-after.ts";
import { longestRetryAfter } from "./retry-policy.ts";

/** What one API key may ask of ChartMogul. */
export interface LimitOptions {
  readonly requestsPerSecond: number;
  /** Requests in flight at once. */
  readonly connections: number;
  /** Milliseconds in which nothing is sent once ChartMogul has said that it had too many requests; by default a second. */
  readonly pause?: number;
}

/** Keeps the requests of one API key within its limits. */
export interface Limits {
  /** Runs a request with its retries as soon as there is a connection for it; a patient one leaves some to the others. */
  connect<Result>(patient: boolean, request: () => Promise<Result>): Promise<Result>;
  /** Resolves when the next attempt may be sent; patient ones let all others go first. Gives a function to call when it leaves. */
  waitForTurn(patient: boolean): Promise<() => void>;
  /** Slows down after a response that says there were too many requests, and speeds up again after any other. */
  adaptTo(response: Pick<Response, "status" | "headers">): void;
  /** Ends all waits for a turn: for a stop, after which nothing is sent. */
  release(): void;
}

// The few listings that must be read one page after the other keep these connections free of the many small requests.
const connectionsForListings = 4;

/** Creates the limits of one API key. */
export function createLimits({ requestsPerSecond, connections, pause }: LimitOptions): Limits {
  const pacer = createPacer(requestsPerSecond, undefined, pause);
  const all = pLimit(connections);
  const patientOnes = pLimit(Math.max(1, connections - connectionsForListings));
  return {
    connect: (patient, request) => (patient ? patientOnes(() => all(request)) : all(request)),
    waitForTurn: (patient) => pacer.turn(patient),
    adaptTo({ status, headers }) {
      // The rate is limited by key: any other request would be refused, too.
      if (status === 429) {
        pacer.slowDown(Math.min(readRetryAfter(headers.get("retry-after")), longestRetryAfter));
      } else if (status === 503) pacer.slowDown();
      else pacer.recover();
    },
    release: () => pacer.release(),
  };
}
