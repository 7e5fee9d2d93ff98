import Database from "better-sqlite3";
import { expect, onTestFinished, test, vi } from "vitest";
import { createCaller } from "../../src/functions/caller.ts";
import type { ListResult } from "../../src/functions/chartmogul.ts";
import { functions } from "../../src/functions/index.ts";
import { deleteCustomer } from "../../src/sandbox/edits.ts";
import { bent, connectTo, smallWorld } from "../support/accounts.ts";
import { asking } from "../support/asking.ts";
import { newWarehouse } from "../support/syncing.ts";
import { payingCustomer, syncedWorld } from "../support/worlds.ts";

const both = [false, true];

test("a cursor belongs to its function, its account, its filters, and to live or stored lists", async () => {
  const { path, sandbox, world, again } = await syncedWorld(15);
  await again({}, undefined);
  const call = asking(path, sandbox);
  const cursorOf = async (live: boolean) =>
    (await call(functions.list_customers, { per_page: 2, status: "active", live })).cursor ?? "";
  const [stored, live] = await Promise.all([cursorOf(false), cursorOf(true)]);
  const status = "active";
  const refused: [Promise<unknown>, RegExp][] = [
    [
      call(functions.list_customers, { status, live: true, cursor: stored }),
      /the cursor belongs to a list from the warehouse/,
    ],
    [
      call(functions.list_customers, { status, cursor: live }),
      /the cursor belongs to a list from ChartMogul \(live\)/,
    ],
    [
      call(functions.list_customers, { cursor: stored }),
      /the cursor belongs to other filters: \{"status":"Active"\}/,
    ],
    [
      call(functions.list_customers, { status: "past due", cursor: stored }),
      /the cursor belongs to other filters/,
    ],
    [call(functions.list_plans, { cursor: stored }), /the cursor belongs to list_customers/],
  ];
  const other = smallWorld("harbor", 5);
  const elsewhere = createCaller({ path, clients: [{ name: "harbor", api: connectTo(sandbox, other) }] });
  refused.push([
    elsewhere(functions.list_customers, { status, cursor: stored, live: true }, "harbor"),
    /account "default"/,
  ]);
  for (const [listing, message] of refused) await expect(listing).rejects.toThrow(message);
  expect(world.customers.length).toBeGreaterThan(2);
});

test("a cursor that was tampered with is refused in words", async () => {
  const { path, sandbox } = await syncedWorld(15);
  const call = asking(path, sandbox);
  const positions = [[7, 1], [0], [0, "2025-01-01", 1, 1], ["0"], [-1, 2], null, "x", [0, { a: 1 }, 2]];
  const cursors = positions.map((position) =>
    Buffer.from(JSON.stringify(["list_customers", "default", false, "{}", position])).toString("base64url"),
  );
  for (const cursor of [...cursors, "?", "bm9uZQ", "W10"]) {
    await expect(call(functions.list_customers, { cursor }), cursor).rejects.toThrow("unknown cursor");
  }
});

test("paging by cursor neither loses nor repeats a record that was there all the time, though a sync comes between", async () => {
  const { path, sandbox, world, again } = await syncedWorld(30);
  const call = asking(path, sandbox);
  const uuids = (records: readonly { uuid: string }[]) => records.map(({ uuid }) => uuid);
  const [first, ...rest] = world.invoices;
  if (first === undefined) throw new Error("a world without invoices");
  const lists: Turn[] = [
    (where) => call(functions.list_customers, where),
    (where) => call(functions.list_invoices, where),
    (where) => call(functions.list_subscriptions, where),
  ];
  const before = await Promise.all(lists.map((list) => list({ per_page: 11 })));
  const all = await Promise.all(lists.map((list) => everything(list)));
  world.invoices.push({ ...structuredClone(first), uuid: "inv_new" });
  const [customer] = world.customers;
  if (customer) world.customers.push({ ...structuredClone(customer), uuid: "cus_new", id: 1 });
  await again();
  for (const [index, list] of lists.entries()) {
    const after = await everything(list, before[index]?.cursor ?? undefined);
    const seen = [...uuids(before[index]?.entries ?? []), ...uuids(after)].filter(
      (uuid) => !uuid.endsWith("_new"),
    );
    expect(seen).toEqual(uuids(all[index] ?? []));
  }
  expect(rest.length).toBeGreaterThan(11);
});

type Turn = (where: {
  per_page: number;
  cursor?: string;
}) => Promise<ListResult<{ uuid: string }, "entries">>;

async function everything(list: Turn, start?: string): Promise<{ uuid: string }[]> {
  const records: { uuid: string }[] = [];
  let cursor = start;
  do {
    const page = await list({ per_page: 11, ...(cursor && { cursor }) });
    records.push(...page.entries);
    cursor = page.cursor ?? undefined;
  } while (cursor !== undefined);
  return records;
}

test("a page by number is counted here where ChartMogul no longer takes the number", async () => {
  const { path, sandbox, world } = await syncedWorld(30);
  const asked: string[] = [];
  const api = bent(connectTo(sandbox, world), (body, where, query) => {
    asked.push(`${where} ${query["page"] ?? ""}`);
    // As in the reply to a request with a cursor: nothing says which page it is.
    const { page: _page, current_page: _current, total_pages: _total, ...rest } = body;
    return rest;
  });
  // The parameter is ignored, too: the first page comes, whatever is asked.
  const deaf = {
    ...api,
    get: (where: string, { page: _, ...query } = {} as Record<string, never>) => api.get(where, query),
  };
  const call = createCaller({ path, clients: [{ name: "default", api: deaf }] });
  for (const page of [1, 2, 3, 40]) {
    const [stored, live] = await Promise.all(
      both.map((live) => call(functions.list_customers, { per_page: 8, page, live })),
    );
    expect(live?.entries, `page ${page}`).toEqual(stored?.entries);
    expect(live?.has_more).toBe(stored?.has_more);
  }
  expect(asked.length).toBeGreaterThan(4);
});

test("a filter that ChartMogul ignores is an error, not a list with other records", async () => {
  const { path, sandbox, world } = await syncedWorld(30);
  const api = connectTo(sandbox, world);
  const ignoring = { ...api, get: (where: string) => api.get(where, { per_page: 50 }) };
  const call = createCaller({ path, clients: [{ name: "default", api: ignoring }] });
  const customer_uuid = payingCustomer(world, 1);
  await expect(call(functions.list_invoices, { customer_uuid, live: true })).rejects.toThrow(
    "ChartMogul answered GET /invoices with records that do not match the filter",
  );
  await expect(call(functions.list_customers, { status: "cancelled", live: true })).rejects.toThrow(/filter/);
  const { entries } = await call(functions.list_invoices, { customer_uuid });
  expect(new Set(entries.map((each) => each.customer_uuid))).toEqual(new Set([customer_uuid]));
});

test("a status is understood in any case, with spaces, hyphens or underscores, and by its other names", async () => {
  const { path, sandbox, world } = await syncedWorld(40);
  const call = asking(path, sandbox);
  const spellings: Record<string, string[]> = {
    Active: ["Active", "active", " ACTIVE "],
    "Past Due": ["Past_Due", "past due", "past-due", "overdue"],
    Cancelled: ["Cancelled", "canceled", "churned", "expired", "ended"],
    "New Lead": ["New Lead", "new_lead", "new"],
    "Qualified Lead": ["qualified-lead", "Qualified"],
  };
  for (const [status, spelled] of Object.entries(spellings)) {
    const expected = world.customers.filter((each) => each.status === status).length;
    for (const each of spelled) {
      const { entries } = await call(functions.list_customers, { status: each, per_page: 200 });
      expect(
        entries.map((customer) => customer.status),
        each,
      ).toEqual(Array(expected).fill(status));
    }
  }
  const all = [...world.subscriptions.values()].flat();
  for (const [spelled, status] of [
    ["Active", "active"],
    ["Cancelled", "inactive"],
    ["canceled", "inactive"],
    ["EXPIRED", "inactive"],
    ["inactive", "inactive"],
  ] as const) {
    const { entries } = await call(functions.list_subscriptions, { status: spelled, per_page: 200 });
    expect(entries).toHaveLength(all.filter((each) => each.status === status).length);
    expect(new Set(entries.map((each) => each.status))).toEqual(new Set([status]));
  }
});

test("future subscriptions are those that start after now, from both", async () => {
  const { path, sandbox, world, again } = await syncedWorld(15);
  const [[customer_uuid, subscriptions] = ["", []]] = [...world.subscriptions];
  const [some] = subscriptions;
  if (some === undefined) throw new Error("a customer without subscriptions");
  subscriptions.push({ ...some, uuid: "coming", "start-date": "2031-01-01T00:00:00+00:00" });
  await again();
  const call = asking(path, sandbox);
  for (const live of both) {
    const { entries } = await call(functions.list_subscriptions, { customer_uuid, status: "Future", live });
    expect(entries.map(({ uuid }) => uuid)).toEqual(["coming"]);
  }
  const { entries } = await call(functions.list_subscriptions, { status: "future" });
  expect(entries.map(({ uuid }) => uuid)).toEqual(["coming"]);
});

test("subscriptions of a customer who is not there are an error, not an empty list", async () => {
  const { path, sandbox, world, again } = await syncedWorld(15);
  const customer_uuid = payingCustomer(world);
  deleteCustomer(world, customer_uuid);
  await again();
  const call = asking(path, sandbox);
  const ask = (customer: string, live: boolean) =>
    call(functions.list_subscriptions, { customer_uuid: customer, live });
  await expect(ask("cus_nobody", false)).rejects.toThrow('there is no customer "cus_nobody"');
  await expect(ask(customer_uuid, false)).rejects.toThrow("was found deleted in ChartMogul");
  for (const each of ["cus_nobody", customer_uuid]) await expect(ask(each, true)).rejects.toThrow("with 404");
});

test("what was deleted is in no list, and fresh_as_of is the start of the last complete walk, not of one that failed since", async () => {
  const { path, sandbox, world, again } = await syncedWorld(15);
  const gone = world.plans.splice(3, 1)[0]?.uuid ?? "";
  await again();
  const call = asking(path, sandbox, {}, new Date("2025-07-03T15:00:00Z"));
  const plans = await call(functions.list_plans, { per_page: 200 });
  expect(plans.plans.map(({ uuid }) => uuid)).not.toContain(gone);
  expect(plans.fresh_as_of).toBe("2025-07-01T15:00:00Z");
  sandbox.faults.push({ path: "^/v1/plans", what: { kind: "status", status: 403 } });
  await again({ now: new Date("2025-07-02T15:00:00Z") });
  expect((await call(functions.list_plans, {})).fresh_as_of).toBe("2025-07-01T15:00:00Z");
  expect((await call(functions.list_customers, {})).fresh_as_of).toBe("2025-07-02T15:00:00Z");
});

test("no page is found by reading or sorting a whole table", async () => {
  const { path, sandbox, world } = await syncedWorld(40);
  const call = asking(path, sandbox);
  const customer_uuid = payingCustomer(world);
  const email = world.customers[0]?.email;
  const prepare = vi.spyOn(Database.prototype, "prepare");
  const twice = async (
    list: (where: { per_page: number; cursor?: string }) => Promise<{ cursor: string | null }>,
  ) => {
    const { cursor } = await list({ per_page: 1 });
    if (cursor !== null) await list({ per_page: 1, cursor });
  };
  await twice((where) => call(functions.list_plans, where));
  for (const filter of [{}, { customer_uuid }])
    await twice((where) => call(functions.list_invoices, { ...filter, ...where }));
  for (const filter of [
    {},
    { status: "active" },
    { status: "new lead" },
    { email },
    { email, status: "active" },
  ])
    await twice((where) => call(functions.list_customers, { ...filter, ...where }));
  for (const filter of [{}, { customer_uuid }, { status: "inactive" }, { status: "future" }])
    await twice((where) => call(functions.list_subscriptions, { ...filter, ...where }));
  const pages = [...new Set(prepare.mock.calls.map(([sql]) => sql))].filter((sql) =>
    sql.includes("OFFSET @skip"),
  );
  prepare.mockRestore();
  expect(pages.length).toBeGreaterThan(20);

  const sqlite = new Database(path, { readonly: true });
  onTestFinished(() => void sqlite.close());
  for (const sql of pages) {
    const plan = sqlite
      .prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql.replaceAll(/@\w+/g, "1")}`)
      .all()
      .map(({ detail }) => detail)
      .join("\n");
    expect(plan, sql).not.toMatch(/^SCAN/m);
    if (sql.includes("@email")) expect(plan, sql).toContain("customers_email");
    if (sql.includes("@now")) expect(plan, sql).toContain("subscriptions_start_date");
    // Of one customer, of one address and of the future there is little to sort.
    if (!/@customer|@email|@now/.test(sql)) expect(plan, sql).not.toContain("USE TEMP B-TREE FOR ORDER BY");
  }
});

test("live calls need no warehouse", async () => {
  const { sandbox } = await syncedWorld(15);
  const call = asking(newWarehouse(), sandbox);
  expect((await call(functions.list_plans, { live: true })).plans.length).toBeGreaterThan(0);
  await expect(call(functions.list_plans, {})).rejects.toThrow("there is no warehouse");
});
