import { describe, expect, test } from "vitest";
import type { ApiClient } from "../../src/api/api-client.ts";
import { requireResource } from "../../src/commands/selection.ts";
import { ApiError } from "../../src/errors.ts";
import type { Activity } from "../../src/sandbox/customer-records.ts";
import type { ResourceReport } from "../../src/sync/report.ts";
import { bent, intercepted } from "../support/accounts.ts";
import { customerNotDue, rows, week, weeklyFullWalk } from "../support/shortcuts.ts";
import { statuses } from "../support/syncing.ts";
import {
  customersAndSubscriptions,
  inListingOrder,
  later,
  syncedWorld,
  unsyncedWorld,
} from "../support/worlds.ts";

type Entry = Readonly<Record<string, unknown>>;
type Bend = (record: Entry) => unknown;

/** The same API client, whose listings and single records have this one bent; `list` is the key under which a page has its records. */
function odd(api: ApiClient, key: string, bend: Bend, { list = "entries", by = "uuid" } = {}): ApiClient {
  const one = (record: unknown) => ((record as Entry | null)?.[by] === key ? bend(record as Entry) : record);
  return bent(api, (body) => {
    const records = body[list];
    return Array.isArray(records) ? { ...body, [list]: records.map(one) } : one(body);
  });
}

const nothing: Bend = () => null;
const having =
  (wire: object): Bend =>
  (record) => ({ ...record, ...wire });

const reportOf = (reports: readonly ResourceReport[], name: string) =>
  reports.find(({ resource }) => resource === name);
const open = (path: string) => rows(path, "rejected_records").filter((row) => row["resolved_at"] === null);
const keysIn = (path: string, table: string, key = "uuid") =>
  rows(path, table)
    .filter((row) => row["deleted_at"] === null)
    .map((row) => row[key])
    .sort();

/** The requests since the last call, as path and query. */
function asked({ sandbox }: { sandbox: { requests: { path: string; query: string }[] } }): string[] {
  const requests = sandbox.requests.map(({ path, query }) => `${path.replace("/v1/", "")}?${query}`);
  sandbox.requests.length = 0;
  return requests;
}

describe("an activity of long ago that was rejected once", () => {
  const only = ["activities"];
  async function afterOddSync(bend: Bend) {
    const unsynced = await unsyncedWorld(60);
    const old = unsynced.world.activities.toSorted((a, b) => a.date.localeCompare(b.date))[5] as Activity;
    const reports = await unsynced.sync({ only }, odd(unsynced.createApi(), old.uuid, bend));
    expect(reports).toMatchObject([{ status: "complete", rejected: 1, missing: 1 }]);
    asked(unsynced);
    const syncOn = (day: number, own?: ApiClient) =>
      unsynced.sync({ only, now: later(day) }, own).then(([report]) => report);
    return { ...unsynced, old, syncOn };
  }

  test.for<[string, Bend]>([
    ["null", nothing],
    ["a record without its uuid", having({ uuid: null })],
    ["a record with an invalid amount", having({ "activity-mrr": "much" })],
    ["a record with an invalid date", having({ date: "long ago" })],
    [
      "a record with another date than it has",
      having({ date: "2025-06-29T00:00:00+00:00", "activity-mrr": "?" }),
    ],
  ])("is stored by the next sync, having come as %s", async ([, bend]) => {
    const { world, path, syncOn } = await afterOddSync(bend);
    expect(await syncOn(1)).toMatchObject({ status: "complete", rejected: 0, missing: 0 });
    expect(keysIn(path, "activities")).toEqual(world.activities.map(({ uuid }) => uuid).sort());
    expect(open(path)).toEqual([]);
    // The next one reads as little as any other sync.
    expect(await syncOn(2)).toMatchObject({ reconciled: 0 });
  });

  test("is requested from its day on by every sync, until it is valid", async () => {
    const bend = having({ "activity-mrr": "much" });
    const { old, createApi, syncOn, ...rest } = await afterOddSync(bend);
    const dayBefore = new Date(Date.parse(old.date) - 86_400_000).toISOString().slice(0, 10);
    for (const day of [1, 2]) {
      expect(await syncOn(day, odd(createApi(), old.uuid, bend))).toMatchObject({
        status: "complete",
        rejected: 1,
        missing: 1,
        reconciled: 0,
      });
      expect(asked(rest).find((one) => one.startsWith("activities"))).toContain(`start-date=${dayBefore}`);
    }
    expect(open(rest.path)).toMatchObject([{ key: old.uuid }]);
    expect(await syncOn(3)).toMatchObject({ missing: 0, inserted: 1 });
    asked(rest);
    await syncOn(4);
    expect(asked(rest).find((one) => one.startsWith("activities"))).toContain("start-date=2025-05-");
  });

  test("and has another uuid now is no longer missing", async () => {
    const { old, syncOn, path } = await afterOddSync(having({ "activity-mrr": "much" }));
    old.uuid = "another";
    expect(await syncOn(1)).toMatchObject({ status: "complete", missing: 0, inserted: 1 });
    expect(open(path)).toEqual([]);
  });
});

describe("a record far down in a listing that is read up to the first known page", () => {
  async function afterOddSync(resource: "invoices" | "subscription_events", bend: Bend) {
    const unsynced = await unsyncedWorld(120);
    const { world, createApi, path, sync } = unsynced;
    const by = resource === "invoices" ? "uuid" : "id";
    const all = resource === "invoices" ? world.invoices : world.subscriptionEvents;
    // The account is small, yet its last record is on the last of several pages.
    let victim: Entry = {};
    for await (const { records } of requireResource(resource).listing.pages(createApi(), {})) {
      victim = (records.at(-1) as Entry | undefined) ?? victim;
    }
    const key = victim[by] as string;
    const bending = () => odd(createApi(), key, bend, { list: resource, by });
    const only = [resource];
    expect(await sync({ only }, bending())).toMatchObject([{ status: "complete", missing: 1 }]);
    asked(unsynced);
    const syncOn = (day: number, own?: ApiClient) =>
      sync({ only, rules: weeklyFullWalk, now: later(day) }, own).then(([report]) => report);
    return { ...unsynced, path, by, all, victim, key, bending, syncOn };
  }

  test("is requested by its key: one request a sync, until it is valid", async () => {
    const { key, bending, syncOn, path, all, ...rest } = await afterOddSync(
      "invoices",
      having({ currency: 7 }),
    );
    for (const day of [1, 2]) {
      expect(await syncOn(day, bending())).toMatchObject({ status: "complete", rejected: 1, missing: 1 });
      expect(asked(rest).filter((one) => one.startsWith("invoices"))).toEqual([
        expect.stringMatching(/^invoices\?/),
        expect.stringMatching(`^invoices/${key}\\?`),
      ]);
    }
    expect(await syncOn(3)).toMatchObject({ status: "complete", rejected: 0, missing: 0, inserted: 1 });
    expect(keysIn(path, "invoices")).toHaveLength(all.length);
    asked(rest);
    await syncOn(4);
    expect(asked(rest).filter((one) => one.startsWith("invoices"))).toHaveLength(1);
  });

  test("is over where ChartMogul does not have it any more", async () => {
    const { world, victim, syncOn, path } = await afterOddSync("invoices", having({ currency: 7 }));
    world.invoices.splice(
      world.invoices.findIndex(({ uuid }) => uuid === victim["uuid"]),
      1,
    );
    expect(await syncOn(1)).toMatchObject({ status: "complete", missing: 0, pages: 1 });
    expect(open(path)).toEqual([]);
  });

  test("stays missing where ChartMogul refuses it alone, and the rest is read", async () => {
    const { key, createApi, syncOn } = await afterOddSync("invoices", having({ currency: 7 }));
    const refusing = intercepted(createApi(), (path) => {
      if (path === `invoices/${key}`) throw new ApiError("no", { status: 403 });
    });
    for (const day of [1, 2]) {
      expect(await syncOn(day, refusing)).toMatchObject({ status: "complete", missing: 1 });
    }
    expect(await syncOn(3)).toMatchObject({ missing: 0, inserted: 1 });
  });

  test("is found by a longer walk where it can only be listed, and no further", async () => {
    const { syncOn, bending, path, by, all, key } = await afterOddSync(
      "subscription_events",
      having({ amount_in_cents: { odd: true } }),
    );
    expect(await syncOn(1, bending())).toMatchObject({ status: "complete", rejected: 1, missing: 1 });
    const report = await syncOn(2);
    expect(report).toMatchObject({ status: "complete", missing: 0, inserted: 1 });
    expect(keysIn(path, "subscription_events", by)).toHaveLength(all.length);
    expect(keysIn(path, "subscription_events", by)).toContain(key);
    expect(await syncOn(3)).toMatchObject({ pages: 1 });
  });

  test.for(["invoices", "subscription_events"] as const)(
    "is found by a longer walk if it has no key (%s)",
    async (resource) => {
      const { syncOn, path, by, all } = await afterOddSync(resource, nothing);
      expect(await syncOn(1)).toMatchObject({ status: "complete", missing: 0, inserted: 1, reconciled: 1 });
      expect(keysIn(path, resource, by)).toHaveLength(all.length);
      expect(await syncOn(2)).toMatchObject({ pages: 1 });
    },
  );

  test("is counted as often as it is listed without a key", async () => {
    const { world, sync, createApi } = await unsyncedWorld(120);
    const [one, , , other] = world.invoices;
    const bending = odd(
      odd(createApi(), one?.uuid ?? "", nothing, { list: "invoices" }),
      other?.uuid ?? "",
      nothing,
      {
        list: "invoices",
      },
    );
    const [report] = await sync({ only: ["invoices"] }, bending);
    expect(report).toMatchObject({ rejected: 2, missing: 2 });
    const only = ["invoices"];
    expect(await sync({ only, now: later(1), rules: weeklyFullWalk })).toMatchObject([
      { missing: 0, inserted: 2 },
    ]);
  });
});

describe("a subscription of a customer whose listing is not due", () => {
  test.for<[string, Bend]>([
    ["as a record with an invalid MRR", having({ mrr: { odd: true } })],
    ["without its uuid", having({ uuid: null })],
    ["as null", nothing],
  ])("is read by the next sync, having come %s", async ([, bend]) => {
    const scene = await customerNotDue();
    const { victim, subscription, path } = scene;
    victim.company = "Renamed & Sons";
    subscription.quantity = 77;
    const bending = () => odd(scene.createApi(), subscription.uuid, bend);
    const syncOn = async (day: number, own?: ApiClient) => {
      const reports = await scene.again({ rules: week, now: later(day) }, own);
      return reportOf(reports, "subscriptions");
    };
    const listings = () =>
      asked(scene).filter((one) => one.startsWith(`customers/${victim.uuid}/subscriptions`));
    expect(await syncOn(1, bending())).toMatchObject({ status: "complete", missing: 1 });
    for (const at of [1, 1.01]) {
      asked(scene);
      expect(await syncOn(at, bending())).toMatchObject({ status: "complete", missing: 1, deleted: 0 });
      expect(listings()).toHaveLength(1);
    }
    expect(await syncOn(1.02)).toMatchObject({ status: "complete", missing: 0 });
    expect(rows(path, "subscriptions").map((row) => row["quantity"])).toContain(77);
    asked(scene);
    await syncOn(1.03);
    expect(listings()).toEqual([]);
  });

  test("is read for two customers who both have the same entry that is not a record", async () => {
    const scene = await customerNotDue();
    const others = scene.world.customers.filter(
      ({ uuid }) => !scene.due.has(uuid) && (scene.world.subscriptions.get(uuid) ?? []).length > 0,
    );
    const [one, other] = others;
    let bending = scene.createApi();
    for (const customer of [one, other]) {
      if (customer) customer.company = "Renamed & Sons";
      const [subscription] = scene.world.subscriptions.get(customer?.uuid ?? "") ?? [];
      bending = odd(bending, subscription?.uuid ?? "", nothing);
    }
    const reports = await scene.again({ rules: week, now: later(1) }, bending);
    expect(reportOf(reports, "subscriptions")).toMatchObject({ missing: 2 });
    asked(scene);
    expect(reportOf(await scene.syncOn(1), "subscriptions")).toMatchObject({ missing: 0 });
    const listed = asked(scene).filter((path) => path.includes("/subscriptions?"));
    for (const customer of [one, other]) {
      expect(listed.filter((path) => path.includes(customer?.uuid ?? "?"))).toHaveLength(1);
    }
  });

  test("is over once its customer is gone", async () => {
    const scene = await customerNotDue();
    scene.victim.company = "Renamed & Sons";
    const bending = odd(scene.createApi(), scene.subscription.uuid, nothing);
    await scene.again({ rules: week, now: later(1) }, bending);
    scene.world.customers.splice(scene.world.customers.indexOf(scene.victim), 1);
    scene.world.subscriptions.delete(scene.victim.uuid);
    expect(reportOf(await scene.syncOn(1), "subscriptions")).toMatchObject({
      status: "complete",
      missing: 0,
    });
    expect(open(scene.path)).toEqual([]);
  });

  test("of a customer who was never stored stays live where its listing cannot be read", async () => {
    const { world, path, sync, createApi } = await unsyncedWorld(30);
    const victim = world.customers.find(({ uuid }) => (world.subscriptions.get(uuid) ?? []).length > 0);
    const key = victim?.uuid ?? "";
    const bending = () => odd(createApi(), key, having({ mrr: "much" }));
    await sync({ only: customersAndSubscriptions }, bending());
    const before = keysIn(path, "subscriptions");
    const refusing = intercepted(bending(), (asking) => {
      if (asking === `customers/${key}/subscriptions`) throw new ApiError("no", { status: 422 });
    });
    await sync({ only: customersAndSubscriptions, now: later(1) }, refusing);
    expect(keysIn(path, "subscriptions")).toEqual(before);
  });
});

describe("a record that was rejected before a walk was stopped", () => {
  const breakingAt = (api: ApiClient, request: number) => {
    let requests = 0;
    return intercepted(api, (path) => {
      if (path !== "customers") return;
      requests += 1;
      if (requests === request) throw new ApiError("out of order", { status: 500 });
    });
  };

  test.for<[string, Bend]>([
    ["null", nothing],
    ["a record with an invalid MRR", having({ mrr: "much" })],
  ])("is read by the sync that resumes the walk, after %s", async ([, bend]) => {
    const { world, sync, createApi, path } = await unsyncedWorld(450);
    const [first] = inListingOrder(world);
    const bending = () => odd(createApi(), first?.uuid ?? "", bend);
    const stopped = await sync({ only: customersAndSubscriptions }, breakingAt(bending(), 3));
    expect(statuses(stopped)).toEqual({ customers: "failed", subscriptions: "failed" });
    expect(reportOf(stopped, "customers")).toMatchObject({ missing: 1 });
    const reports = await sync({ only: customersAndSubscriptions, now: later(0.01) });
    expect(statuses(reports)).toEqual({ customers: "complete", subscriptions: "complete" });
    expect(reportOf(reports, "customers")).toMatchObject({ missing: 0, deleted: 0 });
    expect(keysIn(path, "customers")).toHaveLength(world.customers.length);
    const all = [...world.subscriptions.values()].flat();
    expect(keysIn(path, "subscriptions")).toHaveLength(all.length);
  });

  test("does not have the walk read its finished pages again", async () => {
    const { sync, createApi, world, sandbox } = await unsyncedWorld(450);
    const [first] = inListingOrder(world);
    const bending = () => odd(createApi(), first?.uuid ?? "", having({ mrr: "much" }));
    await sync({ only: customersAndSubscriptions }, breakingAt(bending(), 3));
    asked({ sandbox });
    const reports = await sync({ only: customersAndSubscriptions, now: later(0.01) }, bending());
    expect(reportOf(reports, "customers")).toMatchObject({ status: "complete", missing: 1 });
    const again = asked({ sandbox });
    expect(again.filter((path) => path.startsWith(`customers/${first?.uuid}?`))).toHaveLength(1);
    expect(again.filter((path) => path.includes("/subscriptions?")).length).toBeLessThan(
      world.customers.length,
    );
  });
});

describe("a record that was rejected and is no longer listed", () => {
  test("is requested before it is given up: it may have moved behind the cursor", async () => {
    const { world, sync, createApi, path } = await unsyncedWorld(30);
    const only = ["customers"];
    const [first] = inListingOrder(world);
    const key = first?.uuid ?? "";
    await sync({ only }, odd(createApi(), key, having({ mrr: "much" })));
    const unlisted = bent(createApi(), (body, asking) =>
      asking === "customers"
        ? { ...body, entries: (body["entries"] as Entry[]).filter(({ uuid }) => uuid !== key) }
        : body,
    );
    expect(await sync({ only, now: later(1) }, unlisted)).toMatchObject([{ missing: 0, inserted: 1 }]);
    expect(keysIn(path, "customers")).toContain(key);
  });
});

test("an odd record in place of a good one leaves its row, is missing, and is resolved once it is as before", async () => {
  const { world, again, createApi, path } = await syncedWorld(30);
  const [invoice] = world.invoices;
  const only = ["invoices"];
  const bending = odd(createApi(), invoice?.uuid ?? "", having({ currency: 7 }), { list: "invoices" });
  const rules = weeklyFullWalk;
  expect(await again({ only, rules }, bending)).toMatchObject([
    { status: "complete", missing: 1, deleted: 0 },
  ]);
  expect(rows(path, "invoices").find(({ uuid }) => uuid === invoice?.uuid)).toMatchObject({
    currency: invoice?.currency,
  });
  expect(await again({ only, rules, now: later(2) })).toMatchObject([
    { rejected: 0, missing: 0, unchanged: world.invoices.length },
  ]);
});

test("a day of metrics that was rejected is stored by the next sync", async () => {
  const { sync, createApi, path } = await unsyncedWorld(30);
  const only = ["daily_metrics"];
  const bending = odd(createApi(), "2025-03-04", having({ arr: "much" }), { by: "date" });
  expect(await sync({ only }, bending)).toMatchObject([{ status: "complete", missing: 1 }]);
  expect(await sync({ only, now: later(1) }, bending)).toMatchObject([{ status: "complete", missing: 1 }]);
  expect(await sync({ only, now: later(2) })).toMatchObject([{ status: "complete", missing: 0 }]);
  expect(keysIn(path, "daily_metrics", "date")).toContain("2025-03-04");
});

test("a missing record that a sync of other resources does not read is read by the next one of its own resource", async () => {
  const { world, sync, createApi, path } = await unsyncedWorld(60);
  const old = world.activities.toSorted((a, b) => a.date.localeCompare(b.date))[5];
  await sync({}, odd(createApi(), old?.uuid ?? "", nothing));
  expect(await sync({ only: ["customers"], now: later(1) })).toMatchObject([{ missing: 0 }]);
  expect(open(path)).toHaveLength(1);
  expect(reportOf(await sync({ now: later(2) }), "activities")).toMatchObject({ missing: 0 });
  expect(keysIn(path, "activities")).toHaveLength(world.activities.length);
});
