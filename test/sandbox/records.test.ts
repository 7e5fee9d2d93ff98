import { expect, test } from "vitest";
import { onTheWire, serveSmall, smallWorld } from "./serve.ts";

/** Large enough for every rare kind of record. */
const manyCustomers = () => smallWorld(300);

test("disabled and invalid invoices are hidden until asked for", async () => {
  const { client, world } = await serveSmall(manyCustomers());
  const disabled = world.invoices.filter((invoice) => invoice.disabled === true);
  const invalid = world.invoices.filter((invoice) => Object.keys(invoice.errors).length > 0);
  expect(disabled.length).toBeGreaterThan(0);
  expect(invalid.length).toBeGreaterThan(0);
  const count = async (query: string) => (await client.readAll(`/invoices${query}`, "invoices")).length;
  const total = world.invoices.length;
  expect(await count("")).toBe(total - disabled.length - invalid.length);
  expect(await count("?with_disabled=true")).toBe(total - invalid.length);
  expect(await count("?validation_type=all")).toBe(total - disabled.length);
  expect(await count("?validation_type=invalid")).toBe(invalid.length);
  const hidden = `/invoices/${disabled[0]?.uuid}`;
  expect(await client.body(hidden)).toEqual({ error: "Invoice not found" });
  expect(await client.body(`${hidden}?with_disabled=true`)).toMatchObject({ disabled: true });
});

test("edit histories come only when asked for", async () => {
  const { client, world } = await serveSmall(manyCustomers());
  const edited = world.invoices.find(
    (invoice) => invoice.edit_history_summary !== undefined && !invoice.disabled,
  );
  const path = `/invoices/${edited?.uuid}`;
  expect(await client.body(path)).not.toHaveProperty("edit_history_summary");
  const asked = await client.body(`${path}?include_edit_histories=true`);
  expect(asked["edit_history_summary"]).toEqual(edited?.edit_history_summary);
  expect(asked).toMatchObject({ line_items: [{ edit_history_summary: {} }] });
});

test("one-time lines have none of the subscription keys", async () => {
  const { client } = await serveSmall(manyCustomers());
  const invoices = await client.readAll("/invoices", "invoices");
  const lines = invoices.flatMap((invoice) => invoice["line_items"] as Record<string, unknown>[]);
  const types = new Set(lines.map((line) => line["type"]));
  expect(types).toEqual(new Set(["subscription", "one_time", "trial"]));
  for (const line of lines.filter((candidate) => candidate["type"] === "one_time")) {
    expect(line).not.toHaveProperty("subscription_uuid");
    expect(line).not.toHaveProperty("plan_uuid");
    expect(line).toHaveProperty("description");
  }
});

test("a customer's import lists carry its uuid at the top and not in the rows", async () => {
  const { client, world } = await serveSmall();
  const uuid = [...world.importSubscriptions.keys()][0] ?? "";
  const subscriptions = await client.body(`/import/customers/${uuid}/subscriptions`);
  expect(subscriptions).toMatchObject({ customer_uuid: uuid, current_page: 1, has_more: false });
  const invoices = await client.readAll(`/import/customers/${uuid}/invoices?per_page=2`, "invoices");
  const own = await client.readAll(`/invoices?customer_uuid=${uuid}`, "invoices");
  expect(invoices.map((invoice) => invoice["uuid"])).toEqual(own.map((invoice) => invoice["uuid"]));
  expect(invoices[0]).not.toHaveProperty("customer_uuid");
});

test("line items and transactions are found by uuid and by source and external id", async () => {
  const { client, world } = await serveSmall();
  const invoice = world.invoices.find(
    ({ status, transactions }) => status === "paid" && transactions[0]?.external_id != null,
  );
  const transaction = invoice?.transactions[0];
  const source = world.customers.find(
    (customer) => customer.uuid === invoice?.customer_uuid,
  )?.data_source_uuid;
  const { edit_history_summary: _history, ...expected } = transaction ?? {};
  expect(await client.body(`/transactions/${transaction?.uuid}`)).toEqual(expected);
  expect(
    await client.body(`/transactions?data_source_uuid=${source}&external_id=${transaction?.external_id}`),
  ).toEqual(expected);
  const line = invoice?.line_items[0];
  expect(await client.body(`/line_items/${line?.uuid}`)).toMatchObject({ uuid: line?.uuid });
  expect((await client.response("/line_items?external_id=LI-1")).status).toBe(400);
});

test("the status filter wants underscores where the reply has spaces", async () => {
  const { client, world } = await serveSmall(manyCustomers());
  const overdue = await client.readAll("/customers?status=Past_Due");
  expect(overdue.length).toBeGreaterThan(0);
  expect(overdue.every((customer) => customer["status"] === "Past Due")).toBe(true);
  expect(await client.readAll("/customers?status=Past%20Due")).toEqual([]);
  const source = world.dataSources[1]?.uuid ?? "";
  const fromSource = await client.readAll(`/customers?data_source_uuid=${source}`);
  expect(fromSource.length).toBe(
    world.customers.filter((one) => one.data_source_uuids.includes(source)).length,
  );
});

test("a search finds by e-mail address and replies 404 without a match", async () => {
  const { client, world } = await serveSmall();
  const customer = world.customers.find(({ email }) => email !== "");
  const found = await client.body(`/customers/search?email=${encodeURIComponent(customer?.email ?? "")}`);
  expect(found).toMatchObject({ entries: [{ uuid: customer?.uuid }], total_pages: null });
  const none = await client.response("/customers/search?email=nobody%40example.org");
  expect(none.status).toBe(404);
  expect(await none.json()).toEqual({
    code: 404,
    message: 'Can\'t find any customers with email: "nobody@example.org"',
    param: "email",
  });
  const contact = world.contacts.find(({ email }) => email !== null);
  const associated = await client.body(
    `/customers/search?with_associated_emails=true&email=${encodeURIComponent(contact?.email ?? "")}`,
  );
  expect(associated.entries?.map((entry) => entry["uuid"])).toContain(contact?.customer_uuid);
});

test("single records are found by uuid, and a missing one is a 404", async () => {
  const { client, world } = await serveSmall();
  expect(await client.body(`/customers/${world.customers[3]?.uuid}`)).toEqual(world.customers[3]);
  expect(await client.body(`/plans/${world.plans[0]?.uuid}`)).toEqual(onTheWire(world.plans[0]));
  expect(await client.body(`/tasks/${world.tasks[0]?.task_uuid}`)).toMatchObject({
    task_uuid: world.tasks[0]?.task_uuid,
  });
  const group = world.planGroups.find(({ planUuids }) => planUuids.length > 0);
  const plans = await client.readAll(`/plan_groups/${group?.uuid}/plans?per_page=2`, "plans");
  expect(plans.map((plan) => plan["uuid"]).sort()).toEqual(group?.planUuids.toSorted());
  for (const path of [
    "/customers/x",
    "/plans/x",
    "/data_sources/x",
    "/invoices/x",
    "/customers/x/subscriptions",
  ]) {
    expect((await client.response(path)).status).toBe(404);
  }
});

test("settings of the account and of sources come only when asked for", async () => {
  const { client, world } = await serveSmall();
  expect(await client.body("/account")).toEqual(world.account);
  expect(await client.body("/account?include=refund_handling")).toMatchObject({
    refund_handling: "refund_ignore",
  });
  expect((await client.response("/account?include=shoe_size")).status).toBe(400);
  const [plain] = (await client.body("/data_sources"))["data_sources"] as object[];
  expect(Object.keys(plain ?? {})).toEqual(["uuid", "name", "system", "created_at", "status"]);
  const [full] = (await client.body("/data_sources?with_processing_status=true"))["data_sources"] as object[];
  expect(full).toHaveProperty("processing_status.processed");
});

test("the old path of notes leaves out those of contacts and the two object keys", async () => {
  const { client, world } = await serveSmall();
  const rows = await client.readAll("/customer_notes?per_page=2");
  const expected = world.notes.filter((note) => note.associated_object === "customer");
  expect(rows).toHaveLength(expected.length);
  expect(rows[0]).not.toHaveProperty("associated_object");
});
