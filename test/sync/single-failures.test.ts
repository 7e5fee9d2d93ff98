import { describe, expect, test } from "vitest";
import type { ApiClient } from "../../src/api/api-client.ts";
import { ApiError } from "../../src/errors.ts";
import { deleteCustomer } from "../../src/sandbox/edits.ts";
import type { World } from "../../src/sandbox/world.ts";
import { bent, intercepted, serve, smallWorld } from "../support/accounts.ts";
import { askDirectly } from "../support/direct.ts";
import { looking, newWarehouse, statuses, syncInto } from "../support/syncing.ts";
import { rowsOf } from "../support/warehouse.ts";
import {
  customersAndSubscriptions,
  deleted,
  inListingOrder,
  later,
  payingCustomer,
  syncedWorld,
  unsyncedWorld,
} from "../support/worlds.ts";

/** The same API client, which replies with this status to requests for this path. */
const refusing = (api: ApiClient, path: string, status: number) =>
  intercepted(api, (asked) => {
    if (asked === path) throw new ApiError("it says no", { status });
  });

const ownerOf = (path: string) => /^customers\/(.*)\/subscriptions$/.exec(path)?.[1] ?? "";

function firstSubscription(world: World, customer: string) {
  const [subscription] = world.subscriptions.get(customer) ?? [];
  if (!subscription) throw new Error("a customer without subscriptions");
  return subscription;
}

/** Gives a subscription of this customer another plan, and a function that looks up which one is stored. */
function changePlan(world: World, customer: string) {
  const subscription = firstSubscription(world, customer);
  subscription.plan = "Another plan";
  return (path: string) =>
    looking(path, ({ sqlite }) =>
      sqlite.prepare("SELECT plan FROM subscriptions WHERE uuid = ?").pluck().get(subscription.uuid),
    );
}

function change(world: World, customer: string, wire: object): void {
  Object.assign(world.customers.find(({ uuid }) => uuid === customer) ?? {}, wire);
}

/** Deletes a customer; the returned function undoes it. */
function deleteForNow(world: World, customer: string): () => void {
  const before = { customers: structuredClone(world.customers), subscriptions: new Map(world.subscriptions) };
  deleteCustomer(world, customer);
  return () => Object.assign(world, before);
}

describe("customers whose subscriptions cannot be read", () => {
  test("stop those of no other, although they are many and the same in every sync", async () => {
    const { world, path, again, createApi } = await syncedWorld(100, customersAndSubscriptions);
    const order = inListingOrder(world).map(({ uuid }) => uuid);
    const refused = new Set(order.filter((_, index) => index % 4 === 3));
    const refusingThem = () =>
      intercepted(createApi(), (asked) => {
        if (refused.has(ownerOf(asked))) throw new ApiError("no", { status: 422 });
      });
    await again({ only: customersAndSubscriptions }, refusingThem());
    const other = order.filter(
      (uuid) => !refused.has(uuid) && (world.subscriptions.get(uuid) ?? []).length > 0,
    );
    const planOf = changePlan(world, other.at(-1) ?? "");
    const reports = await again({ only: customersAndSubscriptions, now: later(2) }, refusingThem());
    expect(statuses(reports)).toEqual({ customers: "complete", subscriptions: "failed" });
    expect(reports[1]?.error).toContain("the listings of 25 of customers could not be read");
    expect(planOf(path)).toBe("Another plan");
    expect(deleted(path, "subscriptions")).toEqual([]);
  });

  test("stop those of no other where one of them has a reply without a listing", async () => {
    const { world, path, again, createApi } = await syncedWorld(30, customersAndSubscriptions);
    const [odd, other] = [payingCustomer(world, 0), payingCustomer(world, 1)];
    const planOf = changePlan(world, other);
    const listless = () => bent(createApi(), (body, asked) => (ownerOf(asked) === odd ? {} : body));
    for (const day of [1, 2]) {
      const reports = await again({ only: customersAndSubscriptions, now: later(day) }, listless());
      expect(statuses(reports)).toEqual({ customers: "complete", subscriptions: "failed" });
      expect(reports[1]?.error).toMatch(
        new RegExp(
          `^the listings of 1 of customers could not be read, the first of ${odd}: .* no list under "entries"`,
        ),
      );
    }
    expect(planOf(path)).toBe("Another plan");
    expect(deleted(path, "subscriptions")).toEqual([]);
    expect(statuses(await again({ only: customersAndSubscriptions, now: later(3) }))).toEqual({
      customers: "complete",
      subscriptions: "complete",
    });
  });

  test("are not marked where they are listed and everything below them replies 404", async () => {
    const { path, again, createApi } = await syncedWorld(60, customersAndSubscriptions);
    const unknowing = intercepted(createApi(), (asked) => {
      if (asked.startsWith("customers/")) throw new ApiError("no", { status: 404 });
    });
    const reports = await again({ only: customersAndSubscriptions }, unknowing);
    expect(statuses(reports)).toEqual({ customers: "complete", subscriptions: "failed" });
    for (const table of customersAndSubscriptions) expect(deleted(path, table)).toEqual([]);
  });

  test("are not asked for themselves where 201 of their listings are unknown, and the one that is gone is marked", async () => {
    const { world, path, again, createApi } = await syncedWorld(402, customersAndSubscriptions);
    const order = inListingOrder(world).map(({ uuid }) => uuid);
    const unknown = new Set(order.filter((_, index) => index % 2 === 1));
    expect(unknown.size).toBe(201);
    const gone = order[0] ?? "";
    deleteCustomer(world, gone);
    const asked: string[] = [];
    const listening = intercepted(createApi(), (path) => {
      if (/^customers\/[^/]*$/.test(path)) asked.push(path);
    });
    // Bent instead of intercepted: a reply takes its time, and no 25 of them come one after the other.
    const unknowing = bent(listening, (body, path) => {
      if (unknown.has(ownerOf(path))) throw new ApiError("no", { status: 404 });
      return body;
    });
    const reports = await again({ only: customersAndSubscriptions }, unknowing);
    expect(statuses(reports)).toEqual({ customers: "complete", subscriptions: "failed" });
    expect(reports[1]?.error).toContain("the listings of 201 of customers could not be read");
    expect(deleted(path, "customers")).toEqual([gone]);
    expect(asked).toEqual([`customers/${gone}`]);
  });

  test("do not keep the history of all others from beginning, refused though they were from the first sync on", async () => {
    const { world, path, createApi, sync } = await unsyncedWorld();
    const [odd, other] = [payingCustomer(world, 0), payingCustomer(world, 1)];
    const refusingOne = () => refusing(createApi(), `customers/${odd}/subscriptions`, 403);
    for (const day of [0, 1]) await sync({ only: customersAndSubscriptions, now: later(day) }, refusingOne());
    changePlan(world, other);
    await sync({ only: customersAndSubscriptions, now: later(2) }, refusingOne());
    expect(looking(path, (warehouse) => rowsOf(warehouse, "record_changes"))).toMatchObject([
      { resource: "subscriptions", field: "plan", new_value: "Another plan" },
    ]);
  });

  test("do not keep a rejected subscription of another one open once it is gone", async () => {
    const { world, path, again, createApi } = await syncedWorld(30, customersAndSubscriptions);
    const [odd, refused] = [payingCustomer(world, 0), payingCustomer(world, 1)];
    const owned = world.subscriptions.get(odd) ?? [];
    const misfit = Object.assign(structuredClone(firstSubscription(world, odd)), {
      uuid: "odd",
      currency: [],
    });
    world.subscriptions.set(odd, [...owned, misfit]);
    const refusingOne = () => refusing(createApi(), `customers/${refused}/subscriptions`, 403);
    const rejects = () => looking(path, (warehouse) => rowsOf(warehouse, "rejected_records"));
    await again({ only: customersAndSubscriptions }, refusingOne());
    expect(rejects()).toMatchObject([{ key: `${odd}/odd`, resolved_at: null }]);
    world.subscriptions.set(odd, owned);
    await again({ only: customersAndSubscriptions, now: later(2) }, refusingOne());
    expect(rejects()).toMatchObject([{ key: `${odd}/odd`, resolved_at: "2025-07-02 15:00:00" }]);
  });

  test("have them back all the same when they themselves come back", async () => {
    const { world, path, again, createApi } = await syncedWorld(30, customersAndSubscriptions);
    const back = payingCustomer(world);
    const undo = deleteForNow(world, back);
    await again({ only: customersAndSubscriptions });
    expect(deleted(path, "subscriptions", "customer_uuid")).toContain(back);
    undo();
    const refusingOne = refusing(createApi(), `customers/${back}/subscriptions`, 403);
    const reports = await again({ only: customersAndSubscriptions, now: later(2) }, refusingOne);
    expect(statuses(reports)).toEqual({ customers: "complete", subscriptions: "failed" });
    for (const table of customersAndSubscriptions) expect(deleted(path, table)).toEqual([]);
  });
});

test("a listing of one customer with only its first page read does not count as read", async () => {
  const world = smallWorld("default", 12);
  const subscriber = payingCustomer(world);
  const own = world.subscriptions.get(subscriber) ?? [];
  const model = firstSubscription(world, subscriber);
  for (let number = own.length; number < 4; number += 1)
    own.push({ ...structuredClone(model), uuid: `sub_${number}`, id: 900 + number });
  const sandbox = await serve(world, { largestPage: 3 });
  const path = newWarehouse();
  const sync = (api: ApiClient, day: number) =>
    syncInto(path, { default: api }, { only: customersAndSubscriptions, now: later(day) });
  await sync(askDirectly(sandbox, world), 0);
  let pages = 0;
  const breaking = intercepted(askDirectly(sandbox, world), (asked) => {
    if (asked !== `customers/${subscriber}/subscriptions`) return;
    pages += 1;
    if (pages === 2) throw new ApiError("not now", { status: 500 });
  });
  expect(statuses(await sync(breaking, 1))).toEqual({ customers: "complete", subscriptions: "failed" });
  expect(pages).toBeGreaterThanOrEqual(2);
  expect(deleted(path, "subscriptions")).toEqual([]);
  expect(looking(path, (warehouse) => rowsOf(warehouse, "sync_retries"))).toMatchObject([
    { parent: subscriber },
  ]);
  expect(statuses(await sync(askDirectly(sandbox, world), 2))).toEqual({
    customers: "complete",
    subscriptions: "complete",
  });
  expect(deleted(path, "subscriptions")).toEqual([]);
});

describe("a missing customer whose request ChartMogul answers with", () => {
  async function withoutTwo() {
    const synced = await syncedWorld(30, customersAndSubscriptions);
    const [odd, other] = [payingCustomer(synced.world, 0), payingCustomer(synced.world, 1)];
    for (const uuid of [odd, other]) deleteCustomer(synced.world, uuid);
    const again = (day: number, status?: number) =>
      synced.again(
        { only: customersAndSubscriptions, now: later(day) },
        status === undefined ? undefined : refusing(synced.createApi(), `customers/${odd}`, status),
      );
    return { path: synced.path, odd, other, again };
  }
  const complete = { customers: "complete", subscriptions: "complete" };

  test.for([400, 404, 410, 422])("%i is gone and is marked like any other", async (status) => {
    const { path, odd, other, again } = await withoutTwo();
    expect(statuses(await again(1, status))).toEqual(complete);
    expect(new Set(deleted(path, "customers"))).toEqual(new Set([odd, other]));
    expect(new Set(deleted(path, "subscriptions", "customer_uuid"))).toEqual(new Set([odd, other]));
  });

  test.for([402, 403])("%i stays live, which is said, and the others are marked", async (status) => {
    const { path, odd, other, again } = await withoutTwo();
    for (const day of [1, 2]) {
      const reports = await again(day, status);
      expect(statuses(reports)).toEqual({ customers: "failed", subscriptions: "failed" });
      expect(reports[0]?.error).toBe(
        `1 of customers are no longer listed, but ChartMogul does not say that they are gone, the first ${odd}: it says no. They were not marked as deleted; everything else was done. Report it if it stays.`,
      );
      expect(deleted(path, "customers")).toEqual([other]);
      expect(new Set(deleted(path, "subscriptions", "customer_uuid"))).toEqual(new Set([other]));
      // The walk is over all the same: the next one begins at the beginning.
      expect(looking(path, (warehouse) => rowsOf(warehouse, "sync_seen_keys"))).toEqual([]);
    }
    expect(statuses(await again(3))).toEqual(complete);
    expect(new Set(deleted(path, "customers"))).toEqual(new Set([odd, other]));
  });

  test("401 keeps all from being marked; the next sync marks them", async () => {
    const { path, odd, other, again } = await withoutTwo();
    const reports = await again(1, 401);
    expect(statuses(reports)).toEqual({ customers: "failed", subscriptions: "failed" });
    expect(reports[0]?.error).toContain("it says no");
    for (const table of customersAndSubscriptions) expect(deleted(path, table)).toEqual([]);
    expect(statuses(await again(2))).toEqual(complete);
    expect(new Set(deleted(path, "customers"))).toEqual(new Set([odd, other]));
  });

  test("something without a uuid, as in the listing, stays live, which is said", async () => {
    const { world, path, again, createApi } = await syncedWorld(30, ["customers"]);
    const odd = payingCustomer(world);
    const nameless = (body: unknown) =>
      (body as { uuid?: unknown }).uuid === odd ? { ...(body as object), uuid: null } : body;
    const own = bent(createApi(), (body, asked) => {
      if (asked !== "customers") return nameless(body);
      return { ...body, entries: (body["entries"] as readonly unknown[]).map(nameless) };
    });
    const reports = await again({ only: ["customers"] }, own);
    expect(reports).toMatchObject([{ status: "failed", rejected: 1, deleted: 0 }]);
    expect(reports[0]?.error).toContain(
      `the first ${odd}: ChartMogul answered with something that has no key`,
    );
    expect(deleted(path, "customers")).toEqual([]);
  });
});

describe("a customer who does not validate", () => {
  const misfit = { name: "Renamed", currency: [] };

  test("takes the subscriptions along when it goes, even if it was never stored", async () => {
    const { world, path, sync } = await unsyncedWorld();
    const odd = payingCustomer(world);
    change(world, odd, misfit);
    await sync({ only: customersAndSubscriptions });
    const owned = (world.subscriptions.get(odd) ?? []).map(({ uuid }) => uuid);
    deleteCustomer(world, odd);
    const reports = await sync({ only: customersAndSubscriptions, now: later(1) });
    expect(statuses(reports)).toEqual({ customers: "complete", subscriptions: "complete" });
    expect(new Set(deleted(path, "subscriptions"))).toEqual(new Set(owned));
  });

  test("loses the mark when it comes back, with the subscriptions, and keeps the row that it had", async () => {
    const { world, path, again } = await syncedWorld(30, customersAndSubscriptions);
    const back = payingCustomer(world);
    const undo = deleteForNow(world, back);
    await again({ only: customersAndSubscriptions });
    expect(deleted(path, "customers")).toEqual([back]);
    undo();
    const name = world.customers.find(({ uuid }) => uuid === back)?.name;
    change(world, back, misfit);
    const reports = await again({ only: customersAndSubscriptions, now: later(2) });
    expect(statuses(reports)).toEqual({ customers: "complete", subscriptions: "complete" });
    for (const table of customersAndSubscriptions) expect(deleted(path, table)).toEqual([]);
    const rows = looking(path, (warehouse) => rowsOf(warehouse, "customers"));
    expect(rows.find(({ uuid }) => uuid === back)).toMatchObject({ name });
    expect(looking(path, (warehouse) => rowsOf(warehouse, "rejected_records"))).toMatchObject([
      { key: back },
    ]);
  });

  test("is not a failure of all customers where it is alone on the last page", async () => {
    const { world, path, again } = await syncedWorld(201, ["customers"]);
    change(world, inListingOrder(world).at(-1)?.uuid ?? "", misfit);
    const reports = await again({ only: ["customers"] });
    expect(reports).toMatchObject([{ status: "complete", fetched: 201, rejected: 1 }]);
    expect(deleted(path, "customers")).toEqual([]);
  });

  test("is not a failure either where a stopped walk resumes with that page alone", async () => {
    const { world, path, again, createApi } = await syncedWorld(201, ["customers"]);
    change(world, inListingOrder(world).at(-1)?.uuid ?? "", misfit);
    let pages = 0;
    const stopping = intercepted(createApi(), (asked) => {
      if (asked !== "customers") return;
      pages += 1;
      if (pages === 2) throw new ApiError("out of order", { status: 500 });
    });
    expect(await again({ only: ["customers"] }, stopping)).toMatchObject([
      { status: "failed", fetched: 200 },
    ]);
    const reports = await again({ only: ["customers"] });
    expect(reports).toMatchObject([{ status: "complete", fetched: 1, rejected: 1 }]);
    expect(deleted(path, "customers")).toEqual([]);
  });
});
