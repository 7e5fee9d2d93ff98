import { setMaxListeners } from "node:events";
import ky from "ky";
import type { ApiClient, Query } from "../api/api-client.ts";
import { readProfile } from "../api/profile.ts";
import { describeFailure, explainFailure } from "./explain-failure.ts";
import { createLimits, type LimitOptions } from "./limits.ts";
import { receive } from "./receive.ts";
import { createRedact, encodeCredentials } from "./redact.ts";
import { createRetry, type RetryPolicy, retryForMinutes } from "./retry-policy.ts";
import { type Send, sendDirectly } from "./send.ts";

export interface ClientOptions extends LimitOptions {
  /** Up to and with `/v1`. */
  readonly url: string;
  readonly key: string;
  /** By default that of a sync. */
  readonly retry?: RetryPolicy;
  /** Milliseconds until the first byte of an answer, which is also how long it may pause, and until its last. */
  readonly timeouts?: { readonly firstByte: number; readonly complete: number };
  readonly signal?: AbortSignal;
  /** By default without a proxy. */
  readonly send?: Send;
  readonly now?: () => Date;
  /** Called before the wait for each retry, in words for the log. */
  readonly onRetry?: (message: string) => void;
}

// Those of ChartMogul's own clients.
const usualTimeouts = { firstByte: 30_000, complete: 120_000 };

/** Reads one ChartMogul account over HTTP: GET only, never faster and never with more connections than allowed. */
export function createClient(options: ClientOptions): ApiClient {
  const { url, key, retry = retryForMinutes, timeouts = usualTimeouts, send = sendDirectly } = options;
  const { signal, onRetry, now = () => new Date() } = options;
  const limits = createLimits(options);
  const redact = createRedact(key);
  let hasAnswered = false;

  const api = ky.create({
    prefixUrl: url,
    headers: { accept: "application/json", authorization: `Basic ${encodeCredentials(key)}` },
    timeout: timeouts.complete,
    hooks: {
      afterResponse: [
        (_request, _options, response) => {
          hasAnswered = true;
          limits.adaptTo(response);
        },
      ],
    },
    ...(signal ? { signal } : {}),
  });

  if (signal) {
    // Every request in flight listens; Node would take more than ten for a leak and warn.
    setMaxListeners(0, signal);
    // Whoever waits for a turn when the sync is stopped would wait for nothing.
    signal.addEventListener("abort", () => limits.release(), { once: true });
  }

  async function get(path: string, query: Query, patient: boolean, once: boolean): Promise<unknown> {
    signal?.throwIfAborted();
    const { options: retries, waitAsAsked } = createRetry(retry, {
      once,
      hasAnswered: () => hasAnswered,
      isStopped: () => signal?.aborted === true,
      describe: describeFailure,
      announce: (sentence, count) => onRetry?.(redact(`GET /${path}: ${sentence} (${count})`)),
    });
    let onLeave = () => {};
    const waitForTurn = async () => {
      onLeave = await limits.waitForTurn(patient);
      signal?.throwIfAborted();
    };
    try {
      const response = await api.get(path, {
        searchParams: { ...query },
        retry: retries,
        fetch: (input, init) => receive(new Request(input, init), send, timeouts.firstByte, onLeave),
        hooks: { beforeRequest: [waitForTurn], afterResponse: [waitAsAsked] },
      });
      return await response.json();
    } catch (error) {
      signal?.throwIfAborted();
      throw await explainFailure(path, error, redact);
    }
  }

  const createApi = (patient: boolean, patientApi?: ApiClient): ApiClient => ({
    get: (path, query = {}, { once = false } = {}) =>
      limits.connect(patient, () => get(path, query, patient, once)),
    profile() {
      return readProfile(this);
    },
    get patient() {
      return patientApi ?? this;
    },
    now,
  });
  return createApi(false, createApi(true));
}
