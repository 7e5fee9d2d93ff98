import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import type { ApiClient, Listing, Page, Start } from "../../src/api/api-client.ts";
import { ApiError } from "../../src/errors.ts";
import { type ClientOptions, createClient } from "../../src/http/client.ts";
import type { RetryPolicy } from "../../src/http/retry-policy.ts";

/** Looks like a key of ChartMogul: 32 hexadecimal digits. */
export const KEY = "0123456789abcdef89abcdef01234567";

export interface Served {
  /** What a client takes as its URL. */
  readonly url: string;
  /** Every request in the order of arrival. */
  readonly requests: readonly IncomingMessage[];
  /** The path below `/v1` and the query of every request, as they were sent. */
  asked(): string[];
}

/** Starts a server on loopback that is closed after the test together with all its connections. */
export async function serve(answer: RequestListener): Promise<Served> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  onTestFinished(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    asked: () => requests.map(({ url = "" }) => url.replace(/^\/v1\//, "")),
  };
}

/** A port of loopback on which nothing listens. */
export async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Gives each request the next answer; the last one is given to all that follow. */
export function inTurn(...answers: readonly [RequestListener, ...RequestListener[]]): RequestListener {
  let place = 0;
  return (request, response) => {
    const answer = answers[Math.min(place, answers.length - 1)] ?? answers[0];
    place += 1;
    answer(request, response);
  };
}

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): RequestListener {
  return text(JSON.stringify(body), "application/json; charset=utf-8", status, headers);
}

export function text(
  body: string,
  contentType: string,
  status = 200,
  headers: Record<string, string> = {},
): RequestListener {
  return (_request, response) => {
    response.writeHead(status, { "content-type": contentType, ...headers }).end(body);
  };
}

/** Takes the request and never says anything. */
export const silence: RequestListener = () => {};

/** A client that is fast and gives up soon, except where the options say otherwise. */
export function clientOf(
  url: string,
  { retries = 3, firstDelay = 1, ...options }: Partial<ClientOptions & RetryPolicy> = {},
): ApiClient {
  return createClient({
    url,
    key: KEY,
    requestsPerSecond: 1000,
    connections: 20,
    retry: { retries, firstDelay },
    ...options,
  });
}

/** The ApiError with which this ends; anything else fails the test. */
export async function apiErrorOf(promise: Promise<unknown>): Promise<ApiError> {
  const end = await promise.then(
    (value) => ({ value }),
    (error: unknown) => error,
  );
  if (end instanceof ApiError) return end;
  throw new Error("an ApiError was due", { cause: end });
}

/** All pages of a listing, in order. */
export async function pagesOf(listing: Listing, api: ApiClient, start: Start = {}): Promise<Page[]> {
  const pages: Page[] = [];
  for await (const page of listing.pages(api, start)) pages.push(page);
  return pages;
}

/** Waits until something holds, for as long as the test may last. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
}
