import { setTimeout as untilFirstPageIsDone } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { ApiClient } from "../../src/api/api-client.ts";
import { ApiError } from "../../src/errors.ts";
import type { World } from "../../src/sandbox/world.ts";
import { intercepted, wrapped } from "../support/accounts.ts";
import { looking, statuses } from "../support/syncing.ts";
import { rowsOf } from "../support/warehouse.ts";
import {
  customersAndSubscriptions,
  deleted,
  inListingOrder,
  syncedWorld,
  tomorrow,
  unsyncedWorld,
} from "../support/worlds.ts";

const hoursLater = (hours: number) => new Date(tomorrow.getTime() + hours * 3_600_000);
const checkpoints = (path: string) => looking(path, (warehouse) => rowsOf(warehouse, "sync_checkpoints"));

/** The same API client, whose listing of customers breaks at the request with this number. */
function breakingAt(request: number, api: ApiClient): ApiClient {
  let requests = 0;
  return intercepted(api, (path) => {
    if (path === "customers") requests += 1;
    if (path === "customers" && requests === request) throw new ApiError("out of order", { status: 500 });
  });
}

/** The same API client, which refuses the subscriptions of this customer. */
const refusing = (customer: string, api: ApiClient) =>
  intercepted(api, (path) => {
    if (path === `customers/${customer}/subscriptions`) throw new ApiError("no", { status: 422 });
  });

/** One of the customers between these places in the listing who has subscriptions. */
function subscriberBetween(world: World, from: number, to: number): string {
  const some = inListingOrder(world).slice(from, to);
  const subscriber = some.find(({ uuid }) => (world.subscriptions.get(uuid) ?? []).length > 0);
  if (!subscriber) throw new Error("a page of customers without subscriptions");
  return subscriber.uuid;
}

function change(world: World, customer: string, wire: object): void {
  Object.assign(world.customers.find(({ uuid }) => uuid === customer) ?? {}, wire);
}

describe("between a stop and the sync that resumes", () => {
  test("a customer beyond the checkpoint who moves before it keeps the subscriptions", async () => {
    const { world, path, again, createApi } = await syncedWorld(650, customersAndSubscriptions);
    const mover = subscriberBetween(world, 200, 400);
    const order = inListingOrder(world);
    const [onFirstPage, onThirdPage] = [order[0]?.uuid, order[400]?.uuid];
    const thirdPageIsStored = gate();
    // The checkpoint moves past the first page when three pages of customers are stored, and no further.
    const whenAsked: Readonly<Record<string, () => unknown>> = {
      [`customers/${onThirdPage}/subscriptions`]: thirdPageIsStored.open,
      [`customers/${onFirstPage}/subscriptions`]: () => thirdPageIsStored.opened,
      async [`customers/${mover}/subscriptions`]() {
        await thirdPageIsStored.opened;
        await untilFirstPageIsDone(500);
        throw new ApiError("no longer your key", { status: 401 });
      },
    };
    const breaking = wrapped(createApi(), (get) => async (path, query) => {
      await whenAsked[path]?.();
      return get(path, query);
    });
    const broken = await again({ only: customersAndSubscriptions }, breaking);
    expect(statuses(broken)).toEqual({ customers: "complete", subscriptions: "failed" });
    expect(checkpoints(path)).toMatchObject([{ pages: 1 }]);

    change(world, mover, { "customer-since": "2001-01-01T00:00:00+00:00" });
    const reports = await again({ only: customersAndSubscriptions });
    expect(statuses(reports)).toEqual({ customers: "complete", subscriptions: "complete" });
    // Those beyond the first page, the mover among them by its uuid.
    expect(reports[0]).toMatchObject({ fetched: 450 });
    expect(deleted(path, "customers")).toEqual([]);
    expect(deleted(path, "subscriptions")).toEqual([]);
  });

  test("so does one whose page is behind the last position of a first sync that broke off", async () => {
    const { world, path, sync, createApi } = await unsyncedWorld(850);
    const mover = subscriberBetween(world, 420, 600);
    const beforeMover = new Set(
      inListingOrder(world)
        .slice(0, 400)
        .map(({ uuid }) => `customers/${uuid}/subscriptions`),
    );
    const twoPagesAreRead = gate();
    let pages = 0;
    let isOver = false;
    const whenAsked: Readonly<Record<string, () => unknown>> = {
      async customers() {
        pages += 1;
        if (pages >= 4) await twoPagesAreRead.opened.then(() => untilFirstPageIsDone(60));
      },
      async [`customers/${mover}/subscriptions`]() {
        await twoPagesAreRead.opened.then(() => untilFirstPageIsDone(30));
        isOver = true;
      },
    };
    const breaking = wrapped(createApi(), (get) => async (path, query) => {
      await whenAsked[path]?.();
      if (isOver) throw new ApiError("no longer your key", { status: 401 });
      const answer = await get(path, query);
      if (beforeMover.delete(path) && beforeMover.size === 0) twoPagesAreRead.open();
      return answer;
    });
    await sync({ only: customersAndSubscriptions, now: tomorrow }, breaking);
    expect(checkpoints(path)).toMatchObject([{ pages: 2 }]);

    change(world, mover, { "customer-since": "2001-01-01T00:00:00+00:00" });
    const reports = await sync({ only: customersAndSubscriptions, now: tomorrow });
    expect(statuses(reports)).toEqual({ customers: "complete", subscriptions: "complete" });
    const stored = looking(path, (warehouse) => rowsOf(warehouse, "subscriptions"));
    expect(stored.filter(({ customer_uuid }) => customer_uuid === mover)).toHaveLength(
      world.subscriptions.get(mover)?.length ?? 0,
    );
  });

  test("subscriptions that were read again first are remembered, even if that sync stops before its next checkpoint", async () => {
    const { world, path, again, createApi } = await syncedWorld(250, customersAndSubscriptions);
    const refused = subscriberBetween(world, 0, 200);
    await again({ only: customersAndSubscriptions }, breakingAt(2, refusing(refused, createApi())));
    expect(checkpoints(path)).toMatchObject([{ pages: 1 }]);
    const asked: string[] = [];
    const broken = intercepted(createApi(), (path) => {
      asked.push(path);
      if (path === "customers") throw new ApiError("out of order", { status: 500 });
    });
    await again({ only: customersAndSubscriptions, now: hoursLater(1) }, broken);
    expect(asked).toEqual([`customers/${refused}/subscriptions`, "customers", "customers"]);

    const reports = await again({ only: customersAndSubscriptions, now: hoursLater(2) });
    expect(statuses(reports)).toEqual({ customers: "complete", subscriptions: "complete" });
    expect(deleted(path, "subscriptions")).toEqual([]);
  });

  test("where a cursor is no longer known, all is read from the beginning, also listings that were requested first", async () => {
    const { world, path, again, createApi } = await syncedWorld(250, customersAndSubscriptions);
    const refused = subscriberBetween(world, 0, 200);
    await again({ only: customersAndSubscriptions }, breakingAt(2, refusing(refused, createApi())));
    looking(path, ({ sqlite }) => sqlite.prepare("UPDATE sync_checkpoints SET cursor = 'nonsense'").run());
    let listings = 0;
    const counting = intercepted(createApi(), (path) => {
      if (path === `customers/${refused}/subscriptions`) listings += 1;
    });
    const reports = await again({ only: customersAndSubscriptions, now: hoursLater(1) }, counting);
    expect(statuses(reports)).toEqual({ customers: "complete", subscriptions: "complete" });
    expect(reports[0]).toMatchObject({ fetched: 250 });
    expect(listings).toBe(2);
    for (const table of customersAndSubscriptions) expect(deleted(path, table)).toEqual([]);
  });
});

describe("the next sync reads the customers", () => {
  test.for([
    ["from the beginning where the walk began a day ago, less a few seconds", 24, 250],
    ["from the checkpoint on where the walk began 23 hours ago", 23, 50],
  ] as const)("%s", async ([_where, hours, fetched]) => {
    const { world, path, again, createApi } = await syncedWorld(250, ["customers"]);
    await again({ only: ["customers"] }, breakingAt(2, createApi()));
    expect(checkpoints(path)).toMatchObject([{ pages: 1 }]);
    const renamed = inListingOrder(world)[0]?.uuid ?? "";
    change(world, renamed, { name: "Renamed" });
    const now = new Date(hoursLater(hours).getTime() - 5000);
    expect(await again({ only: ["customers"], now })).toMatchObject([{ status: "complete", fetched }]);
    expect(nameOf(path, renamed) === "Renamed").toBe(fetched === 250);
  });

  test("from the beginning after one whose subscriptions reached the delete limit", async () => {
    const { world, path, again } = await syncedWorld(250, customersAndSubscriptions);
    const order = inListingOrder(world);
    const lost = order.filter(({ uuid }) => (world.subscriptions.get(uuid) ?? []).length > 0).slice(0, 60);
    for (const { uuid } of lost) world.subscriptions.delete(uuid);
    expect(statuses(await again({ only: customersAndSubscriptions }))).toEqual({
      customers: "complete",
      subscriptions: "delete_limit",
    });
    expect(checkpoints(path)).toEqual([]);

    const renamed = order[0]?.uuid ?? "";
    change(world, renamed, { name: "Renamed" });
    const reports = await again({ only: customersAndSubscriptions, now: hoursLater(1) });
    expect(statuses(reports)).toEqual({ customers: "complete", subscriptions: "delete_limit" });
    expect(reports[0]).toMatchObject({ fetched: 250 });
    expect(nameOf(path, renamed)).toBe("Renamed");
    expect(deleted(path, "subscriptions")).toEqual([]);
  });
});

function nameOf(path: string, customer: string): unknown {
  return looking(path, ({ sqlite }) =>
    sqlite.prepare("SELECT name FROM customers WHERE uuid = ?").pluck().get(customer),
  );
}

/** Something to wait for until it is opened. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}
