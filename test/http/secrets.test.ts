import type { RequestListener } from "node:http";
import { inspect } from "node:util";
import { expect, test } from "vitest";
import { apiErrorOf, clientOf, inTurn, json, KEY, serve, text } from "./serve.ts";

const BASE64 = Buffer.from(`${KEY}:`).toString("base64");
const ECHO = `key ${KEY}, header Basic ${BASE64}.`;

/** Everything that the operator or a log could see of a failed request. */
async function everythingShown(answer: RequestListener, retries = 0): Promise<string> {
  const messages: string[] = [];
  const served = await serve(answer);
  const api = clientOf(served.url, { retries, onRetry: (message) => messages.push(message) });
  const error = await apiErrorOf(api.get("customers"));
  expect(error.message).toContain("GET /customers");
  return inspect([error, error.message, error.hint, error.cause, error.stack, messages], {
    depth: 20,
    showHidden: true,
    breakLength: Number.POSITIVE_INFINITY,
  });
}

/** Six digits in a row are already too many to show. */
function expectNoPartOf(secret: string, messages: string): void {
  for (let start = 0; start + 6 <= secret.length; start += 1) {
    expect(messages).not.toContain(secret.slice(start, start + 6));
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
])("a key that the server echoes in %s is not shown", async (_where, answer) => {
  const messages = await everythingShown(answer, 1);
  expectNoPartOf(KEY, messages);
  expectNoPartOf(BASE64, messages);
  expect(messages).toContain("***");
});

test("a key in a cursor is not shown", async () => {
  const messages: string[] = [];
  const served = await serve(text("Internal Server Error", "text/plain", 500));
  const api = clientOf(served.url, { retries: 1, onRetry: (message) => messages.push(message) });
  const error = await apiErrorOf(api.get("customers", { cursor: KEY }));
  expect(messages).toHaveLength(1);
  expectNoPartOf(KEY, inspect([error, messages], { showHidden: true }));
});

test("no part of a key is shown where a long response is cut", async () => {
  for (const secret of [KEY, BASE64]) {
    for (let before = 125; before <= 160; before += 5) {
      const echo = `${"~".repeat(before)}${secret}${"~".repeat(200)}`;
      expectNoPartOf(secret, await everythingShown(text(echo, "text/plain", 500)));
      expectNoPartOf(secret, await everythingShown(json({ errors: echo }, 422)));
      expectNoPartOf(secret, await everythingShown(text(echo, "text/html")));
    }
  }
});

test("a request without a response does not show the key", async () => {
  const messages = await everythingShown(({ socket }) => socket.resetAndDestroy(), 2);
  expectNoPartOf(KEY, messages);
  expectNoPartOf(BASE64, messages);
});
