import { expect, test } from "vitest";
import { functions } from "../../src/functions/index.ts";
import { deleteCustomer, mergeCustomers } from "../../src/sandbox/edits.ts";
import { asking } from "../support/asking.ts";
import { syncedWorld } from "../support/worlds.ts";

test("a customer is found by uuid, by ChartMogul's number and by each of its identifiers in billing systems", async () => {
  const { path, sandbox, world, again } = await syncedWorld(15);
  const [customer] = world.customers;
  if (customer === undefined) throw new Error("a world without customers");
  customer.external_ids = [customer.external_id, 'odd "id" \\ ü', "42"];
  await again();
  const call = asking(path, sandbox);
  const { uuid, id, external_ids } = customer;
  for (const each of [uuid, String(id), ...external_ids]) {
    expect(await call(functions.get_customer, { id: each }), each).toMatchObject({ uuid });
  }
  for (const each of ["odd", "4", 'odd "id', "%"]) {
    await expect(call(functions.get_customer, { id: each }), each).rejects.toThrow(
      `there is no customer "${each}"`,
    );
  }
});

test("an identifier of several customers is refused with their uuids", async () => {
  const { path, sandbox, world, again } = await syncedWorld(15);
  const [one, other, third] = world.customers;
  if (!one || !other || !third) throw new Error("too few customers");
  one.external_ids.push("shared");
  other.external_ids.push("shared");
  third.external_ids.push(String(one.id));
  await again();
  const call = asking(path, sandbox);
  await expect(call(functions.get_customer, { id: "shared" })).rejects.toMatchObject({
    message: 'id "shared" belongs to 2 customers',
    hint: expect.stringContaining(other.uuid),
  });
  await expect(call(functions.get_customer, { id: String(one.id) })).rejects.toThrow(
    "belongs to 2 customers",
  );
});

test("a deleted or merged customer is an error that says when, and into which customer", async () => {
  const { path, sandbox, world, again } = await syncedWorld(15);
  const [gone, merged, into] = world.customers.map(({ uuid }) => uuid);
  deleteCustomer(world, gone ?? "");
  mergeCustomers(world, merged ?? "", into ?? "");
  await again();
  const call = asking(path, sandbox);
  await expect(call(functions.get_customer, { id: gone })).rejects.toThrow(
    `customer ${gone} was found deleted in ChartMogul at 2025-07-01 15:00:00 UTC`,
  );
  await expect(call(functions.get_customer, { id: merged })).rejects.toThrow(`it was merged into ${into}`);
  for (const id of [gone, merged]) {
    await expect(call(functions.get_customer, { id, live: true })).rejects.toThrow("there is no customer");
  }
});

test("live only knows the uuid, and another customer in the reply is an error", async () => {
  const { path, sandbox, world } = await syncedWorld(15);
  const call = asking(path, sandbox);
  const [one, other] = world.customers;
  await expect(call(functions.get_customer, { id: String(one?.id), live: true })).rejects.toThrow(
    "does not begin with cus_",
  );
  const id = one?.uuid ?? "";
  if (one) one.uuid = "cus_else";
  sandbox.faults.push({ path: `^/v1/customers/${id}`, what: { kind: "status", status: 500 } });
  await expect(call(functions.get_customer, { id, live: true })).rejects.toThrow("answered GET /customers/");
  expect(await call(functions.get_customer, { id: other?.uuid, live: true })).toMatchObject({
    id: other?.id,
  });
});
