import { expect, test } from "vitest";
import {
  deleteCustomer,
  mergeCustomers,
  reissueActivities,
  unmergeCustomer,
} from "../../src/sandbox/edits.ts";
import type { World } from "../../src/sandbox/world.ts";
import { serveSmall } from "./serve.ts";

function payingCustomers(world: World): [string, string] {
  const [one, two] = world.customers.filter((customer) => customer.mrr > 0);
  if (one === undefined || two === undefined) throw new Error("Nobody pays");
  return [one.uuid, two.uuid];
}

const LAST_DAY = "/metrics/mrr?start-date=2026-03-05&end-date=2026-03-05&interval=day";

test("a field changed between two requests shows in the next reply", async () => {
  const { client, world } = await serveSmall();
  const [uuid] = payingCustomers(world);
  const customer = world.customers.find((candidate) => candidate.uuid === uuid);
  if (customer === undefined) throw new Error("No customer");
  await client.readAll("/customers");
  customer.name = "Renamed";
  customer["customer-since"] = "2001-01-01T00:00:00+00:00";
  const rows = await client.readAll("/customers");
  expect(rows[0]).toMatchObject({ uuid, name: "Renamed" });
});

test("a deleted customer is gone from every list", async () => {
  const { client, world } = await serveSmall();
  const [uuid] = payingCustomers(world);
  deleteCustomer(world, uuid);
  expect((await client.response(`/customers/${uuid}`)).status).toBe(404);
  expect(await client.readAll(`/invoices?customer_uuid=${uuid}&validation_type=all`, "invoices")).toEqual([]);
  const total = world.customers.reduce((sum, customer) => sum + customer.mrr, 0);
  expect((await client.body(LAST_DAY)).entries?.[0]?.["mrr"]).toBe(total);
});

test("merging moves everything to one customer and keeps the account's MRR", async () => {
  const { client, world } = await serveSmall();
  const before = (await client.body(LAST_DAY)).entries?.[0]?.["mrr"];
  const [from, into] = payingCustomers(world);
  const subscriptions = [from, into].flatMap((uuid) => world.subscriptions.get(uuid) ?? []).length;
  mergeCustomers(world, from, into);
  expect((await client.response(`/customers/${from}`)).status).toBe(404);
  expect(await client.readAll(`/customers/${into}/subscriptions`)).toHaveLength(subscriptions);
  const kept = await client.body(`/customers/${into}`);
  expect(kept["external_ids"]).toHaveLength(2);
  expect(kept["attributes"]).toMatchObject({ tags: expect.arrayContaining(["merged-customer"]) });
  expect((await client.body(LAST_DAY)).entries?.[0]?.["mrr"]).toBe(before);
});

test("unmerging makes a customer with a new uuid and keeps the account's MRR", async () => {
  const { client, world } = await serveSmall();
  const before = (await client.body(LAST_DAY)).entries?.[0]?.["mrr"];
  const merged = world.customers.find((customer) => new Set(customer.data_source_uuids).size === 2);
  const parted = unmergeCustomer(world, merged?.uuid ?? "");
  expect(parted.uuid).not.toBe(merged?.uuid);
  expect(await client.body(`/customers/${parted.uuid}`)).toMatchObject({
    external_ids: [parted.external_id],
  });
  expect((await client.body(LAST_DAY)).entries?.[0]?.["mrr"]).toBe(before);
  expect(world.customers.reduce((sum, customer) => sum + customer.mrr, 0)).toBe(before);
});

test("a recount gives a customer's activities new numbers and new uuids", async () => {
  const { client, world } = await serveSmall();
  const [uuid] = payingCustomers(world);
  const ids = async () => (await client.readAll(`/customers/${uuid}/activities`)).map((row) => row["id"]);
  const before = await ids();
  reissueActivities(world, uuid);
  const after = await ids();
  expect(after).toHaveLength(before.length);
  expect(after.some((id) => before.includes(id))).toBe(false);
});

test("a customer that is merged and parted twice leaves two customers with uuids of their own", async () => {
  const { world } = await serveSmall();
  const [kept, ...others] = world.customers;
  const parted = others.slice(0, 2).map(({ uuid, data_source_uuids: sources }, index) => {
    sources.splice(0, sources.length, `ds_of_${index}`);
    mergeCustomers(world, uuid, kept?.uuid ?? "");
    return unmergeCustomer(world, kept?.uuid ?? "").uuid;
  });
  expect(new Set(parted).size).toBe(2);
});
