import { expect, test } from "vitest";
import type { GeneratedPlan, World } from "../../src/sandbox/world.ts";
import { clientOf, onTheWire, serve, serveSmall, smallWorld } from "./serve.ts";

type Row = Record<string, unknown>;

const idOf = (row: Row) => row["uuid"] ?? row["task_uuid"] ?? row["id"];

/** Every list of an account, and the records that it must show. */
const LISTS: { path: string; key: string; records: (world: World) => object[] }[] = [
  { path: "/customers", key: "entries", records: (world) => world.customers },
  { path: "/plans", key: "plans", records: (world) => world.plans },
  { path: "/plan_groups", key: "plan_groups", records: (world) => world.planGroups },
  {
    path: "/invoices?validation_type=all&with_disabled=true",
    key: "invoices",
    records: (world) => world.invoices,
  },
  {
    path: "/subscription_events?with_disabled=true",
    key: "subscription_events",
    records: (world) => world.subscriptionEvents,
  },
  { path: "/contacts", key: "entries", records: (world) => world.contacts },
  { path: "/notes", key: "entries", records: (world) => world.notes },
  { path: "/opportunities", key: "entries", records: (world) => world.opportunities },
  { path: "/tasks", key: "entries", records: (world) => world.tasks },
];

test.each(LISTS)("paging by the cursor of $path shows every record once", async ({ path, key, records }) => {
  const { client, world } = await serveSmall();
  const rows = await client.readAll(`${path}${path.includes("?") ? "&" : "?"}per_page=3`, key);
  expect(rows.length).toBeGreaterThan(2);
  expect(rows.map(idOf).sort()).toEqual((records(world) as Row[]).map(idOf).sort());
  expect(new Set(rows.map(idOf)).size).toBe(rows.length);
});

test("frozen lists of frozen records are paged in the same order", async () => {
  const { client, world } = await serveSmall();
  const frozen = Object.fromEntries(
    Object.entries(smallWorld()).map(([name, value]) => {
      if (!Array.isArray(value)) return [name, value];
      return [name, Object.freeze(value.toReversed().map((record) => Object.freeze(record)))];
    }),
  ) as unknown as World;
  const other = clientOf(await serve({ worlds: [frozen] }));
  for (const { path, key } of [...LISTS, { path: "/activities?", key: "entries" }]) {
    const query = `${path}${path.includes("?") ? "&" : "?"}per_page=3`;
    expect(await other.readAll(query, key)).toEqual(await client.readAll(query, key));
  }
  expect(frozen.customers).toHaveLength(world.customers.length);
});

test("customers come by customer-since, those without one last, then by id", async () => {
  const { client } = await serveSmall();
  const rows = await client.readAll("/customers?per_page=7");
  const keys = rows.map((row) => [String(row["customer-since"] ?? "9999"), Number(row["id"])] as const);
  const sorted = keys.toSorted(([since, id], [otherSince, otherId]) =>
    since === otherSince ? id - otherId : since < otherSince ? -1 : 1,
  );
  expect(keys).toEqual(sorted);
  expect(rows.at(-1)?.["customer-since"]).toBeNull();
});

test.each(["/notes", "/opportunities", "/tasks", "/subscription_events"])(
  "%s comes newest first",
  async (path) => {
    const { client } = await serveSmall();
    const rows = await client.readAll(
      `${path}?per_page=2`,
      path === "/subscription_events" ? "subscription_events" : "entries",
    );
    const times = rows.map((row) => String(row["created_at"]));
    expect(times).toEqual(times.toSorted().reverse());
  },
);

test("deprecated page keys come only without a cursor", async () => {
  const { client } = await serveSmall();
  const first = await client.body("/customers?per_page=2");
  expect(Object.keys(first).sort()).toEqual(
    ["entries", "current_page", "total_pages", "has_more", "per_page", "page", "cursor"].sort(),
  );
  expect(first["total_pages"]).toBe(20);
  const second = await client.body(`/customers?per_page=2&cursor=${encodeURIComponent(first.cursor ?? "")}`);
  expect(Object.keys(second).sort()).toEqual(["cursor", "entries", "has_more"]);
  const events = await client.body("/subscription_events?per_page=2");
  expect(events["meta"]).toMatchObject({ page: 1, prev_key: null });
  const contacts = await client.body("/contacts?per_page=2");
  expect(Object.keys(contacts).sort()).toEqual(["cursor", "entries", "has_more"]);
});

test("the deprecated page parameter skips pages", async () => {
  const { client } = await serveSmall();
  const all = await client.readAll("/customers");
  const third = await client.body("/customers?per_page=5&page=3");
  expect(third.entries).toEqual(all.slice(10, 15));
  expect(third).toMatchObject({ page: 3, current_page: 3 });
});

test("a last page has a cursor, and following it gives an empty page without one", async () => {
  const { client } = await serveSmall();
  const only = await client.body("/plans");
  expect(only["has_more"]).toBe(false);
  expect(only.cursor).toMatch(/=$|[A-Za-z0-9+/]$/);
  const beyond = await client.body(`/plans?cursor=${encodeURIComponent(only.cursor ?? "")}`);
  expect(beyond).toEqual({ plans: [], cursor: null, has_more: false });
});

test("the cursor of a customer's subscriptions continues to count past the end", async () => {
  const { client, world } = await serveSmall();
  const uuid = [...world.subscriptions.keys()][0];
  const path = `/customers/${uuid}/subscriptions`;
  const first = await client.body(path);
  expect(first).toMatchObject({ has_more: false, per_page: 200, page: 1 });
  const cursor = encodeURIComponent(first.cursor ?? "");
  const beyond = await client.body(`${path}?cursor=${cursor}`);
  const next = Buffer.from("subscriptions_next_page=3").toString("base64");
  expect(beyond).toEqual({ entries: [], has_more: false, cursor: next });
});

test("an empty list has no cursor", async () => {
  const { client } = await serveSmall({ ...smallWorld(), invoices: [], customers: [] });
  expect(await client.body("/invoices")).toEqual({
    invoices: [],
    current_page: 1,
    total_pages: 0,
    cursor: null,
    has_more: false,
  });
  expect(await client.body("/customers")).toMatchObject({ entries: [], total_pages: 1, cursor: null });
});

test("more than 200 rows a page are silently 200", async () => {
  const { client, world } = await serveSmall();
  expect(world.invoices.length).toBeGreaterThan(200);
  const page = await client.body("/invoices?per_page=1000");
  expect(page["invoices"]).toHaveLength(200);
});

test("a malformed cursor is a 400", async () => {
  const { client } = await serveSmall();
  for (const path of ["/customers", "/invoices", "/activities", "/contacts"]) {
    expect((await client.response(`${path}?cursor=nonsense`)).status).toBe(400);
  }
});

test("a record deleted between two pages shifts nothing, and one created meanwhile is missed", async () => {
  const { client, world } = await serveSmall();
  const before = await client.readAll("/plans", "plans");
  const first = await client.body("/plans?per_page=4");
  const fresh: GeneratedPlan = {
    uuid: "pl_fresh",
    data_source_uuid: "ds_x",
    external_id: "fresh",
    name: "Fresh",
    interval_count: 1,
    interval_unit: "month",
  };
  world.plans = world.plans.filter((plan) => plan.uuid !== before[3]?.["uuid"]);
  world.plans.push(fresh);
  const second = await client.body(`/plans?per_page=4&cursor=${encodeURIComponent(first.cursor ?? "")}`);
  expect(second["plans"]).toEqual(before.slice(4, 8));
  const again = await client.body("/plans?per_page=1");
  expect(again["plans"]).toEqual(onTheWire([fresh]));
});

test("an unknown parameter is ignored", async () => {
  const { client, world } = await serveSmall();
  const all = await client.readAll("/subscription_events", "subscription_events");
  const other = await client.readAll(
    `/subscription_events?customer_uuid=${world.customers[0]?.uuid}`,
    "subscription_events",
  );
  expect(other).toEqual(all);
});

test("a sandbox with a largest page gives no larger ones, and paging shows every record once", async () => {
  const world = smallWorld();
  const client = clientOf(await serve({ worlds: [world], largestPage: 7 }));
  expect((await client.body("/customers?per_page=200")).entries).toHaveLength(7);
  expect((await client.body("/customers?per_page=3")).entries).toHaveLength(3);
  const rows = await client.readAll("/customers");
  expect(rows.map(idOf).sort()).toEqual((world.customers as unknown as Row[]).map(idOf).sort());
});
