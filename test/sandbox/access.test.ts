import { expect, test } from "vitest";
import { clientOf, serve, serveSmall, smallWorld } from "./serve.ts";

const REFUSAL = '{"code":401,"message":"No valid API key provided","param":null}';

test("a wrong key, a missing key and a wrong password are refused with the recorded body", async () => {
  const { sandbox, world } = await serveSmall();
  const answers = [
    await clientOf(sandbox, "nobody").response("/ping"),
    await fetch(`${sandbox.url}/ping`),
    await fetch(`${sandbox.url}/ping`, { headers: { authorization: `Bearer ${world.key}` } }),
    await clientOf(sandbox, world.key, "secret").response("/ping"),
  ];
  for (const answer of answers) {
    expect(answer.status).toBe(401);
    expect(await answer.text()).toBe(REFUSAL);
  }
});

test("the key is accepted with an empty password and with itself as password", async () => {
  const { sandbox, world, client } = await serveSmall();
  expect(await client.body("/ping")).toEqual({ data: "pong!" });
  expect((await clientOf(sandbox, world.key, world.key).response("/ping")).status).toBe(200);
});

test("the 41st request within a second is refused without Retry-After, and another key is not affected", async () => {
  const worlds = [smallWorld(5), { ...smallWorld(5), name: "other", key: "sandbox-other-key" }];
  const sandbox = await serve({ worlds, requestsPerSecond: 40 });
  const client = clientOf(sandbox);
  const answers = await Promise.all(Array.from({ length: 41 }, () => client.response("/ping")));
  const refused = answers.filter((answer) => answer.status === 429);
  expect(refused).toHaveLength(1);
  expect(await refused[0]?.text()).toBe(
    '{"code":429,"message":"Your request rate has exceeded our rate limit.","param":null}',
  );
  expect(refused[0]?.headers.has("retry-after")).toBe(false);
  expect((await clientOf(sandbox, "sandbox-other-key").response("/ping")).status).toBe(200);
});

test("after a second of silence requests are served again", async () => {
  const sandbox = await serve({ worlds: [smallWorld(5)], requestsPerSecond: 1 });
  const client = clientOf(sandbox);
  expect((await client.response("/ping")).status).toBe(200);
  expect((await client.response("/ping")).status).toBe(429);
  await new Promise((resolve) => setTimeout(resolve, 1050));
  expect((await client.response("/ping")).status).toBe(200);
});

test("the 21st request in progress is refused as plain text", async () => {
  const sandbox = await serve({ worlds: [smallWorld(5)], connections: 20, latency: 300 });
  const client = clientOf(sandbox);
  const answers = await Promise.all(Array.from({ length: 21 }, () => client.response("/ping")));
  const refused = answers.filter((answer) => answer.status === 503);
  expect(refused).toHaveLength(1);
  expect(refused[0]?.headers.get("content-type")).toBe("text/plain");
  expect(refused[0]?.headers.has("retry-after")).toBe(false);
  expect((await client.response("/ping")).status).toBe(200);
});

test("every request is logged with its account and status", async () => {
  const { sandbox, client } = await serveSmall();
  await client.response("/plans?per_page=3");
  await clientOf(sandbox, "nobody").response("/ping");
  const seen = sandbox.requests.map(({ at: _at, ...request }) => request);
  expect(seen).toEqual([
    { method: "GET", path: "/v1/plans", query: "per_page=3", account: "test", status: 200 },
    { method: "GET", path: "/v1/ping", query: "", account: "", status: 401 },
  ]);
});

test("large replies are compressed when the client accepts it, small ones are not", async () => {
  const { client } = await serveSmall();
  const large = await client.response("/customers");
  expect(large.headers.get("content-encoding")).toBe("gzip");
  expect(large.headers.get("content-type")).toBe("application/json; charset=utf-8");
  expect((await client.response("/ping")).headers.has("content-encoding")).toBe(false);
});

test("closing ends replies in progress", async () => {
  const sandbox = await serve({ worlds: [smallWorld(5)], latency: 5000 });
  const pending = clientOf(sandbox).response("/ping");
  const failed = expect(pending).rejects.toThrow();
  await new Promise((resolve) => setTimeout(resolve, 50));
  await sandbox.close();
  await failed;
});

test("an unknown path and another method are refused", async () => {
  const { sandbox, world, client } = await serveSmall();
  const authorization = `Basic ${Buffer.from(`${world.key}:`).toString("base64")}`;
  expect((await client.response("/subscriptions")).status).toBe(404);
  const posted = await fetch(`${sandbox.url}/customers`, { method: "POST", headers: { authorization } });
  expect(posted.status).toBe(405);
});
