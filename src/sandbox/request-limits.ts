/** The limits on ChartMogul's page about rate limits; `Infinity` switches one off. */
export interface RequestLimits {
  /** Requests in any sliding second. Refused requests count as well. */
  requestsPerSecond: number;
  /** Requests in progress at once. */
  connections: number;
}

/** Counts the requests of one API key. Every request that it accepts needs one `finish`. */
export interface RequestLimiter {
  accept(milliseconds: number): "accepted" | "too many requests" | "too many connections";
  finish(): void;
}

/** Limits one API key. Whether the real limit is per key or per account is not documented. */
export function createRequestLimiter(limits: RequestLimits): RequestLimiter {
  let arrivals: number[] = [];
  let inProgress = 0;

  function tooFast(milliseconds: number): boolean {
    if (limits.requestsPerSecond === Number.POSITIVE_INFINITY) return false;
    arrivals = arrivals.filter((arrival) => milliseconds - arrival < 1000);
    arrivals.push(milliseconds);
    return arrivals.length > limits.requestsPerSecond;
  }

  return {
    accept(milliseconds) {
      if (tooFast(milliseconds)) return "too many requests";
      if (inProgress >= limits.connections) return "too many connections";
      inProgress += 1;
      return "accepted";
    },
    finish() {
      inProgress -= 1;
    },
  };
}
