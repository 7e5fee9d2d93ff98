import { createServer, type RequestListener, type Server } from "node:http";
import type { Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { apiErrorOf, clientOf, closedPort, inTurn, json, serve, silence, text, until } from "./serve.ts";

const body = { entries: [{ uuid: "cus_1", company: "Umbrella Makers ".repeat(40) }], has_more: false };
const whole = JSON.stringify(body);
const good = json(body);

/** Begins a reply, lets its first bytes arrive, then calls `rest`. */
const begun =
  (headers: Record<string, string>, rest: (socket: Socket) => void) =>
  (...[, response]: Parameters<RequestListener>) => {
    const { socket } = response;
    response.writeHead(200, { "content-type": "application/json", ...headers });
    response.write(whole.slice(0, 50), () => {
      if (socket) setTimeout(() => rest(socket), 10);
    });
  };

const wholeLength = { "content-length": String(whole.length) };
const gzipped = (bytes: Buffer, contentType: string): RequestListener => {
  return (_request, response) => {
    response.writeHead(200, { "content-type": contentType, "content-encoding": "gzip" }).end(bytes);
  };
};
const corrupt = gzipSync(whole);
corrupt.fill(0xff, 20, 40);

/** Sends a byte every 50 ms. */
const trickling: RequestListener = (_request, response) => {
  response.writeHead(200, { "content-type": "application/json" });
  const timer = setInterval(() => response.write(" "), 50);
  response.on("close", () => clearInterval(timer));
};

describe("a request is sent again after", () => {
  const soon = { firstByte: 250, complete: 500 };

  test.each<[string, RequestListener, typeof soon?]>([
    ["500 as text", text("500 Internal Server Error", "text/plain", 500)],
    ["502 as HTML", text("<html><h1>502 Bad Gateway</h1></html>", "text/html", 502)],
    ["504 as text", text("504 Gateway Timeout Error", "text/plain", 504)],
    ["504 with an empty body", text("", "text/html", 504)],
    ["500 as JSON", json({ message: "Try again" }, 500)],
    ["a reset before the answer", ({ socket }) => socket.resetAndDestroy()],
    ["an end before the answer", ({ socket }) => socket.end()],
    ["a reset in the middle of the body", begun(wholeLength, (socket) => socket.resetAndDestroy())],
    ["a body shorter than its content-length", begun(wholeLength, (socket) => socket.end())],
    ["a body without its last chunk", begun({}, (socket) => socket.end())],
    ["JSON that stops early", text(whole.slice(0, 50), "application/json")],
    ["no JSON at all under its content-type", text("", "application/json; charset=utf-8")],
    ["a corrupt gzip body", gzipped(corrupt, "application/json")],
    ["a gzip body that stops early", gzipped(gzipSync(whole).subarray(0, 40), "application/json")],
    ["a body that only claims to be gzip", gzipped(Buffer.from(whole), "text/plain")],
    ["no answer in time", silence, soon],
    ["a body that stalls", begun(wholeLength, () => {}), soon],
    ["a body that never ends", trickling, soon],
  ])("%s", async (_trouble, trouble, timeouts) => {
    const served = await serve(inTurn(trouble, trouble, good));
    const messages: string[] = [];
    const api = clientOf(served.url, {
      ...(timeouts && { timeouts }),
      onRetry: (message) => messages.push(message),
    });
    expect(await api.get("customers", { cursor: "c=" })).toEqual(body);
    expect(served.asked()).toEqual(Array(3).fill("customers?cursor=c%3D"));
    expect(messages).toEqual([
      expect.stringMatching(/^GET \/customers: .+; trying again \(1\)$/),
      expect.stringMatching(/^GET \/customers: .+; trying again \(2\)$/),
    ]);
  });

  test("a refused connection", async () => {
    const port = await closedPort();
    let server: Server | undefined;
    onTestFinished(() => {
      server?.closeAllConnections();
      server?.close();
    });
    const api = clientOf(`http://127.0.0.1:${port}/v1`, {
      firstDelay: 10,
      retries: 5,
      onRetry: () => {
        server ??= createServer(good).listen(port, "127.0.0.1");
      },
    });
    expect(await api.get("customers")).toEqual(body);
  });
});

describe("after too many requests the next one waits", () => {
  /** Milliseconds between the refused request and the one that was sent again. */
  async function waitAfter(
    refusal: RequestListener,
    options: Parameters<typeof clientOf>[1] = {},
  ): Promise<number> {
    const times: number[] = [];
    const answer = inTurn(refusal, good);
    const served = await serve((request, response) => {
      times.push(performance.now());
      answer(request, response);
    });
    expect(await clientOf(served.url, options).get("customers")).toEqual(body);
    const [first = 0, second = 0] = times;
    expect(times).toHaveLength(2);
    return second - first;
  }
  const refused = { code: 429, message: "Your request rate has exceeded our rate limit.", param: null };

  test("a second without Retry-After", async () => {
    expect(await waitAfter(json(refused, 429))).toBeGreaterThan(950);
  });

  test("a second after 503", async () => {
    expect(await waitAfter(text("Service unavailable", "text/plain", 503))).toBeGreaterThan(950);
  });

  test("as long as Retry-After says", async () => {
    expect(await waitAfter(json(refused, 429, { "retry-after": "0.6" }), { pause: 1 })).toBeGreaterThan(580);
  });
});

describe("no wait is shorter than the own one, whatever Retry-After says", () => {
  const past = "Sat, 28 Nov 2020 12:00:00 GMT";

  test.each([502, 503, 429])("%i for 0.8 s, with every odd value", async (status) => {
    await Promise.all(
      ["0", "-1", "-86400", "0.001", past, "soon", "", "0, 0", `0, ${past}`].map(async (retryAfter) => {
        const over = performance.now() + 800;
        const served = await serve((request, response) => {
          const answer = performance.now() > over ? good : json({}, status, { "retry-after": retryAfter });
          answer(request, response);
        });
        const api = clientOf(served.url, { retries: 6, firstDelay: 100, pause: 1 });
        expect(await api.get("customers")).toEqual(body);
        // 100, 200, 400 and 800 ms, each by chance up to half of it less.
        expect(served.requests.length).toBeLessThan(7);
      }),
    );
  });
});

describe("a wait of more than five minutes is cut to five, and announced", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const inAWeek = new Date(Date.now() + 7 * 86_400_000).toUTCString();

  test.each([
    ["3600", "ChartMogul asks to wait 3600 s; trying again after 300 s"],
    ["60, 3600", "ChartMogul asks to wait 3600 s; trying again after 300 s"],
    ["9".repeat(310), "ChartMogul asks to wait Infinity s; trying again after 300 s"],
    [inAWeek, "ChartMogul asks to wait 604"],
    ["300", "answered 429; trying again (1)"],
  ])("Retry-After: %s", async (retryAfter, words) => {
    const served = await serve(inTurn(json({}, 429, { "retry-after": retryAfter }), good));
    const messages: string[] = [];
    const answer = clientOf(served.url, { onRetry: (message) => messages.push(message) }).get("customers");
    await vi.advanceTimersByTimeAsync(50);
    while (messages.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(messages).toEqual([expect.stringContaining(words)]);
    await vi.advanceTimersByTimeAsync(299_000);
    expect(served.requests).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1200);
    expect(await answer).toEqual(body);
    expect(messages).toHaveLength(1);
  });
});

test("what the limit of the rate asks to wait, all requests of the key wait", async () => {
  const times: [path: string, at: number][] = [];
  const answer = inTurn(json({}, 429, { "retry-after": "0.5" }), good);
  const served = await serve((request, response) => {
    times.push([String(request.url), performance.now()]);
    answer(request, response);
  });
  const api = clientOf(served.url, { pause: 1 });
  const first = api.get("customers");
  await until(() => served.requests.length === 1);
  await new Promise((resolve) => setTimeout(resolve, 50));
  await Promise.all([first, api.get("plans"), api.patient.get("invoices")]);
  const [[, refusedAt] = ["", 0], ...others] = times;
  expect(others).toHaveLength(3);
  for (const [, at] of others) expect(at - refusedAt).toBeGreaterThan(480);
});

describe("a request is not sent again after", () => {
  test.each([400, 401, 402, 403, 404, 422])("%i", async (status) => {
    const served = await serve(inTurn(json({ message: "No" }, status), good));
    const messages: string[] = [];
    const api = clientOf(served.url, { onRetry: (message) => messages.push(message) });
    expect((await apiErrorOf(api.get("customers"))).status).toBe(status);
    expect(served.requests).toHaveLength(1);
    expect(messages).toEqual([]);
  });
});

test("a request is given up after its retries, with the status and the text of the last response", async () => {
  const first = text("500 Internal Server Error", "text/plain", 500);
  const served = await serve(inTurn(first, first, first, text("Gone fishing", "text/plain", 502)));
  const error = await apiErrorOf(clientOf(served.url, { retries: 3 }).get("plans"));
  expect(served.requests).toHaveLength(4);
  expect(error.message).toBe("ChartMogul answered GET /plans with 502: Gone fishing");
  expect(error.status).toBe(502);
  expect(error.hint).toBeDefined();
});

test("the status of an earlier attempt is not reported for one without a response", async () => {
  const failing = text("500 Internal Server Error", "text/plain", 500);
  const served = await serve(inTurn(failing, ({ socket }) => socket.resetAndDestroy()));
  const error = await apiErrorOf(clientOf(served.url, { retries: 1 }).get("plans"));
  expect(error.message).toMatch(/^no answer from ChartMogul for GET \/plans: /);
  expect(error.status).toBeUndefined();
});

describe("the error says the reason where there is no response", () => {
  test("a refused connection", async () => {
    const url = `http://127.0.0.1:${await closedPort()}/v1`;
    const error = await apiErrorOf(clientOf(url, { retries: 1 }).get("plans"));
    expect(error.message).toContain("ECONNREFUSED");
    expect(error.hint).toContain("CHARTMOGUL_API_URL");
    expect(error.status).toBeUndefined();
  });

  test.each<[string, RequestListener, string]>([
    ["silence", silence, "no answer within 0.1 s"],
    ["a stalled body", begun(wholeLength, () => {}), "the answer paused for 0.1 s"],
    ["a body that never ends", trickling, "no complete answer in time"],
    ["JSON that stops early", text(whole.slice(0, 50), "application/json"), "JSON is not complete"],
  ])("%s", async (_trouble, trouble, words) => {
    const served = await serve(trouble);
    const timeouts = { firstByte: 100, complete: 200 };
    const error = await apiErrorOf(clientOf(served.url, { retries: 0, timeouts }).get("plans"));
    expect(error.message).toContain(words);
  });
});

describe("a host that never responded is given up after five retries", () => {
  test("where it refuses connections", async () => {
    const messages: string[] = [];
    const api = clientOf(`http://127.0.0.1:${await closedPort()}/v1`, {
      retries: 8,
      onRetry: (message) => messages.push(message),
    });
    await apiErrorOf(api.get("account"));
    expect(messages).toHaveLength(5);
  });

  test("where it resets them", async () => {
    const served = await serve(({ socket }) => socket.resetAndDestroy());
    await apiErrorOf(clientOf(served.url, { retries: 8 }).get("account"));
    expect(served.requests).toHaveLength(6);
  });

  test("but not once it has responded", async () => {
    const served = await serve(inTurn(json({}), ({ socket }) => socket.resetAndDestroy()));
    const api = clientOf(served.url, { retries: 7 });
    await api.get("account");
    await apiErrorOf(api.get("customers"));
    expect(served.requests).toHaveLength(1 + 8);
  });
});
