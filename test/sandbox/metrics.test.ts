import { expect, test } from "vitest";
import { generateAccounts } from "../../src/sandbox/generate-world.ts";
import { clientOf, serve, serveSmall, TODAY } from "./serve.ts";

const MOVEMENTS = ["mrr-new-business", "mrr-expansion", "mrr-contraction", "mrr-churn", "mrr-reactivation"];

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);

test.each(["default", "tokyo"])("the last day of %s is the sum over its customers", async (name) => {
  const worlds = generateAccounts({ now: TODAY });
  const world = worlds.find((candidate) => candidate.name === name);
  const client = clientOf(await serve({ worlds }), world?.key);
  const range = "start-date=2024-02-01&end-date=2026-03-05&interval=day";
  const mrr = (await client.body(`/metrics/mrr?${range}`)).entries?.at(-1);
  const count = (await client.body(`/metrics/customer-count?${range}`)).entries?.at(-1);
  const customers = await client.readAll("/customers");
  const live = customers.filter(({ status }) => status === "Active" || status === "Past Due");
  expect(live.length).toBeGreaterThan(50);
  expect(mrr?.["mrr"]).toBe(sum(live.map((customer) => Number(customer["mrr"]))));
  expect(sum(customers.map((customer) => Number(customer["mrr"])))).toBe(mrr?.["mrr"]);
  expect(count?.["customers"]).toBe(live.length);
});

test("a customer's MRR is the sum of its active subscriptions and of its movements", async () => {
  for (const world of generateAccounts({ now: TODAY })) {
    for (const customer of world.customers) {
      const active = (world.subscriptions.get(customer.uuid) ?? []).filter(
        ({ status }) => status === "active",
      );
      const movements = world.activities.filter((activity) => activity["customer-uuid"] === customer.uuid);
      expect(sum(active.map(({ mrr }) => mrr))).toBe(customer.mrr);
      expect(sum(movements.map((activity) => activity["activity-mrr-movement"]))).toBe(customer.mrr);
      expect(movements.at(-1)?.["activity-mrr"] ?? 0).toBe(customer.mrr);
      expect(customer.arr).toBe(customer.mrr * 12);
    }
  }
});

test.each(["day", "week", "month", "quarter", "year"])(
  "the movements of each %s add up to the change of MRR",
  async (interval) => {
    const { client } = await serveSmall();
    const { entries = [] } = await client.body(
      `/metrics/mrr?start-date=2024-06-15&end-date=2026-03-05&interval=${interval}`,
    );
    expect(entries.length).toBeGreaterThan(2);
    for (const [index, entry] of entries.entries()) {
      const previous = entries[index - 1];
      if (previous === undefined) continue;
      const moved = sum(MOVEMENTS.map((key) => Number(entry[key])));
      expect(moved).toBe(Number(entry["mrr"]) - Number(previous["mrr"]));
      expect(Number(entry["mrr-contraction"])).toBeLessThanOrEqual(0);
      expect(Number(entry["mrr-churn"])).toBeLessThanOrEqual(0);
    }
  },
);

test("entries carry the last day of their interval, and the last one is clipped", async () => {
  const { client, world } = await serveSmall();
  const dates = async (interval: string) => {
    const range = "start-date=2025-01-01&end-date=2025-02-01";
    const { entries = [] } = await client.body(`/metrics/all?${range}&interval=${interval}`);
    return entries.map((entry) => entry["date"]);
  };
  expect(await dates("month")).toEqual(["2025-01-31", "2025-02-01"]);
  expect(await dates("week")).toEqual(["2025-01-05", "2025-01-12", "2025-01-19", "2025-01-26", "2025-02-01"]);
  world.account.week_start_on = "sunday";
  expect(await dates("week")).toEqual(["2025-01-04", "2025-01-11", "2025-01-18", "2025-01-25", "2025-02-01"]);
  expect(await dates("quarter")).toEqual(["2025-02-01"]);
  expect(await dates("day")).toHaveLength(32);
});

test("a movement counts on the calendar day of the account's time zone", async () => {
  const { client, world } = await serveSmall();
  const first = world.activities[0];
  if (first === undefined) throw new Error("No activity");
  world.activities = [
    { ...first, date: "2025-05-02T02:00:00+00:00", type: "new_biz", "activity-mrr-movement": 900 },
  ];
  const { entries = [] } = await client.body(
    "/metrics/mrr?start-date=2025-04-30&end-date=2025-05-02&interval=day",
  );
  expect(entries.map((entry) => entry["mrr-new-business"])).toEqual([0, 900, 0]);
});

test("metrics follow an edit of the activities", async () => {
  const { client, world } = await serveSmall();
  const path = "/metrics/mrr?start-date=2026-03-01&end-date=2026-03-05&interval=day";
  const before = (await client.body(path)).entries?.at(-1);
  const activity = world.activities[5];
  if (activity === undefined) throw new Error("No activity");
  activity["activity-mrr-movement"] += 1000;
  const after = (await client.body(path)).entries?.at(-1);
  expect(Number(after?.["mrr"])).toBe(Number(before?.["mrr"]) + 1000);
});

test("the summary does not depend on the range, and the derived metrics follow from the others", async () => {
  const { client } = await serveSmall();
  const recent = await client.body("/metrics/all?start-date=2026-01-01&end-date=2026-02-28&interval=month");
  const early = await client.body("/metrics/all?start-date=2024-05-01&end-date=2024-07-31&interval=quarter");
  expect(early["summary"]).toEqual(recent["summary"]);
  const last = recent.entries?.at(-1);
  expect(last?.["arr"]).toBe(Number(last?.["mrr"]) * 12);
  expect(last?.["arpa"]).toBe(Math.round(Number(last?.["mrr"]) / Number(last?.["customers"])));
  const rates = await client.body(
    "/metrics/customer-churn-rate?start-date=2026-01-01&end-date=2026-02-28&interval=month",
  );
  expect(rates["summary"]).toMatchObject({ current: rates.entries?.at(-1)?.["customer-churn-rate"] });
});

test("percentage changes are against the entry before, with two decimals, and 0 in the first", async () => {
  const { client } = await serveSmall();
  const { entries = [] } = await client.body(
    "/metrics/arr?start-date=2025-01-01&end-date=2025-12-31&interval=month",
  );
  expect(entries[0]?.["percentage-change"]).toBe(0);
  const [previous, current] = [Number(entries[4]?.["arr"]), Number(entries[5]?.["arr"])];
  expect(entries[5]?.["percentage-change"]).toBeCloseTo(((current - previous) / previous) * 100, 2);
});

test("countries and plans each split the MRR into parts that add up", async () => {
  const { client, world } = await serveSmall();
  const range = "start-date=2026-03-05&end-date=2026-03-05&interval=day";
  const mrr = async (query: string) =>
    Number((await client.body(`/metrics/mrr?${range}${query}`)).entries?.[0]?.["mrr"]);
  const countries = [
    ...new Set(world.customers.map((customer) => customer.country).filter((one) => one !== null)),
  ];
  const inside = world.customers.filter((customer) => customer.country !== null);
  expect(await mrr(`&geo=${countries.join(",")}`)).toBe(sum(inside.map((customer) => customer.mrr)));
  expect(await mrr(`&plans=${world.plans.map((plan) => plan.uuid).join(",")}`)).toBe(await mrr(""));
  expect(await mrr("&filters=mrr~GT~1000")).toBe(await mrr(""));
});

test("a missing date and an interval that the metric does not know are a 400", async () => {
  const { client } = await serveSmall();
  expect((await client.response("/metrics/mrr?start-date=2025-01-01")).status).toBe(400);
  expect((await client.response("/metrics/mrr?start-date=2025-01-01&end-date=soon")).status).toBe(400);
  const range = "start-date=2025-01-01&end-date=2025-02-01";
  expect((await client.response(`/metrics/mrr?${range}&interval=hour`)).status).toBe(400);
  expect((await client.response(`/metrics/asp?${range}&interval=day`)).status).toBe(400);
  expect((await client.response(`/metrics/ltv?${range}&interval=day`)).status).toBe(200);
});

test("an account without activities has zeros", async () => {
  const { client, world } = await serveSmall();
  world.activities.length = 0;
  const { entries } = await client.body(
    "/metrics/all?start-date=2025-01-01&end-date=2025-02-28&interval=month",
  );
  expect(entries).toHaveLength(2);
  expect(entries?.[0]).toMatchObject({ mrr: 0, customers: 0, ltv: 0, arpa: 0 });
});
