import ky, { type AfterResponseHook, HTTPError, type RetryOptions } from "ky";
import { readRetryAfter } from "./retry-after.ts";

/** How often a request is sent again, and after which waits. */
export interface RetryPolicy {
  /** The retries of one request before it counts as failed. */
  readonly retries: number;
  /** Milliseconds before the first retry; each later wait is twice as long, up to a minute. */
  readonly firstDelay: number;
}

/** For a sync: it gives a request up after two to four minutes. */
export const retryForMinutes: RetryPolicy = { retries: 10, firstDelay: 500 };

/** For a question that someone waits for: it gives up after two to four seconds. */
export const retryForSeconds: RetryPolicy = { retries: 3, firstDelay: 500 };

/** For a check, which reports the trouble. */
export const retryOnce: RetryPolicy = { retries: 1, firstDelay: 500 };

const longestDelay = 60_000;
/** The longest wait, in milliseconds, that Retry-After can bring about. */
export const longestRetryAfter = 300_000;
// A host that never answered is more likely misspelt than down: say so after some 15 s.
const retriesOfFirstContact = 5;

/** What a retry depends on besides its policy. */
export interface Attempts {
  /** Sends the request only once. */
  readonly once: boolean;
  /** True as soon as ChartMogul has answered any request of this client. */
  hasAnswered(): boolean;
  /** True once the client was stopped. */
  isStopped(): boolean;
  /** The reason of a failure, in words. */
  describe(error: unknown): string;
  /** Called before the wait for each retry, with a sentence and the number of the retry. */
  announce(sentence: string, retry: number): void;
}

/** A policy as ky takes it. */
interface Retry {
  readonly options: RetryOptions;
  /** Makes the wait for a retry at least as long as Retry-After asks. */
  readonly waitAsAsked: AfterResponseHook;
}

/** The retries of one request by this policy: everything is retried that another attempt may get past. */
export function createRetry({ retries, firstDelay }: RetryPolicy, attempts: Attempts): Retry {
  const limit = attempts.once ? 0 : retries;
  const delay = (retry: number) => Math.min(firstDelay * 2 ** (retry - 1), longestDelay);
  // Up to half of it less, by chance: requests that failed together do not come back together.
  const jitter = (wait: number) => wait * (0.5 + Math.random() / 2);
  return {
    options: {
      limit,
      delay,
      jitter,
      shouldRetry({ error, retryCount }) {
        if (attempts.isStopped() || !mayPass(error)) return false;
        if (!attempts.hasAnswered() && retryCount > retriesOfFirstContact) return false;
        // Here and not in beforeRetry, which ky calls after the wait: that may take minutes.
        attempts.announce(`${attempts.describe(error)}; trying again`, retryCount);
        return true;
      },
    },
    // ky by itself waits for Retry-After in place of the delay, and not at all where it is 0 or a moment of the past.
    waitAsAsked(_request, _options, { status, headers }, { retryCount }) {
      const asked = readRetryAfter(headers.get("retry-after"));
      if (asked === 0 || retryCount >= limit || !mayRecover(status)) return;
      const retry = retryCount + 1;
      attempts.announce(`answered ${status}; ${announceWait(asked)}`, retry);
      return ky.retry({ delay: Math.max(jitter(delay(retry)), Math.min(asked, longestRetryAfter)) });
    },
  };
}

/** True for what another attempt may get past: everything but a response that refuses. */
function mayPass(error: Error): boolean {
  return !(error instanceof HTTPError) || mayRecover(error.response.status);
}

/** True for the status of a response that another attempt may get past. */
function mayRecover(status: number): boolean {
  return status === 429 || status >= 500;
}

function announceWait(asked: number): string {
  if (asked <= longestRetryAfter) return "trying again";
  return `ChartMogul asks to wait ${Math.round(asked / 1000)} s; trying again after ${longestRetryAfter / 1000} s`;
}
