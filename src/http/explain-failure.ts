import { HTTPError, TimeoutError } from "ky";
import { ApiError, ExplainedError } from "../errors.ts";
import { makeLegible } from "../json/legible-text.ts";
import { readJson } from "../json/read-json.ts";
import { writeJson } from "../json/write-json.ts";
import { NotJsonError } from "./receive.ts";
import type { Redact } from "./redact.ts";

const hints: Readonly<Record<number, string>> = {
  401: "Check the API key of this account: ChartMogul does not know it (in ChartMogul: Profile, API keys).",
  402: "ChartMogul asks for payment; look at the subscription of this ChartMogul account.",
  403: "The key may not read this, or the trial of this ChartMogul account has expired.",
  404: "ChartMogul does not have it; check CHARTMOGUL_API_URL if every request ends so. SYNC_SKIP leaves out single listings.",
  429: "Something else uses the key at the same time; lower CHARTMOGUL_REQUESTS_PER_SECOND or sync at another hour.",
  503: "Too many connections for this key; lower CHARTMOGUL_CONNECTIONS or sync at another hour.",
};

/** The error for a request that failed for good: what ChartMogul said, without the key, and what to do about it. */
export async function explainFailure(path: string, error: unknown, redact: Redact): Promise<Error> {
  if (error instanceof ExplainedError) return error;
  if (error instanceof HTTPError) return explainRefusal(path, error, redact);
  if (error instanceof NotJsonError) return explainPage(path, error, redact);
  return new ApiError(redact(`no answer from ChartMogul for GET /${path}: ${describeFailure(error)}`), {
    hint: "Check the network, CHARTMOGUL_API_URL and, where there is a proxy, HTTPS_PROXY; sync again later if they are right.",
  });
}

/** Why one attempt failed, in a few words. They may hold the key. */
export function describeFailure(error: unknown): string {
  if (error instanceof HTTPError) return `answered ${error.response.status}`;
  if (error instanceof TimeoutError) return "no complete answer in time";
  // fetch says "fetch failed" and hides the reason in its causes.
  let deepest = error;
  while (deepest instanceof Error && deepest.cause instanceof Error) deepest = deepest.cause;
  if (!(deepest instanceof Error)) return String(deepest);
  const { code } = deepest as { code?: unknown };
  return deepest.message || (typeof code === "string" ? code : deepest.name);
}

async function explainRefusal(
  path: string,
  { request, response }: HTTPError,
  redact: Redact,
): Promise<ApiError> {
  const { status, headers } = response;
  const answered = `ChartMogul answered GET /${path} with ${status}`;
  if (status < 400) {
    const target = describeTarget(headers.get("location"), request.url);
    return new ApiError(redact(`${answered}, which leads ${target}, and the key is not sent there`), {
      status,
      hint: "Check CHARTMOGUL_API_URL: something else answers in ChartMogul's place, such as a proxy or the login page of this network.",
    });
  }
  const said = excerpt(redact(wordsOf(await response.text())));
  return new ApiError(`${answered}: ${said}`, {
    status,
    hint: hints[status] ?? (status >= 500 ? "ChartMogul has trouble; sync again later." : "Report it."),
  });
}

function explainPage(path: string, { text }: NotJsonError, redact: Redact): ApiError {
  return new ApiError(`the answer to GET /${path} is not JSON: ${excerpt(redact(stripTags(text)))}`, {
    hint: "Something other than ChartMogul's API answered; check CHARTMOGUL_API_URL and any proxy.",
  });
}

/** Where a redirect leads, without path and query, which may hold secrets. */
function describeTarget(location: string | null, from: string): string {
  if (location === null || !URL.canParse(location, from)) return "elsewhere";
  const { protocol, host } = new URL(location, from);
  return `to ${protocol}//${host}`;
}

/** What the body of a refusal says; ChartMogul has at least four shapes for it. */
function wordsOf(text: string): string {
  const body = readBody(text);
  if (typeof body !== "object" || body === null) return stripTags(text);
  const { message, error } = body as { message?: unknown; error?: unknown };
  const words = message ?? error;
  return typeof words === "string" ? words : writeJson(body);
}

function readBody(text: string): unknown {
  try {
    return readJson(text);
  } catch {
    return undefined;
  }
}

/** The words of a text without the tags of HTML. */
function stripTags(text: string): string {
  const words = text.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
  return words.trim() || "an empty body";
}

/** The beginning of a text that was redacted already: half a secret would not be found any more. */
function excerpt(text: string): string {
  return makeLegible(text.length > 160 ? `${text.slice(0, 160)}…` : text);
}
