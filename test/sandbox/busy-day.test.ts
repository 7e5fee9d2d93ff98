import { expect, test } from "vitest";
import { simulateBusyDay } from "../../src/sandbox/busy-day.ts";
import { clientOf, serve, smallWorld } from "./serve.ts";

const today = "2026-03-04";
const lastDay = `/metrics/mrr?start-date=${today}&end-date=${today}&interval=day`;
const total = (world: ReturnType<typeof smallWorld>) =>
  world.customers.reduce((sum, { mrr }) => sum + mrr, 0);

test("a busy day changes a bit of everything, and all ties up afterwards", async () => {
  const world = smallWorld(80);
  const before = smallWorld(80);
  simulateBusyDay(world);

  const left = new Map(world.customers.map((customer) => [customer.uuid, customer]));
  const gone = before.customers.filter(({ uuid }) => !left.has(uuid));
  expect(gone.map(({ status }) => status)).toEqual(["Active", "Active"]);
  const moves = before.customers.flatMap(({ uuid, status }) => {
    const now = left.get(uuid)?.status ?? "gone";
    return now === status || now === "gone" ? [] : [`${status} to ${now}`];
  });
  expect(moves.sort()).toEqual(["Active to Cancelled", "New Lead to Active"]);
  const byInvoice = (invoices: typeof world.invoices) =>
    new Map(invoices.map(({ uuid, status }) => [uuid, status] as const));
  const [bills, billsBefore] = [byInvoice(world.invoices), byInvoice(before.invoices)];
  const paid = [...billsBefore].filter(([uuid, status]) => status === "open" && bills.get(uuid) === "paid");
  const billed = [...bills.keys()].filter((uuid) => !billsBefore.has(uuid));
  expect([paid.length, billed.length]).toEqual([1, 1]);

  for (const customer of world.customers) {
    const active = (world.subscriptions.get(customer.uuid) ?? []).filter(({ status }) => status === "active");
    expect(active.reduce((sum, { mrr }) => sum + mrr, 0)).toBe(customer.mrr);
  }
  const client = clientOf(await serve({ worlds: [world] }));
  expect((await client.body(lastDay)).entries?.[0]?.["mrr"]).toBe(total(world));
  expect(total(world)).not.toBe(total(before));
});

test("the same world lives through the same day, and a small one says that it cannot", () => {
  const [one, other] = [smallWorld(80), smallWorld(80)];
  simulateBusyDay(one);
  simulateBusyDay(other);
  expect(JSON.stringify(one)).toBe(JSON.stringify(other));
  expect(() => simulateBusyDay(smallWorld(5))).toThrow("too small");
});
