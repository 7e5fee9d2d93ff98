import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createReply } from "./create-reply.ts";
import { createFaultCounter, type Fault, type FaultEffect } from "./faults.ts";
import { generateAccounts } from "./generate-world.ts";
import { createPort } from "./port.ts";
import { type Reply, refuse, refuseConnection, replyJson } from "./reply.ts";
import { createRequestLimiter, type RequestLimiter } from "./request-limits.ts";
import { getSentStatus, sendFaulty } from "./send-faulty.ts";
import type { World } from "./world.ts";

/** The settings of a sandbox. The defaults are the limits of https://dev.chartmogul.com/docs/rate-limits. */
export interface SandboxOptions {
  /** 0, the default, takes any free port. Only 127.0.0.1 is bound. */
  port?: number;
  /** Milliseconds before each reply that is not refused by a limit; default 0. */
  latency?: number;
  /**
   * Requests of each API key in a sliding second; default 40. A request above it gets 429. `Infinity` switches the limit off.
   */
  requestsPerSecond?: number;
  /**
   * Requests of each API key in progress at once; default 20. A request above it gets 503. `Infinity` switches the limit off.
   */
  connections?: number;
  /** Records on a page at most; default 200, as at ChartMogul. With small pages a small account makes long walks. */
  largestPage?: number;
  /** Default: the two accounts of `generateAccounts()`. */
  worlds?: World[];
  /** Default: none. Requests that are refused for their key or by a limit get no fault. */
  faults?: Fault[];
}

/**
 * A request that was replied to. `account` is the name of its world, "" where no key fitted; `status` is 0 where a fault sent none;
 * `at` is in milliseconds since the start.
 */
interface RepliedRequest {
  method: string;
  path: string;
  query: string;
  account: string;
  status: number;
  at: number;
}

/** A running sandbox. */
export interface Sandbox {
  /** The base of all paths, such as http://127.0.0.1:4010/v1. */
  url: string;
  /** Change these records between two requests and the next reply shows it. */
  worlds: World[];
  /** Add and remove faults between two requests and the next reply follows them. */
  faults: Fault[];
  /** In the order of their replies; empty it with `length = 0`. */
  requests: RepliedRequest[];
  /** Ends open sockets too, so replies in progress are cut. Closing twice is the same as once. */
  close(): Promise<void>;
}

function keyOf(request: IncomingMessage): string | undefined {
  const [scheme, encoded] = (request.headers.authorization ?? "").split(" ");
  if (scheme?.toLowerCase() !== "basic" || encoded === undefined) return undefined;
  const credentials = Buffer.from(encoded, "base64").toString("utf8");
  const colon = credentials.indexOf(":");
  const key = colon === -1 ? credentials : credentials.slice(0, colon);
  const password = colon === -1 ? "" : credentials.slice(colon + 1);
  return password === "" || password === key ? key : undefined;
}

function refuseAboveLimits(limiter: RequestLimiter, milliseconds: number): Reply | undefined {
  switch (limiter.accept(milliseconds)) {
    case "too many requests":
      return refuse(429, "Your request rate has exceeded our rate limit.");
    case "too many connections":
      return refuseConnection();
    default:
      return undefined;
  }
}

/** The path and the parameters that a request asks for. */
function addressOf(request: IncomingMessage): URL {
  return new URL(request.url ?? "/", "http://sandbox");
}

/** Lets no page be larger than this. */
function limitPage(query: URLSearchParams, largestPage: number): void {
  const wanted = Number(query.get("per_page") ?? largestPage);
  query.set("per_page", String(Math.min(wanted, largestPage)));
}

/** What the log keeps of a request. */
function describeRequest(request: IncomingMessage): Pick<RepliedRequest, "method" | "path" | "query"> {
  const { pathname, search } = addressOf(request);
  return { method: request.method ?? "", path: pathname, query: search.slice(1) };
}

/** A reply, and what a fault does to it. */
interface FaultyReply {
  readonly reply: Reply;
  readonly effect?: FaultEffect;
}

function prepareReplies(faults: Fault[], largestPage: number | undefined) {
  const counter = createFaultCounter();
  return (world: World, request: IncomingMessage): FaultyReply => {
    const { pathname: path, search, searchParams: query } = addressOf(request);
    if (largestPage !== undefined) limitPage(query, largestPage);
    try {
      const effect = counter.match(faults, world.name, `${path}${search}`);
      const { method = "", headers } = request;
      const accepted = { world, method, path, query, authorization: headers.authorization ?? "" };
      return { reply: createReply(accepted, effect), ...(effect && { effect }) };
    } catch (error) {
      // A broken world or fault must fail the one request, visibly, and not the test run.
      return { reply: replyJson({ error: String(error) }, 500) };
    }
  };
}

/** Finds the limiter of an API key; each key has its own. */
function prepareLimiters(limits: Parameters<typeof createRequestLimiter>[0]) {
  const limiters = new Map<string, RequestLimiter>();
  return (key: string): RequestLimiter => {
    const limiter = limiters.get(key) ?? createRequestLimiter(limits);
    limiters.set(key, limiter);
    return limiter;
  };
}

/** Serves the worlds on loopback until closed. Rejects when the port is taken. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { latency = 0, requestsPerSecond = 40, connections = 20, largestPage } = options;
  const worlds = options.worlds ?? generateAccounts();
  const faults = options.faults ?? [];
  const createFaultyReply = prepareReplies(faults, largestPage);
  const findLimiter = prepareLimiters({ requestsPerSecond, connections });
  const requests: RepliedRequest[] = [];
  const startedAt = performance.now();

  /** The only place where replies are sent, or withheld. */
  function finish(
    request: IncomingMessage,
    response: ServerResponse,
    world: World | undefined,
    reply: Reply,
    effect?: FaultEffect,
  ): void {
    requests.push({
      ...describeRequest(request),
      account: world?.name ?? "",
      status: getSentStatus(reply, effect),
      at: performance.now() - startedAt,
    });
    if (effect?.kind === "refuse") port.shut(effect.milliseconds);
    else sendFaulty(request, response, reply, effect);
  }

  function respond(request: IncomingMessage, response: ServerResponse, world: World): void {
    const { reply, effect } = createFaultyReply(world, request);
    finish(request, response, world, reply, effect);
  }

  const server = createServer((request, response) => {
    request.resume();
    const key = keyOf(request);
    const world = worlds.find((candidate) => candidate.key === key);
    if (world === undefined) {
      finish(request, response, undefined, refuse(401, "No valid API key provided"));
      return;
    }
    const limiter = findLimiter(world.key);
    const refusal = refuseAboveLimits(limiter, performance.now());
    if (refusal !== undefined) {
      finish(request, response, world, refusal);
      return;
    }
    response.on("close", () => limiter.finish());
    if (latency === 0) respond(request, response, world);
    else setTimeout(() => respond(request, response, world), latency);
  });
  // The timeout is longer than any test: a client must not reuse a socket that is just closing.
  server.keepAliveTimeout = 60_000;

  const port = createPort(server);
  return {
    url: `http://127.0.0.1:${await port.open(options.port ?? 0)}/v1`,
    worlds,
    faults,
    requests,
    close: () => port.close(),
  };
}
