import type { RequestListener } from "node:http";
import { inspect } from "node:util";
import { expect, test } from "vitest";
import { apiErrorOf, clientOf, inTurn, json, KEY, serve, text } from "./serve.ts";

const BASE64 = Buffer.from(`${KEY}:`).toString("base64");
const ECHO = `key ${KEY}, header Basic ${BASE64}.`;

/** Everything that the operator or a log could see of a failed request. */
async function everythingTold(answer: RequestListener, retries = 0): Promise<string> {
  const told: string[] = [];
  const served = await serve(answer);
  const api = clientOf(served.url, { retries, onRetry: (message) => told.push(message) });
  const error = await apiErrorOf(api.get("customers"));
  expect(error.message).toContain("GET /customers");
  return inspect([error, error.message, error.hint, error.cause, error.stack, told], {
    depth: 20,
    showHidden: true,
    breakLength: Number.POSITIVE_INFINITY,
  });
}

/** Six digits in a row are already too many to show. */
function expectNoPartOf(secret: string, told: string): void {
  for (let start = 0; start + 6 <= secret.length; start += 1) {
    expect(told).not.toContain(secret.slice(start, start + 6));
  }
}

test.each<[string, RequestListener]>([
  ["a message", json({ code: 401, message: ECHO, param: null }, 401)],
  ["an error", json({ error: ECHO }, 404)],
  ["errors by field", json({ errors: { [KEY]: ECHO } }, 422)],
  ["plain text", text(ECHO, "text/plain", 500)],
  ["a tag's text", text(`<p>${KEY}</p><p>${BASE64}</p>`, "text/html", 502)],
  ["a page that is not JSON", text(`<p>${ECHO}</p>`, "text/html")],
  ["the reason of a retry", inTurn(text(ECHO, "text/plain", 500), text(ECHO, "text/plain", 400))],
])("a key that the server echoes in %s is told to nobody", async (_where, answer) => {
  const told = await everythingTold(answer, 1);
  expectNoPartOf(KEY, told);
  expectNoPartOf(BASE64, told);
  expect(told).toContain("***");
});

test("a key that stands in a cursor is told to nobody", async () => {
  const told: string[] = [];
  const served = await serve(text("Internal Server Error", "text/plain", 500));
  const api = clientOf(served.url, { retries: 1, onRetry: (message) => told.push(message) });
  const error = await apiErrorOf(api.get("customers", { cursor: KEY }));
  expect(told).toHaveLength(1);
  expectNoPartOf(KEY, inspect([error, told], { showHidden: true }));
});

test("no part of a key is told where a long answer is cut", async () => {
  for (const secret of [KEY, BASE64]) {
    for (let before = 125; before <= 160; before += 5) {
      const echo = `${"~".repeat(before)}${secret}${"~".repeat(200)}`;
      expectNoPartOf(secret, await everythingTold(text(echo, "text/plain", 500)));
      expectNoPartOf(secret, await everythingTold(json({ errors: echo }, 422)));
      expectNoPartOf(secret, await everythingTold(text(echo, "text/html")));
    }
  }
});

test("a request without an answer does not tell the key", async () => {
  const told = await everythingTold(({ socket }) => socket.resetAndDestroy(), 2);
  expectNoPartOf(KEY, told);
  expectNoPartOf(BASE64, told);
});
