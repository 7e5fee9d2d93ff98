import { createServer } from "node:http";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Fault, FaultEffect } from "../../src/sandbox/faults.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { type Client, clientOf, serve, smallWorld } from "./serve.ts";

type Row = Record<string, unknown>;

const SMALL = smallWorld(12);
const KEY = SMALL.key;

/** A world of its own for each test: a deletion changes its lists and maps, but no record. */
const world = () => ({
  ...SMALL,
  subscriptions: new Map(SMALL.subscriptions),
  importSubscriptions: new Map(SMALL.importSubscriptions),
});

/** A small account that misbehaves in these ways. */
async function misbehaving(...faults: Fault[]): Promise<{ sandbox: Sandbox; client: Client }> {
  const sandbox = await serve({ worlds: [world()], faults });
  return { sandbox, client: clientOf(sandbox) };
}

/** Misbehaves so at the first customer page of a small account, and rightly after it. */
function once(what: FaultEffect): Promise<{ sandbox: Sandbox; client: Client }> {
  return misbehaving({ path: "^/v1/customers", times: 1, what });
}

/** What the network says when a request fails. */
async function failureOf(request: Promise<unknown>): Promise<string> {
  const error = await request.then(
    () => {
      throw new Error("a failure was due");
    },
    (thrown: unknown) => thrown,
  );
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && "code" in cause ? String(cause.code) : String(error);
}

/** True when something comes within the time; false after it. */
function comesWithin(milliseconds: number, promise: Promise<unknown>): Promise<boolean> {
  const reconciled = promise.then(
    () => true,
    () => true,
  );
  return Promise.race([
    reconciled,
    new Promise<false>((resolve) => setTimeout(() => resolve(false), milliseconds)),
  ]);
}

const entriesOf = (body: { entries?: Row[] }) => body.entries ?? [];
const statuses = (sandbox: Sandbox) => sandbox.requests.map(({ status }) => status);

/** The first page of customers as it should be, and as a fault has it. */
async function bothPages(what: FaultEffect, path = "/customers?per_page=3") {
  const { client, sandbox } = await once(what);
  const bent = await client.body(path);
  const right = await client.body(path);
  expect(statuses(sandbox)).toEqual([200, 200]);
  return { bent, right, client, sandbox };
}

describe("an error status", () => {
  test("is JSON in ChartMogul's shape, once, and is logged", async () => {
    const { client, sandbox } = await once({ kind: "status", status: 502 });
    const answer = await client.response("/customers");
    expect(answer.status).toBe(502);
    expect(answer.headers.get("content-type")).toContain("application/json");
    expect(answer.headers.has("retry-after")).toBe(false);
    expect(await answer.json()).toEqual({ code: 502, message: "Bad Gateway", param: null });
    expect((await client.response("/customers")).status).toBe(200);
    expect(sandbox.requests).toMatchObject([
      { path: "/v1/customers", account: "test", status: 502 },
      { path: "/v1/customers", account: "test", status: 200 },
    ]);
  });

  test("says of too many requests what ChartMogul says, with the Retry-After that was asked for", async () => {
    const { client } = await once({ kind: "status", status: 429, retryAfter: "7" });
    const answer = await client.response("/customers");
    expect(answer.headers.get("retry-after")).toBe("7");
    expect(await answer.text()).toBe(
      '{"code":429,"message":"Your request rate has exceeded our rate limit.","param":null}',
    );
  });

  test.each([
    { body: "text", type: "text/plain", says: /^504 Gateway Timeout$/ },
    { body: "html", type: "text/html", says: /^<!DOCTYPE html>.*<h1>504 Gateway Timeout<\/h1>/s },
  ] as const)("is $type of a proxy", async ({ body, type, says }) => {
    const { client } = await once({ kind: "status", status: 504, body });
    const answer = await client.response("/customers");
    expect(answer.status).toBe(504);
    expect(answer.headers.get("content-type")).toContain(type);
    expect(await answer.text()).toMatch(says);
  });

  test.each(["json", "text", "html"] as const)("repeats key and header in its %s", async (body) => {
    const { client } = await once({ kind: "status", status: 403, body, echo: true });
    const words = await (await client.response("/customers")).text();
    expect(words).toContain(`key ${KEY}`);
    expect(words).toContain(`Basic ${Buffer.from(`${KEY}:`).toString("base64")}`);
  });
});

test("an HTML page comes with status 200", async () => {
  const { client } = await once({ kind: "html" });
  const answer = await client.response("/customers");
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-type")).toContain("text/html");
  expect(await answer.text()).toMatch(/^<!DOCTYPE html>/);
  expect(entriesOf(await client.body("/customers"))).toHaveLength(12);
});

describe("on the way", () => {
  test("a reset before the reply is a reset connection without status", async () => {
    const { client, sandbox } = await once({ kind: "reset" });
    expect(await failureOf(client.response("/customers"))).toBe("ECONNRESET");
    expect((await client.response("/customers")).status).toBe(200);
    expect(statuses(sandbox)).toEqual([0, 200]);
  });

  test.each([
    { kind: "resetInBody", code: "ECONNRESET" },
    { kind: "cut", code: "UND_ERR_SOCKET" },
  ] as const)("$kind breaks off after status and headers", async ({ kind, code }) => {
    const { client, sandbox } = await once({ kind });
    const answer = await client.response("/customers");
    const right = await client.response("/customers");
    expect(answer.status).toBe(200);
    const text = await right.text();
    expect(Number(answer.headers.get("content-length"))).toBe(Buffer.byteLength(text));
    expect(await failureOf(answer.text())).toBe(code);
    expect(statuses(sandbox)).toEqual([200, 200]);
  });

  test("broken gzip cannot be read, be it large or small", async () => {
    const { client, sandbox } = await misbehaving({ path: "", times: 2, what: { kind: "gzip" } });
    for (const path of ["/customers", "/ping"]) {
      const answer = await client.response(path);
      expect(answer.status).toBe(200);
      expect(answer.headers.get("content-encoding")).toBe("gzip");
      expect(await failureOf(answer.text())).toBe("Z_DATA_ERROR");
    }
    expect(await client.body("/ping")).toEqual({ data: "pong!" });
    expect(statuses(sandbox)).toEqual([200, 200, 200]);
  });

  test("a stalled reply has begun and does not end until the sandbox is closed", async () => {
    const { client, sandbox } = await once({ kind: "stall" });
    const answer = await client.response("/customers");
    expect(answer.status).toBe(200);
    const reader = answer.body?.getReader();
    expect((await reader?.read())?.value?.byteLength).toBeGreaterThan(100);
    const rest = reader?.read() ?? Promise.resolve();
    expect(await comesWithin(100, rest)).toBe(false);
    expect((await client.response("/customers")).status).toBe(200);
    await sandbox.close();
    expect(await failureOf(rest)).toBe("UND_ERR_SOCKET");
  });

  test("silence lasts until the sandbox is closed, and is logged without status", async () => {
    const { client, sandbox } = await once({ kind: "silence" });
    const silent = client.response("/customers");
    expect(await comesWithin(100, silent)).toBe(false);
    expect((await client.response("/customers")).status).toBe(200);
    await sandbox.close();
    expect(await failureOf(silent)).toBe("UND_ERR_SOCKET");
    expect(statuses(sandbox)).toEqual([0, 200]);
  });
});

describe("a refused connection", () => {
  test("ends every open one, and the same port serves again afterwards", async () => {
    const { client, sandbox } = await misbehaving(
      { path: "/plans", what: { kind: "silence" } },
      { path: "/customers", times: 1, what: { kind: "refuse", milliseconds: 200 } },
    );
    const silent = client.response("/plans");
    await expect.poll(() => sandbox.requests.length).toBe(1);
    const begun = performance.now();
    expect(await failureOf(client.response("/customers"))).toBe("UND_ERR_SOCKET");
    expect(await failureOf(silent)).toBe("UND_ERR_SOCKET");
    expect(await failureOf(client.response("/customers"))).toBe("ECONNREFUSED");
    const again = async () => (await client.response("/customers")).status;
    await expect.poll(() => again().catch(() => 0), { interval: 10 }).toBe(200);
    expect(performance.now() - begun).toBeGreaterThan(190);
    expect(statuses(sandbox)).toEqual([0, 0, 200]);
  });

  test("may come again and again", async () => {
    const { client } = await misbehaving({
      path: "/ping",
      times: 2,
      what: { kind: "refuse", milliseconds: 20 },
    });
    const seen: string[] = [];
    while (!seen.includes("200")) {
      const answer = client.response("/ping").then(({ status }) => String(status));
      const end = await answer.catch(() => failureOf(answer));
      if (end !== seen.at(-1)) seen.push(end);
    }
    expect(seen).toEqual(["UND_ERR_SOCKET", "ECONNREFUSED", "UND_ERR_SOCKET", "ECONNREFUSED", "200"]);
  });

  test("lasts until the program that took the port has closed it", async () => {
    const { client, sandbox } = await once({ kind: "refuse", milliseconds: 50 });
    await failureOf(client.response("/customers"));
    const borrower = createServer((_request, response) => void response.writeHead(418).end());
    onTestFinished(() => void borrower.close());
    await new Promise<void>((resolve) =>
      borrower.listen(Number(new URL(sandbox.url).port), "127.0.0.1", resolve),
    );
    await new Promise((resolve) => setTimeout(resolve, 120));
    expect((await client.response("/customers")).status).toBe(418);
    borrower.close();
    borrower.closeAllConnections();
    const again = async () => (await client.response("/customers")).status;
    await expect.poll(() => again().catch(() => 0), { interval: 10 }).toBe(200);
  });

  test("does not outlive the sandbox", async () => {
    const { client, sandbox } = await once({ kind: "refuse", milliseconds: 50 });
    await failureOf(client.response("/customers"));
    await sandbox.close();
    await new Promise((resolve) => setTimeout(resolve, 120));
    expect(await failureOf(client.response("/customers"))).toBe("ECONNREFUSED");
  });
});

describe("an altered record", () => {
  test.each([
    { field: "name", value: { unexpected: true } },
    { field: "mrr", value: "not a number" },
    { field: "attributes", value: "neither a list nor an object" },
    { field: "data_source_uuids", value: "neither a list nor an object" },
  ])("has another type in $field, in the first record only", async ({ field, value }) => {
    const { bent, right } = await bothPages({ kind: "wrongType", field });
    const [first, ...others] = entriesOf(right);
    expect(entriesOf(bent)).toEqual([{ ...first, [field]: value }, ...others]);
    expect(others).toHaveLength(2);
  });

  test("has another type in every record with everyRecord", async () => {
    const { bent, right } = await bothPages({ kind: "wrongType", field: "mrr", everyRecord: true });
    expect(entriesOf(bent)).toEqual(entriesOf(right).map((row) => ({ ...row, mrr: "not a number" })));
  });

  test("may be the only one of an answer that is no list", async () => {
    const { client } = await misbehaving({
      path: "/account",
      times: 1,
      what: { kind: "wrongType", field: "currency" },
    });
    const [bent, right] = [await client.body("/account"), await client.body("/account")];
    expect(bent).toEqual({ ...right, currency: { unexpected: true } });
  });

  test("has lost its key", async () => {
    const { bent, right } = await bothPages({ kind: "noKey" });
    const [{ uuid, ...first } = {}, ...others] = entriesOf(right);
    expect(uuid).toMatch(/^cus_/);
    expect(entriesOf(bent)).toEqual([first, ...others]);
  });

  test("has lost what it has instead of a uuid", async () => {
    const { client } = await misbehaving({ path: "/metrics", times: 1, what: { kind: "noKey" } });
    const path = "/metrics/mrr?start-date=2026-03-04&end-date=2026-03-05&interval=day";
    const [bent, right] = [await client.body(path), await client.body(path)];
    const [{ date, ...first } = {}, ...others] = entriesOf(right);
    expect(date).toBe("2026-03-04");
    expect(entriesOf(bent)).toEqual([first, ...others]);
  });

  test("has grown by five megabytes", async () => {
    const { bent, right } = await bothPages({ kind: "large", bytes: 5_000_000 });
    const [{ padding, ...first } = {}, ...others] = entriesOf(bent);
    expect(String(padding)).toHaveLength(5_000_000);
    expect([first, ...others]).toEqual(entriesOf(right));
  });
});

describe("an altered page", () => {
  test("has a null before its records", async () => {
    const { bent, right } = await bothPages({ kind: "null" });
    expect(entriesOf(bent)).toEqual([null, ...entriesOf(right)]);
  });

  test("is found under the key of its list, whatever that is", async () => {
    const paths = [
      ["/plans", "plans"],
      ["/plan_groups", "plan_groups"],
      ["/invoices", "invoices"],
      ["/subscription_events", "subscription_events"],
      ["/data_sources", "data_sources"],
      ["/contacts", "entries"],
    ] as const;
    const { client } = await misbehaving({ path: "", what: { kind: "null" } });
    for (const [path, key] of paths) expect((await client.body(path))[key]).toContain(null);
  });

  test("begins a listing whose cursor stays the same", async () => {
    const { client, sandbox } = await misbehaving({ path: "/customers", what: { kind: "sameCursor" } });
    const first = await client.body("/customers?per_page=20");
    expect(first).toMatchObject({ has_more: true, cursor: expect.any(String) });
    const next = `/customers?per_page=20&cursor=${encodeURIComponent(first.cursor ?? "")}`;
    expect(await client.body(next)).toEqual({ entries: [], has_more: true, cursor: first.cursor });
    sandbox.faults.length = 0;
    expect(await client.body(next)).toMatchObject({ has_more: false });
  });

  test("in the middle of a listing names the cursor of the request again", async () => {
    const { client } = await misbehaving({ path: "cursor=", times: 1, what: { kind: "sameCursor" } });
    const { cursor } = await client.body("/customers?per_page=3");
    const next = `/customers?per_page=3&cursor=${encodeURIComponent(cursor ?? "")}`;
    const [bent, right] = [await client.body(next), await client.body(next)];
    expect(right.cursor).not.toBe(cursor);
    expect(bent).toEqual({ ...right, cursor });
  });

  test("is empty although there is more", async () => {
    const { bent, right } = await bothPages({ kind: "emptyPage" });
    expect(right).toMatchObject({ has_more: true, cursor: expect.any(String) });
    expect(bent).toEqual({ ...right, entries: [] });
  });

  test("has no more although there is", async () => {
    const { bent, right, client } = await bothPages({ kind: "loseRest" });
    expect(right["has_more"]).toBe(true);
    expect(bent).toEqual({ ...right, has_more: false });
    expect(await client.readAll("/customers?per_page=3")).toHaveLength(12);
  });

  test("shows its first record twice where none was before it", async () => {
    const { bent, right } = await bothPages({ kind: "twice" });
    expect(entriesOf(bent)).toEqual([entriesOf(right)[0], ...entriesOf(right)]);
  });

  test.each([
    { path: "/customers?per_page=3", key: "entries" },
    { path: "/invoices?per_page=3&validation_type=all", key: "invoices" },
    { path: "/activities?per_page=3", key: "entries" },
  ])("of $path shows the last record of the page before it again", async ({ path, key }) => {
    const { client } = await misbehaving({ path: "cursor=", from: 2, times: 1, what: { kind: "twice" } });
    const bent = await client.readAll(path, key);
    const right = await client.readAll(path, key);
    expect(right.length).toBeGreaterThan(9);
    // The sixth record ends the second page; the second request with a cursor is the third page.
    expect(bent).toEqual([...right.slice(0, 6), right[5], ...right.slice(6)]);
  });

  test("leaves alone what it does not fit: an empty list, a list without pages, an error", async () => {
    const kinds: FaultEffect[] = [
      { kind: "wrongType", field: "name" },
      { kind: "noKey" },
      { kind: "twice" },
      { kind: "sameCursor" },
      { kind: "emptyPage" },
    ];
    const { client, sandbox } = await misbehaving();
    const empty = await client.response("/customers?status=Nowhere");
    const missing = await client.response("/customers/cus_nobody");
    const sources = await client.response("/data_sources");
    const [emptyText, missingText, sourcesText] = [
      await empty.text(),
      await missing.text(),
      await sources.text(),
    ];
    for (const what of kinds) {
      sandbox.faults.splice(0, 1, { path: "", what });
      expect(await (await client.response("/customers?status=Nowhere")).text()).toBe(emptyText);
      expect(await (await client.response("/customers/cus_nobody")).text()).toBe(missingText);
      if (what.kind === "sameCursor" || what.kind === "emptyPage") {
        expect(await (await client.response("/data_sources")).text()).toBe(sourcesText);
      }
    }
  });
});

test("a customer vanishes between the list and what is asked about it", async () => {
  const { client, sandbox } = await misbehaving({
    path: "/customers/[^/]+/subscriptions",
    times: 1,
    what: { kind: "deleteCustomer" },
  });
  const before = entriesOf(await client.body("/customers"));
  const [first, second] = before.map((row) => String(row["uuid"]));
  const gone = await client.response(`/customers/${first}/subscriptions`);
  expect(gone.status).toBe(404);
  expect(await gone.json()).toEqual({ code: 404, message: "Customer not found", param: null });
  expect((await client.response(`/customers/${second}/subscriptions`)).status).toBe(200);
  expect(entriesOf(await client.body("/customers"))).toEqual(before.slice(1));
  // Asked again, it is as gone as before.
  sandbox.faults.push({ path: `/customers/${first}`, what: { kind: "deleteCustomer" } });
  expect((await client.response(`/customers/${first}`)).status).toBe(404);
});

describe("the requests that a fault hits", () => {
  const unwell: FaultEffect = { kind: "status", status: 500 };
  const pings = (count: number) => Array.from({ length: count }, () => "/ping");
  const asked = async (client: Client, ...paths: string[]) => {
    const seen: number[] = [];
    for (const path of paths) seen.push((await client.response(path)).status);
    return seen;
  };

  test("are those whose path and query match", async () => {
    const { client } = await misbehaving({ path: "^/v1/customers\\?.*per_page=3", what: unwell });
    const paths = ["/customers", "/customers?status=Active&per_page=3", "/contacts?per_page=3"];
    expect(await asked(client, ...paths)).toEqual([200, 500, 200]);
  });

  test("are those of the account, or of any, but not those without a known key", async () => {
    const worlds = [world(), { ...world(), name: "other", key: "other-key" }];
    const faults: Fault[] = [
      { account: "other", path: "/account", what: unwell },
      { path: "/ping", what: unwell },
    ];
    const sandbox = await serve({ worlds, faults });
    const paths = ["/account", "/ping"];
    expect(await asked(clientOf(sandbox), ...paths)).toEqual([200, 500]);
    expect(await asked(clientOf(sandbox, "other-key"), ...paths)).toEqual([500, 500]);
    expect(await asked(clientOf(sandbox, "nobody"), ...paths)).toEqual([401, 401]);
  });

  test("are counted from the first one on, as many as are wanted, and other requests do not count", async () => {
    const { client } = await misbehaving({ path: "/ping", from: 2, times: 2, what: unwell });
    const paths = ["/ping", "/account", "/ping", "/account", "/ping", "/ping"];
    expect(await asked(client, ...paths)).toEqual([200, 200, 500, 200, 500, 200]);
  });

  test("are all from one on where no number is given", async () => {
    const { client } = await misbehaving({ path: "/ping", from: 3, what: unwell });
    expect(await asked(client, ...pings(5))).toEqual([200, 200, 500, 500, 500]);
  });

  test("are counted by each fault for itself, and the first that is due has its way", async () => {
    const { client } = await misbehaving(
      { path: "/ping", from: 2, times: 1, what: { kind: "status", status: 502 } },
      { path: "/ping", times: 3, what: { kind: "status", status: 503 } },
    );
    expect(await asked(client, ...pings(4))).toEqual([503, 502, 503, 200]);
  });

  test("follow the list as it is changed", async () => {
    const { client, sandbox } = await misbehaving();
    const fault: Fault = { path: "/ping", times: 1, what: unwell };
    sandbox.faults.push(fault);
    expect(await asked(client, "/ping", "/ping")).toEqual([500, 200]);
    // The same object continues its count, an equal one begins again.
    sandbox.faults.splice(0, 1, { ...fault });
    expect(await asked(client, "/ping")).toEqual([500]);
    sandbox.faults.splice(0, 1, fault);
    expect(await asked(client, "/ping")).toEqual([200]);
    sandbox.faults.push({ path: "/ping", what: unwell });
    expect(await asked(client, "/ping")).toEqual([500]);
    sandbox.faults.length = 0;
    expect(await asked(client, "/ping")).toEqual([200]);
  });

  test("do not include those that a limit refuses", async () => {
    const faults: Fault[] = [{ path: "/ping", from: 2, what: unwell }];
    const sandbox = await serve({ worlds: [world()], requestsPerSecond: 1, faults });
    expect(await asked(clientOf(sandbox), "/ping", "/ping")).toEqual([200, 429]);
    await new Promise((resolve) => setTimeout(resolve, 1050));
    expect(await asked(clientOf(sandbox), "/ping")).toEqual([500]);
  });

  test("fail visibly where the expression is invalid", async () => {
    const { client } = await misbehaving({ path: "(", what: unwell });
    const answer = await client.response("/ping");
    expect(answer.status).toBe(500);
    expect(await answer.text()).toContain("Invalid regular expression");
  });
});
