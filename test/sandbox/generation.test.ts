import { expect, test } from "vitest";
import { generateAccounts, generateWorld } from "../../src/sandbox/generate-world.ts";
import { smallWorld, TODAY } from "./serve.ts";

test("the same seed and day give the same worlds, to the last uuid", () => {
  const morning = generateAccounts({ now: new Date("2026-03-05T00:00:01Z") });
  const evening = generateAccounts({ now: new Date("2026-03-05T23:00:00Z") });
  expect(evening).toEqual(morning);
});

test("another seed and another account give other records", () => {
  const [one, tokyo] = generateAccounts({ now: TODAY, seed: 1 });
  const [two] = generateAccounts({ now: TODAY, seed: 2 });
  const uuids = (world = one) => new Set(world?.customers.map((customer) => customer.uuid));
  expect([...uuids(two), ...uuids(tokyo)].some((uuid) => uuids().has(uuid))).toBe(false);
});

test("the demo accounts have the sizes and the currencies that they promise", () => {
  const worlds = generateAccounts({ now: TODAY });
  expect(worlds.map((world) => [world.name, world.customers.length, world.account.currency])).toEqual([
    ["default", 240, "USD"],
    ["tokyo", 120, "JPY"],
  ]);
  for (const world of worlds) {
    const paying = world.customers.filter((customer) => customer["customer-since"] !== null);
    expect(world.invoices.length / paying.length).toBeGreaterThan(9);
    expect(world.invoices.length / paying.length).toBeLessThan(16);
    const statuses = new Set(world.customers.map((customer) => customer.status));
    for (const status of ["Active", "Past Due", "Cancelled", "New Lead"] as const)
      expect(statuses).toContain(status);
    const types = new Set(world.activities.map((activity) => activity.type));
    expect(types).toEqual(new Set(["new_biz", "reactivation", "expansion", "contraction", "churn"]));
    expect(world.customers.some((customer) => customer.attributes.tags.includes("merged-customer"))).toBe(
      true,
    );
    expect(world.customers.filter((customer) => customer.name === "" && customer.email === "")).toHaveLength(
      2,
    );
  }
});

test("optional keys are really absent in some records", () => {
  const [world, older] = generateAccounts({ now: TODAY });
  const customers = world?.customers ?? [];
  for (const key of ["owner", "website_url"] as const) {
    expect(customers.some((customer) => key in customer)).toBe(true);
    expect(customers.some((customer) => !(key in customer))).toBe(true);
  }
  expect(customers.some((customer) => "clearbit" in customer.attributes)).toBe(true);
  expect(world?.invoices.some((invoice) => !("status" in invoice))).toBe(true);
  expect(older?.account).not.toHaveProperty("id");
  expect(older?.activities[0]).not.toHaveProperty("subscription-set-external-id");
});

test("uuids are unique across all records of an account", () => {
  const world = smallWorld(500);
  const uuids = [
    ...world.customers.map((customer) => customer.uuid),
    ...world.invoices.flatMap(({ uuid, line_items, transactions }) => [
      uuid,
      ...line_items.map((line) => line.uuid),
      ...transactions.map((transaction) => transaction.uuid),
    ]),
    ...world.activities.map((activity) => activity.uuid),
  ];
  expect(new Set(uuids).size).toBe(uuids.length);
});

test("the net amounts of the last bills make the MRR of plain monthly subscriptions", () => {
  const world = smallWorld();
  const monthly = new Set(
    [...world.subscriptions.values()]
      .flat()
      .filter(
        (one) =>
          one.status === "active" && one["billing-cycle"] === "month" && one["billing-cycle-count"] === 1,
      )
      .map((one) => one.external_id),
  );
  let compared = 0;
  for (const subscriptions of world.subscriptions.values()) {
    for (const { external_id, mrr } of subscriptions.filter((one) => monthly.has(one.external_id))) {
      const bills = world.invoices.filter(
        ({ currency, line_items, disabled, status }) =>
          currency === "USD" &&
          disabled !== true &&
          status !== "voided" &&
          line_items[0]?.type === "subscription" &&
          line_items[0]?.subscription_external_id === external_id,
      );
      const last = bills[0]?.line_items[0];
      if (last === undefined || last.prorated === true) continue;
      expect(last.amount_in_cents - last.tax_amount_in_cents).toBe(mrr);
      compared += 1;
    }
  }
  expect(compared).toBeGreaterThan(5);
});

test("ten thousand customers are invented within seconds", () => {
  const world = generateWorld({
    name: "large",
    key: "sandbox-large-key",
    seed: 3,
    customers: 10_000,
    currency: "EUR",
    timeZone: "Europe/Berlin",
    now: TODAY,
  });
  expect(world.customers).toHaveLength(10_000);
}, 15_000);
