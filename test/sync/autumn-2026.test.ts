import { expect, test } from "vitest";
import { deleteCustomer } from "../../src/sandbox/edits.ts";
import { askDirectly } from "../support/direct.ts";
import { looking } from "../support/syncing.ts";
import { rowsOf } from "../support/warehouse.ts";
import { tomorrow, unsyncedWorld } from "../support/worlds.ts";

test("custom attributes of subscriptions are rows of their own, as those of customers are", async () => {
  const { world, path, sync } = await unsyncedWorld(30);
  const [customer = "", [subscription] = []] =
    [...world.subscriptions].find(([, own]) => own.length > 0) ?? [];
  if (!subscription) throw new Error("a world without subscriptions");
  subscription.custom_attributes = {
    seats: 12,
    rate: 1.5,
    renews: true,
    signed: "2024-01-15 09:00:00",
  };
  subscription.subscription_set_uuid = "set_1";
  const attributes = () =>
    looking(path, (warehouse) =>
      rowsOf(warehouse, "subscription_attributes")
        .filter((row) => row["subscription_uuid"] === subscription.uuid)
        .map(({ customer_uuid, name, type, value, deleted_at }) => [
          customer_uuid,
          name,
          type,
          value,
          deleted_at,
        ]),
    );
  await sync();
  expect(attributes()).toEqual([
    [customer, "rate", "decimal", "1.5", null],
    [customer, "renews", "boolean", "true", null],
    [customer, "seats", "integer", "12", null],
    [customer, "signed", "timestamp", "2024-01-15 09:00:00", null],
  ]);
  expect(
    looking(path, (warehouse) => rowsOf(warehouse, "subscriptions")).find(
      ({ uuid }) => uuid === subscription.uuid,
    ),
  ).toMatchObject({ subscription_set_uuid: "set_1" });
  subscription.custom_attributes = { seats: 13 };
  await sync({ now: tomorrow });
  expect(attributes()).toEqual([[customer, "seats", "integer", "13", null]]);
  deleteCustomer(world, customer);
  await sync({ now: new Date(tomorrow.getTime() + 86_400_000) });
  expect(attributes().map((row) => row[4])).not.toContain(null);
});

test("tasks of contacts and contacts of no customer are stored, and no field of 2026 is unknown", async () => {
  const { world, path, sync } = await unsyncedWorld(120);
  const [contact] = world.contacts;
  const [task] = world.tasks;
  if (!contact || !task) throw new Error("a world without contacts and tasks");
  Object.assign(contact, { customer_uuid: null, customer_external_id: null, data_source_uuid: null });
  Object.assign(task, {
    customer_uuid: null,
    associated_object: "contact",
    associated_object_uuid: contact.uuid,
  });
  Object.assign(task, { due_date: "2025-07-01", completed_at: "2025-06-30" });
  Object.assign(world.opportunities[0] ?? {}, { type: "arr" });
  await sync();
  looking(path, (warehouse) => {
    expect(rowsOf(warehouse, "contacts")).toHaveLength(world.contacts.length);
    expect(rowsOf(warehouse, "tasks").find(({ uuid }) => uuid === task.task_uuid)).toMatchObject({
      customer_uuid: null,
      associated_object: "contact",
      associated_object_uuid: contact.uuid,
      due_date: "2025-07-01 00:00:00",
      completed_at: "2025-06-30 00:00:00",
    });
    expect(rowsOf(warehouse, "sync_odd_fields")).toEqual([]);
    expect(rowsOf(warehouse, "rejected_records")).toEqual([]);
  });
});

test("the sandbox lists a customer's contacts, and filters contacts and tasks", async () => {
  const { world, sandbox } = await unsyncedWorld(120);
  const api = askDirectly(sandbox, world);
  const list = async (path: string, query: Record<string, string> = {}) =>
    ((await api.get(path, query)) as { entries: Record<string, unknown>[] }).entries;
  const [contact] = world.contacts.filter(({ external_id, email }) => external_id && email);
  const ofCustomer = world.contacts.filter(({ customer_uuid }) => customer_uuid === contact?.customer_uuid);
  expect(await list(`customers/${contact?.customer_uuid}/contacts`)).toHaveLength(ofCustomer.length);
  for (const filter of ["email", "external_id", "customer_external_id", "customer_uuid"] as const) {
    const wanted = String(contact?.[filter]);
    const found = await list("contacts", { [filter]: wanted });
    expect(found.map(({ uuid }) => uuid)).toContain(contact?.uuid);
    expect(new Set(found.map((each) => each[filter]))).toEqual(new Set([wanted]));
  }
  const [task] = world.tasks.filter(({ associated_object }) => associated_object === "contact");
  const found = await list("tasks", { contact_uuid: task?.associated_object_uuid ?? "" });
  expect(found.map(({ task_uuid }) => task_uuid)).toContain(task?.task_uuid);
  expect(found.every(({ customer_uuid }) => customer_uuid === null)).toBe(true);
  await expect(api.get("customers/cus_nobody/contacts")).rejects.toThrow("404");
});
