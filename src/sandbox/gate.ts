/** The limits that ChartMogul's page on rate limits names; `Infinity` switches one off. */
export interface GateLimits {
  /** Requests in any sliding second; refused ones count as well. */
  requestsPerSecond: number;
  /** Answers in progress at once. */
  connections: number;
}

/** Counts the requests of one API key. Every `enter` that was answered "open" needs one `leave`. */
export interface Gate {
  enter(milliseconds: number): "open" | "too many requests" | "too many connections";
  leave(): void;
}

/** A gate for one API key. Whether the real limit is per key or per account is not documented. */
export function createGate(limits: GateLimits): Gate {
  let arrivals: number[] = [];
  let inside = 0;

  function tooFast(milliseconds: number): boolean {
    if (limits.requestsPerSecond === Number.POSITIVE_INFINITY) return false;
    arrivals = arrivals.filter((arrival) => milliseconds - arrival < 1000);
    arrivals.push(milliseconds);
    return arrivals.length > limits.requestsPerSecond;
  }

  return {
    enter(milliseconds) {
      if (tooFast(milliseconds)) return "too many requests";
      if (inside >= limits.connections) return "too many connections";
      inside += 1;
      return "open";
    },
    leave() {
      inside -= 1;
    },
  };
}
