import type { ServerResponse } from "node:http";
import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { clientOf, json, serve, until } from "./serve.ts";

test("there are never more requests in flight than connections, and as many where there is enough to do", async () => {
  let inFlight = 0;
  let most = 0;
  const served = await serve((_request, response) => {
    inFlight += 1;
    most = Math.max(most, inFlight);
    setTimeout(() => {
      inFlight -= 1;
      response.end("{}");
    }, 15);
  });
  const api = clientOf(served.url, { connections: 3 });
  const each = Array.from({ length: 12 }, (_, place) =>
    (place % 2 === 0 ? api : api.patient).get(`customers/${place}`),
  );
  await Promise.all(each);
  expect(served.requests).toHaveLength(12);
  expect(most).toBe(3);
});

test("a request that failed leaves its place to the next one", async () => {
  const served = await serve(json({ message: "No" }, 404));
  const api = clientOf(served.url, { connections: 1 });
  const ends = await Promise.allSettled([api.get("a"), api.get("b"), api.patient.get("c")]);
  expect(ends.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
  expect(served.asked()).toEqual(["a", "b", "c"]);
});

test("patient requests leave connections free for the others", async () => {
  const unanswered: ServerResponse[] = [];
  const served = await serve((request, response) => {
    if (request.url?.startsWith("/v1/each")) unanswered.push(response);
    else response.end("{}");
  });
  const api = clientOf(served.url, { connections: 6 });
  const patient = Array.from({ length: 4 }, (_, place) => api.patient.get(`each/${place}`));
  await until(() => unanswered.length === 2);
  for (let page = 0; page < 3; page += 1) await api.get("listing");
  expect(unanswered).toHaveLength(2);
  while (unanswered.length > 0 || served.requests.length < 4 + 3) {
    unanswered.shift()?.end("{}");
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await Promise.all(patient);
});

test("a patient request is sent although there is only one connection", async () => {
  const served = await serve(json({ page: 1 }));
  expect(await clientOf(served.url, { connections: 1 }).patient.get("plans")).toEqual({ page: 1 });
});

test("where requests wait for their turn, patient ones go last", async () => {
  const served = await serve(json({}));
  const api = clientOf(served.url, { requestsPerSecond: 10 });
  const first = api.get("first");
  await setImmediate();
  const patient = [api.patient.get("each/1"), api.patient.get("each/2")];
  await setImmediate();
  await Promise.all([first, ...patient, api.get("listing/1"), api.get("listing/2")]);
  expect(served.asked()).toEqual(["first", "listing/1", "listing/2", "each/1", "each/2"]);
});

test("requests are spread evenly over the seconds", async () => {
  const arrivals: number[] = [];
  const served = await serve((_request, response) => {
    arrivals.push(performance.now());
    response.end("{}");
  });
  const api = clientOf(served.url, { requestsPerSecond: 40 });
  const start = performance.now();
  await Promise.all(Array.from({ length: 60 }, () => api.get("ping")));
  expect(arrivals).toHaveLength(60);
  // 59 intervals of 25 ms.
  expect(Math.max(...arrivals) - start).toBeGreaterThan(1450);
  // 41 at the ends of a second, and a few that a busy machine takes in late.
  const mostInASecond = Math.max(
    ...arrivals.map((from) => arrivals.filter((at) => at >= from && at <= from + 1000).length),
  );
  expect(mostInASecond).toBeLessThan(46);
});
