import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type Answer, json, refuse, unavailable } from "./answer.ts";
import { createFaultCount, type Fault, type Misbehaviour } from "./faults.ts";
import { createGate, type Gate } from "./gate.ts";
import { inventAccounts } from "./invent.ts";
import { answerQuestion } from "./misbehave.ts";
import { createPort } from "./port.ts";
import { sendWrongly, statusSent } from "./send-wrongly.ts";
import type { World } from "./world.ts";

/** How the sandbox is served. The defaults are the limits of https://dev.chartmogul.com/docs/rate-limits. */
export interface SandboxOptions {
  /** 0, the default, takes any free port. Only 127.0.0.1 is bound. */
  port?: number;
  /** Milliseconds before each answer that is not refused by a limit; default 0. */
  latency?: number;
  /** For each API key, counted over a sliding second; default 40, above it 429. `Infinity` switches it off. */
  requestsPerSecond?: number;
  /** Answers in progress at once for each API key; default 20, above it 503. `Infinity` switches it off. */
  connections?: number;
  /** Records on a page at most; default 200, as ChartMogul has it. Small pages make a small account a long walk. */
  largestPage?: number;
  /** Default: the two accounts of `inventAccounts()`. */
  worlds?: World[];
  /** Default: none. Requests that are refused for their key or by a limit meet no fault. */
  faults?: Fault[];
}

/**
 * One answered request. `account` is the world's name, "" when no key fitted; `status` is 0 when a fault let none leave;
 * `at` is in milliseconds since the start.
 */
interface AnsweredRequest {
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
  /** Change these records between two requests and the next answer shows it. */
  worlds: World[];
  /** Add and remove faults between two requests and the next answer follows them. */
  faults: Fault[];
  /** In the order in which they were answered; empty it with `length = 0`. */
  requests: AnsweredRequest[];
  /** Ends open sockets too, so answers in progress are cut. Closing twice is the same as once. */
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

function refuseAt(gate: Gate, milliseconds: number): Answer | undefined {
  switch (gate.enter(milliseconds)) {
    case "too many requests":
      return refuse(429, "Your request rate has exceeded our rate limit.");
    case "too many connections":
      return unavailable();
    default:
      return undefined;
  }
}

/** Serves the worlds on loopback until closed. Rejects when the port is taken. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { latency = 0, requestsPerSecond = 40, connections = 20, largestPage } = options;
  const worlds = options.worlds ?? inventAccounts();
  const faults = options.faults ?? [];
  const count = createFaultCount();
  const gates = new Map<string, Gate>();
  const requests: AnsweredRequest[] = [];
  const startedAt = performance.now();

  function gateOf(world: World): Gate {
    const known = gates.get(world.key) ?? createGate({ requestsPerSecond, connections });
    gates.set(world.key, known);
    return known;
  }

  /** The one place where answers leave, or fail to. */
  function finish(
    request: IncomingMessage,
    response: ServerResponse,
    world: World | undefined,
    answer: Answer,
    what?: Misbehaviour,
  ): void {
    const { pathname, search } = new URL(request.url ?? "/", "http://sandbox");
    requests.push({
      method: request.method ?? "",
      path: pathname,
      query: search.slice(1),
      account: world?.name ?? "",
      status: statusSent(answer, what),
      at: performance.now() - startedAt,
    });
    if (what?.kind === "refuse") port.shut(what.milliseconds);
    else sendWrongly(request, response, answer, what);
  }

  function answerIn(world: World, request: IncomingMessage): { answer: Answer; what?: Misbehaviour } {
    const { pathname, search, searchParams } = new URL(request.url ?? "/", "http://sandbox");
    if (largestPage !== undefined) {
      const wanted = Number(searchParams.get("per_page") ?? largestPage);
      searchParams.set("per_page", String(Math.min(wanted, largestPage)));
    }
    try {
      const what = count.meet(faults, world.name, `${pathname}${search}`);
      const question = {
        world,
        method: request.method ?? "",
        path: pathname,
        query: searchParams,
        authorization: request.headers.authorization ?? "",
      };
      return { answer: answerQuestion(question, what), ...(what && { what }) };
    } catch (error) {
      // A broken world or fault must fail the one request, visibly, and not the test run.
      return { answer: json({ error: String(error) }, 500) };
    }
  }

  function respond(request: IncomingMessage, response: ServerResponse, world: World): void {
    const { answer, what } = answerIn(world, request);
    finish(request, response, world, answer, what);
  }

  const server = createServer((request, response) => {
    request.resume();
    const key = keyOf(request);
    const world = worlds.find((candidate) => candidate.key === key);
    if (world === undefined) {
      finish(request, response, undefined, refuse(401, "No valid API key provided"));
      return;
    }
    const gate = gateOf(world);
    const refusal = refuseAt(gate, performance.now());
    if (refusal !== undefined) {
      finish(request, response, world, refusal);
      return;
    }
    response.on("close", () => gate.leave());
    if (latency === 0) respond(request, response, world);
    else setTimeout(() => respond(request, response, world), latency);
  });
  // Longer than any test: a client must not meet a socket that closes while it is being reused.
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
