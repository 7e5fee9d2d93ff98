import { setMaxListeners } from "node:events";
import ky, { HTTPError } from "ky";
import pLimit from "p-limit";
import type { ApiClient, Query } from "../api/api-client.ts";
import { readProfile } from "../api/profile.ts";
import { ApiError, ExplainedError } from "../errors.ts";
import { legible } from "../json/legible-text.ts";
import { readJson } from "../json/read-json.ts";
import { writeJson } from "../json/write-json.ts";
import { textOf } from "./body.ts";
import { createPacer } from "./pacer.ts";
import { type Send, sendDirectly } from "./proxy.ts";
import { waitAsked } from "./retry-after.ts";

export interface ClientOptions {
  /** Up to and with `/v1`. */
  readonly url: string;
  readonly key: string;
  readonly requestsPerSecond: number;
  /** Requests in flight at once. */
  readonly connections: number;
  /** How often a request is sent again before it counts as failed. */
  readonly retries?: number;
  /** Milliseconds before the first retry; doubled for each one after it. */
  readonly firstDelay?: number;
  /** Milliseconds in which nothing is sent once ChartMogul has said that it had too many requests; by default a second. */
  readonly pause?: number;
  /** Milliseconds until the first byte of an answer, which is also how long it may pause, and until its last. */
  readonly timeouts?: { readonly firstByte: number; readonly complete: number };
  readonly signal?: AbortSignal;
  /** By default without a proxy. */
  readonly send?: Send;
  readonly now?: () => Date;
  /** Told before the wait for each retry, in words for the log. */
  readonly onRetry?: (message: string) => void;
}

// The official clients' limits (30 s to the first byte, 120 s in all); with these delays a request is given up after about four minutes.
const defaults = {
  retries: 10,
  firstDelay: 500,
  longestDelay: 60_000,
  timeouts: { firstByte: 30_000, complete: 120_000 },
};
// A host that never answered is more likely misspelt than down: say so after some 15 s.
const retriesOfFirstContact = 5;
const longestRetryAfter = 300_000;
const serverErrors = Array.from({ length: 100 }, (_, index) => 500 + index);
const retriedStatuses = [429, ...serverErrors];
const tooManyStatuses = [429, 503];
// The few listings that must be read one page after the other keep these places free of the many small requests.
const placesForListings = 4;

/** Reads one ChartMogul account over HTTP: GET only, never faster and never with more connections than allowed. */
export function createClient(options: ClientOptions): ApiClient {
  const { firstDelay = defaults.firstDelay, signal, now = () => new Date() } = options;
  const pacer = createPacer(options.requestsPerSecond, undefined, options.pause);
  const places = pLimit(options.connections);
  const patientPlaces = pLimit(Math.max(1, options.connections - placesForListings));
  let answeredOnce = false;
  const secrets = [options.key, Buffer.from(`${options.key}:`).toString("base64")];
  const conceal = (text: string) => secrets.reduce((rest, secret) => rest.replaceAll(secret, "***"), text);

  const api = ky.create({
    prefixUrl: options.url,
    headers: { accept: "application/json", authorization: `Basic ${secrets[1]}` },
    // Ours, below: ky's would count the wait for a turn and would not cover the body.
    timeout: false,
    retry: { limit: options.retries ?? defaults.retries },
    ...(signal ? { signal } : {}),
  });

  if (signal) {
    // Every request in flight listens; Node would take more than ten for a leak and warn.
    setMaxListeners(0, signal);
    // Whoever waits for a turn when the sync is stopped would wait for nothing.
    signal.addEventListener("abort", () => pacer.release(), { once: true });
  }

  /** Milliseconds before so many attempts are followed by another one; by chance up to half of them less, so that not all come at once. */
  const backOff = (attempt: number) =>
    Math.min(firstDelay * 2 ** (attempt - 1), defaults.longestDelay) * (0.5 + Math.random() / 2);

  async function get(patient: boolean, path: string, query: Query, once: boolean): Promise<unknown> {
    signal?.throwIfAborted();
    let answer: Answer | undefined;
    const attempt = async (request: Request): Promise<Response> => {
      await pacer.turn(patient);
      signal?.throwIfAborted();
      answer = undefined;
      answer = await receive(request, options.timeouts ?? defaults.timeouts, options.send);
      answeredOnce = true;
      // A limit of the rate is the key's: what another request would be told is known already.
      if (answer.status === 429) pacer.slowDown(Math.min(answer.waitAsked, longestRetryAfter));
      else if (tooManyStatuses.includes(answer.status)) pacer.slowDown();
      else pacer.recover();
      return new Response(null, { status: answer.status });
    };
    const searchParams = Object.fromEntries(
      Object.entries(query).map(([name, value]) => [name, String(value)]),
    );
    const shouldRetry = ({ error, retryCount }: { error: Error; retryCount: number }) => {
      const patienceLeft = answeredOnce || retryCount <= retriesOfFirstContact;
      if (once || signal?.aborted || !patienceLeft || !mayPass(error)) return false;
      options.onRetry?.(conceal(`GET /${path}: ${reason(error)}; ${inWords(asked())} (${retryCount})`));
      return true;
    };
    const asked = () => answer?.waitAsked ?? 0;
    // ky by itself would take Retry-After in place of the own delay, were it 0 or a moment of the past.
    const delay = (attempt: number) => Math.max(backOff(attempt), Math.min(asked(), longestRetryAfter));
    try {
      await api.get(path, {
        searchParams,
        retry: { shouldRetry, delay },
        fetch: (input) => attempt(input as Request),
      });
    } catch (error) {
      signal?.throwIfAborted();
      throw failed(path, error, answer, conceal);
    }
    if (answer?.json === undefined) throw notJson(path, answer, conceal);
    return answer.json.value;
  }

  const source = (patient: boolean, patientSource?: ApiClient): ApiClient => ({
    get: (path, query = {}, { once = false } = {}) => {
      const request = () => places(() => get(patient, path, query, once));
      return patient ? patientPlaces(request) : request();
    },
    profile() {
      return readProfile(this);
    },
    get patient() {
      return patientSource ?? this;
    },
    now,
  });
  return source(false, source(true));
}

/** True for what another attempt may get past: everything but an answer that says no. */
function mayPass(error: Error): boolean {
  return !(error instanceof HTTPError) || retriedStatuses.includes(error.response.status);
}

interface Answer {
  readonly status: number;
  /** The host to which a redirect leads, in words. */
  readonly leadsTo: string;
  /** Milliseconds, by Retry-After. */
  readonly waitAsked: number;
  readonly text: string;
  /** Undefined where the body is no JSON. */
  readonly json: { readonly value: unknown } | undefined;
}

/** Sends one request and reads its whole body, so that a body that breaks off is retried like a connection that does. */
async function receive(
  request: Request,
  timeouts: { firstByte: number; complete: number },
  send: Send = sendDirectly,
): Promise<Answer> {
  const controller = new AbortController();
  const stopAfter = (milliseconds: number, what: string) =>
    setTimeout(() => controller.abort(new Error(`${what} within ${milliseconds / 1000} s`)), milliseconds);
  const whole = stopAfter(timeouts.complete, "no complete answer");
  let next = stopAfter(timeouts.firstByte, "no answer");
  try {
    const signal = AbortSignal.any([request.signal, controller.signal]);
    const response = await send(request, { signal });
    clearTimeout(next);
    next = stopAfter(timeouts.firstByte, "no more of the answer");
    const text = await textOf(response, () => next.refresh());
    const json = parse(text);
    if (response.ok && !json && response.headers.get("content-type")?.includes("json")) {
      throw new Error("the answer broke off: its JSON is not complete");
    }
    return {
      status: response.status,
      leadsTo: whither(response.headers.get("location"), request.url),
      waitAsked: waitAsked(response.headers.get("retry-after")),
      text,
      json,
    };
  } finally {
    clearTimeout(whole);
    clearTimeout(next);
  }
}

const isRedirect = (status: number) => status >= 300 && status < 400;

/** Without path and query, in which there may be secrets. */
function whither(location: string | null, from: string): string {
  if (location === null || !URL.canParse(location, from)) return "elsewhere";
  const { protocol, host } = new URL(location, from);
  return `to ${protocol}//${host}`;
}

/** What follows on a failed attempt; a wait that is longer than we have patience for is told. */
function inWords(asked: number): string {
  if (asked <= longestRetryAfter) return "trying again";
  return `ChartMogul asks to wait ${Math.round(asked / 1000)} s; trying again after ${longestRetryAfter / 1000} s`;
}

function parse(text: string): { value: unknown } | undefined {
  try {
    return { value: readJson(text) };
  } catch {
    return undefined;
  }
}

const hints: Readonly<Record<number, string>> = {
  401: "Check the API key of this account: ChartMogul does not know it (in ChartMogul: Profile, API keys).",
  402: "ChartMogul asks for payment; look at the subscription of this ChartMogul account.",
  403: "The key may not read this, or the trial of this ChartMogul account has expired.",
  404: "ChartMogul does not have it; check CHARTMOGUL_API_URL if everything answers so. One list can be left out with SYNC_SKIP.",
  429: "The key is used by something else at the same time; lower CHARTMOGUL_REQUESTS_PER_SECOND or sync at another hour.",
  503: "Too many connections for this key; lower CHARTMOGUL_CONNECTIONS, or sync at another hour.",
};

function failed(
  path: string,
  error: unknown,
  answer: Answer | undefined,
  conceal: (text: string) => string,
): Error {
  if (error instanceof ExplainedError) return error;
  if (error instanceof HTTPError && answer && isRedirect(answer.status)) {
    const what = `ChartMogul answered GET /${path} with ${answer.status}, which leads ${answer.leadsTo}`;
    return new ApiError(conceal(`${what}, and the key is not sent there`), {
      status: answer.status,
      hint: "Check CHARTMOGUL_API_URL: something else answers in ChartMogul's place, such as a proxy or the login page of this network.",
    });
  }
  if (error instanceof HTTPError && answer) {
    const said = excerpt(conceal(wordsOf(answer)));
    return new ApiError(`ChartMogul answered GET /${path} with ${answer.status}${said && `: ${said}`}`, {
      status: answer.status,
      hint:
        hints[answer.status] ??
        (answer.status >= 500 ? "ChartMogul has trouble; sync again later." : "Report it."),
    });
  }
  return new ApiError(conceal(`no answer from ChartMogul for GET /${path}: ${reason(error)}`), {
    hint: "Check the network, CHARTMOGUL_API_URL and, where there is a proxy, HTTPS_PROXY; sync again later if they are right.",
  });
}

function notJson(path: string, answer: Answer | undefined, conceal: (text: string) => string): ApiError {
  return new ApiError(
    `the answer to GET /${path} is not JSON: ${excerpt(conceal(plain(answer?.text ?? "")))}`,
    {
      hint: "Something else than ChartMogul's API answered; check CHARTMOGUL_API_URL and any proxy.",
    },
  );
}

/** The words of an error answer; ChartMogul has at least four shapes for them. */
function wordsOf(answer: Answer): string {
  const body = answer.json?.value;
  if (typeof body !== "object" || body === null) return plain(answer.text);
  const { message, error } = body as { message?: unknown; error?: unknown };
  const words = message ?? error;
  return typeof words === "string" ? words : writeJson(body);
}

/** The words of a text without the tags of HTML. */
function plain(text: string): string {
  return (
    text
      .replace(/<[^>]*>/g, " ")
      .replace(/\s+/g, " ")
      .trim() || "an empty body"
  );
}

/** The beginning of a text that conceals its secrets already: half a secret would not be found any more. */
function excerpt(text: string): string {
  return legible(text.length > 160 ? `${text.slice(0, 160)}…` : text);
}

/** fetch says "fetch failed" and hides the reason in its causes. */
function reason(error: unknown): string {
  if (error instanceof HTTPError) return `answered ${error.response.status}`;
  let deepest = error;
  while (deepest instanceof Error && deepest.cause instanceof Error) deepest = deepest.cause;
  if (!(deepest instanceof Error)) return String(deepest);
  const { code } = deepest as { code?: unknown };
  return deepest.message || (typeof code === "string" ? code : deepest.name);
}
