import { expect, test } from "vitest";
import { createSend, sendDirectly } from "../../src/http/send.ts";
import { json, serve } from "./serve.ts";

test("a request says once that it leaves, after its connection is open and before it arrives", async () => {
  const order: string[] = [];
  const served = await serve((request, response) => {
    order.push("arrives");
    json({})(request, response);
  });
  const { signal } = new AbortController();
  for (const send of [sendDirectly, createSend({}, served.url)]) {
    const sent = send(new Request(served.url), { signal, onLeave: () => order.push("leaves") });
    // A connection takes more than a turn of the event loop; one that was kept takes none.
    order.push("was asked for");
    await (await sent).text();
  }
  expect(order[0]).toBe("was asked for");
  expect(order.filter((step) => step !== "was asked for")).toEqual([
    "leaves",
    "arrives",
    "leaves",
    "arrives",
  ]);
});
