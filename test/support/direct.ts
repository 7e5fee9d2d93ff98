import { setImmediate as nextTurn } from "node:timers/promises";
import type { ApiClient } from "../../src/api/api-client.ts";
import { readProfile } from "../../src/api/profile.ts";
import { ApiError } from "../../src/errors.ts";
import { readBody } from "../../src/json/read-json.ts";
import { createReply } from "../../src/sandbox/create-reply.ts";
import { createFaultCounter } from "../../src/sandbox/faults.ts";
import type { World } from "../../src/sandbox/world.ts";
import { type ServedInPages, today } from "./accounts.ts";

// Requests arrive in the order in which they were sent; replies overtake one another as in a network.
const longestWay = 3;
// Faults that only a client on the other side of a network can meet.
const networkFaults = ["refuse", "reset", "resetInBody", "cut", "stall", "silence", "gzip"];

/**
 * One of the served accounts, asked without HTTP: for tests of what a sync makes of the replies, where HTTP is half of the work.
 * The sandbox records these requests as its own. A fault of the network, such as a reset, cannot happen here and fails the test.
 */
export function askDirectly(
  { requests, faults, largestPage = Infinity }: ServedInPages,
  world: World,
  signal?: AbortSignal,
): ApiClient {
  const count = createFaultCounter();
  return {
    async get(name, query = {}) {
      signal?.throwIfAborted();
      await nextTurn();
      const path = `/v1/${name}`;
      const asked = new URLSearchParams(Object.entries(query).map(([key, value]) => [key, String(value)]));
      const wanted = Number(asked.get("per_page") ?? largestPage);
      if (wanted > largestPage) asked.set("per_page", String(largestPage));
      const what = count.match(faults, world.name, `${path}?${asked}`);
      if (what !== undefined && networkFaults.includes(what.kind)) {
        throw new Error(`a fault that needs HTTP: ${what.kind}`);
      }
      const request = { world, method: "GET", path, query: asked, authorization: "" };
      const { status, body } = createReply(request, what);
      const at = performance.now();
      requests.push({ method: "GET", path, query: asked.toString(), account: world.name, status, at });
      for (let way = Math.ceil(Math.random() * longestWay); way > 0; way -= 1) await nextTurn();
      signal?.throwIfAborted();
      if (status !== 200)
        throw new ApiError(`ChartMogul answered GET /${name} with ${status}: ${body}`, { status });
      return readBody(body);
    },
    profile() {
      return readProfile(this);
    },
    get patient() {
      return this;
    },
    now: () => today,
  };
}
