import type { RequestListener } from "node:http";
import { describe, expect, test } from "vitest";
import { clientOf, inTurn, json, serve, silence, text, until } from "./serve.ts";

// Every wait that is ended here would last a minute or more.
describe("a stop at once ends", { timeout: 5000 }, () => {
  const reason = new Error("stopped by the caller");

  function stoppable(url: string, options: Parameters<typeof clientOf>[1] = {}) {
    const controller = new AbortController();
    const api = clientOf(url, { ...options, signal: controller.signal });
    return { api, stop: () => controller.abort(reason) };
  }

  test("a request without a response yet", async () => {
    const served = await serve(silence);
    const { api, stop } = stoppable(served.url);
    const end = expect(api.get("customers")).rejects.toBe(reason);
    await until(() => served.requests.length === 1);
    stop();
    await end;
    await until(() => served.requests[0]?.socket.destroyed === true);
    expect(served.requests).toHaveLength(1);
  });

  test("a body that is being received", async () => {
    let begun = false;
    const served = await serve((_request, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.write('{"entries":[', () => {
        begun = true;
      });
    });
    const { api, stop } = stoppable(served.url);
    const end = expect(api.get("customers")).rejects.toBe(reason);
    await until(() => begun);
    await new Promise((resolve) => setTimeout(resolve, 20));
    stop();
    await end;
    expect(served.requests).toHaveLength(1);
  });

  test.each<[string, RequestListener]>([
    ["its own delay", text("500 Internal Server Error", "text/plain", 500)],
    [
      "the one that Retry-After asks for",
      json({ message: "Too many requests" }, 429, { "retry-after": "120" }),
    ],
    ["one that was cut", json({ message: "Too many requests" }, 429, { "retry-after": "86400" })],
  ])("the wait before a retry: %s", async (_delay, failing) => {
    let answered = false;
    const served = await serve((request, response) => {
      response.once("close", () => {
        answered = true;
      });
      failing(request, response);
    });
    const { api, stop } = stoppable(served.url, { firstDelay: 60_000 });
    const end = expect(api.get("customers")).rejects.toBe(reason);
    await until(() => answered);
    await new Promise((resolve) => setTimeout(resolve, 20));
    stop();
    await end;
    expect(served.requests).toHaveLength(1);
  });

  test("the wait for a turn", async () => {
    const served = await serve(json({}));
    const { api, stop } = stoppable(served.url, { requestsPerSecond: 1 / 120 });
    await api.get("first");
    const ends = [api.get("second"), api.patient.get("third")].map((request) =>
      expect(request).rejects.toBe(reason),
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
    stop();
    await Promise.all(ends);
    expect(served.asked()).toEqual(["first"]);
  });

  test("the wait for a connection", async () => {
    const served = await serve(silence);
    const { api, stop } = stoppable(served.url, { connections: 1 });
    const ends = [api.get("first"), api.get("second"), api.patient.get("third")].map((request) =>
      expect(request).rejects.toBe(reason),
    );
    await until(() => served.requests.length === 1);
    stop();
    await Promise.all(ends);
    expect(served.asked()).toEqual(["first"]);
  });

  test("whatever is asked for afterwards, without a request", async () => {
    const served = await serve(json({}));
    const { api, stop } = stoppable(served.url);
    await api.get("first");
    stop();
    await expect(api.get("second")).rejects.toBe(reason);
    await expect(api.patient.get("third")).rejects.toBe(reason);
    expect(served.asked()).toEqual(["first"]);
  });
});

test("a stop does not touch earlier responses", async () => {
  const served = await serve(inTurn(json({ page: 1 }), silence));
  const controller = new AbortController();
  const api = clientOf(served.url, { signal: controller.signal });
  const first = await api.get("plans");
  const second = expect(api.get("plans")).rejects.toBe("enough");
  controller.abort("enough");
  await second;
  expect(first).toEqual({ page: 1 });
});
