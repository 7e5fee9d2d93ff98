import { describe, expect, test } from "vitest";
import type { ApiClient } from "../../src/api/api-client.ts";
import { ApiError } from "../../src/errors.ts";
import { deleteCustomer, mergeCustomers } from "../../src/sandbox/edits.ts";
import type { World } from "../../src/sandbox/world.ts";
import { intercepted } from "../support/accounts.ts";
import { reimport } from "../support/reimport.ts";
import { weeklyFullWalk } from "../support/shortcuts.ts";
import { looking, statuses } from "../support/syncing.ts";
import { rowsOf } from "../support/warehouse.ts";
import { deleted, later, payingCustomer, syncedWorld } from "../support/worlds.ts";

type Synced = Awaited<ReturnType<typeof syncedWorld>>;

/** The records owned by a customer, by table, at least one in each. */
function givenEverything(world: World, uuid: string) {
  const customer = world.customers.find((each) => each.uuid === uuid);
  const [source = ""] = customer?.data_source_uuids ?? [];
  const like = <R>(records: R[], given: Partial<R>) => {
    const [model] = records;
    if (model) records.push({ ...structuredClone(model), ...given });
  };
  like(world.contacts, { uuid: "con_of-victim", customer_uuid: uuid });
  like(world.tasks, {
    ...{ task_uuid: "task-of-victim", customer_uuid: uuid },
    ...{ associated_object: "customer" as const, associated_object_uuid: uuid },
  });
  like(world.opportunities, { uuid: "opportunity-of-victim", customer_uuid: uuid });
  like(world.notes, {
    ...{ uuid: "note_of-victim", customer_uuid: uuid },
    ...{ associated_object: "customer" as const, associated_object_uuid: uuid },
  });
  like(world.subscriptionEvents, {
    ...{ id: 8_888_888_888, customer_external_id: customer?.external_id ?? "", data_source_uuid: source },
  });
  return {
    customers: [uuid],
    subscriptions: (world.subscriptions.get(uuid) ?? []).map((each) => each.uuid),
    invoices: world.invoices.filter((each) => each.customer_uuid === uuid).map((each) => each.uuid),
    invoice_line_items: world.invoices
      .filter((each) => each.customer_uuid === uuid)
      .flatMap(({ line_items }) => line_items.map((each) => each.uuid)),
    invoice_transactions: world.invoices
      .filter((each) => each.customer_uuid === uuid)
      .flatMap(({ transactions }) => transactions.map((each) => each.uuid)),
    activities: world.activities.filter((each) => each["customer-uuid"] === uuid).map((each) => each.uuid),
    contacts: world.contacts.filter((each) => each.customer_uuid === uuid).map((each) => each.uuid),
    notes: world.notes.filter((each) => each.customer_uuid === uuid).map((each) => each.uuid),
    opportunities: world.opportunities.filter((each) => each.customer_uuid === uuid).map((each) => each.uuid),
    tasks: world.tasks.filter((each) => each.customer_uuid === uuid).map((each) => each.task_uuid),
    subscription_events: world.subscriptionEvents
      .filter((each) => customer?.external_ids.includes(each.customer_external_id))
      .map((each) => each.id),
  };
}

type Everything = ReturnType<typeof givenEverything>;

const marked = (path: string) =>
  Object.fromEntries(
    ["customers", "subscriptions", "invoices", "invoice_line_items", "invoice_transactions", "activities"]
      .concat("contacts", "notes", "opportunities", "tasks", "subscription_events")
      .map((table) => [
        table,
        deleted(path, table, table === "subscription_events" ? "id" : "uuid")
          .map(String)
          .sort(),
      ]),
  );
const sorted = (all: Everything) =>
  Object.fromEntries(Object.entries(all).map(([table, keys]) => [table, keys.map(String).sort()]));

/** A synced account with a customer that owns records of every kind. */
async function victim(customers = 30) {
  const synced = await syncedWorld(customers);
  const { world } = synced;
  const uuid = payingCustomer(world);
  const all = givenEverything(world, uuid);
  await synced.again({ now: later(1) });
  expect(all.invoice_line_items.length).toBeGreaterThan(1);
  expect(all.subscription_events.length).toBeGreaterThan(0);
  const remove = () => {
    const customer = world.customers.find((each) => each.uuid === uuid);
    deleteCustomer(world, uuid);
    world.subscriptionEvents = world.subscriptionEvents.filter(
      (each) => !customer?.external_ids.includes(each.customer_external_id),
    );
  };
  return { ...synced, uuid, all, remove };
}

/** The same API client, whose account loses or changes something when the subscriptions of that customer are asked for. */
const whenItsSubscriptionsAreRead = (api: ApiClient, uuid: string, happen: () => void) => {
  let happened = false;
  return intercepted(api, (path) => {
    if (path !== `customers/${uuid}/subscriptions` || happened) return;
    happened = true;
    happen();
  });
};

/** The same API client; everything but the customers and their child resources has been read before that happens. */
const afterTheOthers = (api: ApiClient, happen: () => void): ApiClient => {
  let pending = 0;
  let others = 0;
  let done = false;
  const listing = (path: string) => !path.startsWith("customers");
  const own: ApiClient = {
    async get(path, query) {
      if (path === "customers") {
        // Until nothing else has been asked for during some turns.
        for (let idle = 0, last = others; idle < 200; idle += 1) {
          await new Promise((resolve) => setImmediate(resolve));
          if (last !== others || pending > 0) idle = 0;
          last = others;
        }
        if (!done) happen();
        done = true;
      }
      if (!listing(path)) return api.get(path, query);
      pending += 1;
      others += 1;
      return api.get(path, query).finally(() => {
        pending -= 1;
      });
    },
    profile: () => api.profile(),
    get patient() {
      return own;
    },
    now: () => api.now(),
  };
  return own;
};

describe("the records owned by a customer are marked with it in the same sync", () => {
  test("where it is deleted while its subscriptions are read", async () => {
    const { again, path, createApi, uuid, all, remove } = await victim();
    const reports = await again({ now: later(2) }, whenItsSubscriptionsAreRead(createApi(), uuid, remove));
    expect(new Set(Object.values(statuses(reports)))).toEqual(new Set(["complete"]));
    expect(marked(path)).toEqual(sorted(all));
    const counted = (name: string) => reports.find(({ resource }) => resource === name)?.deleted;
    for (const name of ["invoices", "contacts", "notes", "opportunities", "tasks", "activities"] as const) {
      expect(counted(name), name).toBe(all[name].length);
    }
    expect(counted("subscription_events")).toBe(all.subscription_events.length);
    const again2 = await again({ now: later(3) });
    expect(again2.reduce((sum, each) => sum + each.deleted + each.restored, 0)).toBe(0);
  });

  test("where all its other listings were read before", async () => {
    const { again, path, createApi, all, remove } = await victim();
    const reports = await again({ now: later(2) }, afterTheOthers(createApi(), remove));
    expect(new Set(Object.values(statuses(reports)))).toEqual(new Set(["complete"]));
    expect(marked(path)).toEqual(sorted(all));
  });

  test("where another listing could not be read, or only its first page was", async () => {
    const { again, path, createApi, all, remove } = await victim();
    remove();
    const broken = intercepted(createApi(), (path) => {
      if (path === "invoices" || path === "contacts") throw new ApiError("down", { status: 502 });
    });
    const reports = await again({ now: later(2) }, broken);
    expect(statuses(reports)).toMatchObject({
      customers: "complete",
      invoices: "failed",
      contacts: "failed",
    });
    expect(marked(path)).toEqual(sorted(all));
  });

  test("where listings are truncated, with few requests", async () => {
    const { again, path, createApi, world, uuid, all, remove } = await victim(120);
    remove();
    const asked: string[] = [];
    const watching = intercepted(createApi(), (path) => {
      asked.push(path);
    });
    const reports = await again({ now: later(2), rules: weeklyFullWalk }, watching);
    expect(reports.find(({ resource }) => resource === "invoices")).toMatchObject({ read_to_end: 0 });
    expect(marked(path)).toEqual(sorted(all));
    expect(asked.filter((each) => each.startsWith("invoices/")).length).toBeLessThanOrEqual(
      all.invoices.length,
    );
    expect(world.customers.some((each) => each.uuid === uuid)).toBe(false);
  });

  test("in the history, too", async () => {
    const { again, path, createApi, uuid, all, remove } = await victim();
    await again({ now: later(2) }, whenItsSubscriptionsAreRead(createApi(), uuid, remove));
    const changes = looking(path, (warehouse) =>
      rowsOf(warehouse, "record_changes").filter(({ kind }) => kind === "deleted"),
    );
    const of = (name: string) =>
      changes.filter(({ resource }) => resource === name).map(({ key }) => String(key));
    for (const name of ["invoices", "contacts", "notes", "opportunities", "tasks"] as const) {
      expect(new Set(of(name)), name).toEqual(new Set(all[name]));
    }
  });

  test("and comes back with it", async () => {
    const { again, path, createApi, world, all, remove } = await victim();
    const before = { ...world, subscriptions: new Map(world.subscriptions) };
    await again({ now: later(2) }, afterTheOthers(createApi(), remove));
    expect(marked(path)).toEqual(sorted(all));
    Object.assign(world, before);
    // The other listings cannot be read in this sync: only the customer brings it back.
    const broken = intercepted(createApi(), (path) => {
      if (!path.startsWith("customers") && path !== "account") throw new ApiError("down", { status: 502 });
    });
    await again({ now: later(3) }, broken);
    expect(Object.values(marked(path)).flat()).toEqual([]);
    const marks = looking(path, (warehouse) => rowsOf(warehouse, "sync_tombstones"));
    // The day before anybody paid is another one until metrics are read again.
    expect(marks.filter(({ resource }) => resource !== "daily_metrics")).toEqual([]);
  });
});

describe("the records of a customer do not go with it", () => {
  test("where ChartMogul still has it: it was merged in the middle of the walks", async () => {
    const { again, path, createApi, world, uuid, all } = await victim();
    const into = payingCustomer(world, 3);
    const reports = await again(
      { now: later(2) },
      // The survivor was listed already, without its new identifiers: that it is a merge cannot be seen.
      whenItsSubscriptionsAreRead(createApi(), uuid, () => mergeCustomers(world, uuid, into)),
    );
    expect(statuses(reports)).toMatchObject({ customers: "complete", invoices: "complete" });
    expect(marked(path)).toMatchObject({ customers: [uuid], invoices: [], invoice_line_items: [] });
    expect(marked(path)).toMatchObject({ contacts: [], opportunities: [], tasks: [], notes: [] });
    const owners = looking(path, (warehouse) =>
      rowsOf(warehouse, "invoices")
        .filter((row) => all.invoices.includes(String(row["uuid"])))
        .map((row) => row["customer_uuid"]),
    );
    expect(new Set(owners)).toEqual(new Set([into]));
    await again({ now: later(3) });
    expect(marked(path)).toMatchObject({ customers: [uuid], invoices: [], contacts: [], notes: [] });
  });

  test("where it was merged before, and the listings are truncated", async () => {
    const { again, path, world, uuid } = await victim(120);
    mergeCustomers(world, uuid, payingCustomer(world, 3));
    await again({ now: later(2), rules: weeklyFullWalk });
    expect(marked(path)).toMatchObject({
      customers: [uuid],
      invoices: [],
      contacts: [],
      notes: [],
      tasks: [],
    });
  });

  test("where one of its records lives on without it", async () => {
    const { again, path, createApi, world, all, remove } = await victim();
    const reports = await again(
      { now: later(2) },
      afterTheOthers(createApi(), () => {
        const kept = world.notes.find(({ uuid }) => uuid === "note_of-victim");
        remove();
        if (kept) world.notes.push({ ...kept, customer_uuid: null as unknown as string });
      }),
    );
    expect(new Set(Object.values(statuses(reports)))).toEqual(new Set(["complete"]));
    expect(marked(path)).toEqual({
      ...sorted(all),
      notes: all.notes.filter((key) => key !== "note_of-victim").sort(),
    });
  });

  test("where the events of its billing system are still listed, or belong to another customer, too", async () => {
    const { again, path, createApi, world, uuid } = await victim();
    await again(
      { now: later(2) },
      afterTheOthers(createApi(), () => deleteCustomerOnly(world, uuid)),
    );
    expect(marked(path)).toMatchObject({ customers: [uuid], subscription_events: [] });
    const reports = await again({ now: later(3) });
    expect(reports.find(({ resource }) => resource === "subscription_events")).toMatchObject({ restored: 0 });
  });

  test("where it cannot be requested: the resource has failed, says so, and the next sync marks it", async () => {
    const { again, path, createApi, all, remove } = await victim();
    const failing = intercepted(afterTheOthers(createApi(), remove), (path) => {
      if (path.startsWith("invoices/")) throw new ApiError("down", { status: 502 });
    });
    const reports = await again({ now: later(2) }, failing);
    expect(statuses(reports)).toMatchObject({
      customers: "complete",
      invoices: "failed",
      contacts: "complete",
    });
    expect(reports.find(({ resource }) => resource === "invoices")?.error).toContain("down");
    expect(marked(path)).toMatchObject({ invoices: [], contacts: [...all.contacts].sort() });
    expect(statuses(await again({ now: later(3) }))).toMatchObject({ invoices: "complete" });
    expect(marked(path)).toEqual(sorted(all));
  });

  test("where too many customers are missing to believe it", async () => {
    const { again, path, world }: Synced = await syncedWorld(60);
    for (const { uuid } of world.customers.slice(0, 30)) deleteCustomer(world, uuid);
    const reports = await again({ only: ["customers"] });
    expect(statuses(reports)).toEqual({ customers: "delete_limit" });
    expect(Object.values(marked(path)).flat()).toEqual([]);
  });
});

test("old activities of a merged customer are the survivor's by the next sync", async () => {
  const { world, path, again } = await syncedWorld(60);
  const last = Math.max(...world.activities.map(({ date }) => Date.parse(date)));
  const isLongAgo = (uuid: string) =>
    world.activities
      .filter((each) => each["customer-uuid"] === uuid)
      .every(({ date }) => Date.parse(date) < last - 60 * 86_400_000);
  const [from = "", into = ""] = Array.from({ length: 20 }, (_, index) =>
    payingCustomer(world, index),
  ).filter((uuid) => world.activities.some((each) => each["customer-uuid"] === uuid) && isLongAgo(uuid));
  mergeCustomers(world, from, into);
  expect(statuses(await again({}))["activities"]).toBe("complete");
  const [report] = (await again({ now: later(2) })).filter(({ resource }) => resource === "activities");
  expect(report).toMatchObject({ status: "complete", reconciled: 1 });
  const live = looking(path, (warehouse) => rowsOf(warehouse, "activities"))
    .filter((row) => row["deleted_at"] === null)
    .map((row) => `${row["uuid"]} ${row["customer_uuid"]}`);
  expect(live.sort()).toEqual(world.activities.map((each) => `${each.uuid} ${each["customer-uuid"]}`).sort());
  // The next one reads as little as any other sync.
  const [unchanged] = (await again({ now: later(3) })).filter(({ resource }) => resource === "activities");
  expect(unchanged).toMatchObject({ reconciled: 0 });
});

test("old activities of a reimported customer are there by the next sync", async () => {
  const { world, path, again } = await syncedWorld(60);
  const from = (source: string) =>
    world.customers.filter(({ data_source_uuids }) => data_source_uuids.includes(source)).length;
  const [smallest] = world.dataSources
    .filter(({ uuid }) => from(uuid) > 0)
    .toSorted((one, other) => from(one.uuid) - from(other.uuid));
  reimport(world, smallest?.uuid ?? "");
  expect(statuses(await again({}))).toMatchObject({ customers: "complete", activities: "complete" });
  await again({ now: later(2) });
  const live = looking(path, (warehouse) => rowsOf(warehouse, "activities"))
    .filter((row) => row["deleted_at"] === null)
    .map((row) => row["uuid"]);
  expect(live.sort()).toEqual(world.activities.map(({ uuid }) => uuid).sort());
});

/** Takes a customer away as ChartMogul does, but what its billing system reported stays. */
function deleteCustomerOnly(world: World, uuid: string): void {
  const { subscriptionEvents } = world;
  deleteCustomer(world, uuid);
  world.subscriptionEvents = subscriptionEvents;
}
