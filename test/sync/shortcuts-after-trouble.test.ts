import { describe, expect, test } from "vitest";
import type { ApiClient } from "../../src/api/api-client.ts";
import { ApiError, InterruptedError } from "../../src/errors.ts";
import { reissueActivities } from "../../src/sandbox/edits.ts";
import { defaultRules } from "../../src/sync/rules.ts";
import { bent, intercepted, wrapped } from "../support/accounts.ts";
import { askDirectly } from "../support/direct.ts";
import {
  askedFor,
  customerNotDue,
  refreshEvery,
  rows,
  unchangedWorld,
  week,
  weeklyFullWalk,
} from "../support/shortcuts.ts";
import { looking, statuses } from "../support/syncing.ts";
import { customersAndSubscriptions, deleted, later, syncedWorld, unsyncedWorld } from "../support/worlds.ts";

const accepted = { deletes: { ...defaultRules.deletes, accepted: true } };
const at = (day: number) => later(day).toISOString().slice(0, 19).replace("T", " ");

/** Some 800 invoices that were read yesterday, and the new ones since. */
async function withNewInvoices(count: number) {
  const synced = await syncedWorld(120, ["invoices"]);
  const [newest] = synced.world.invoices;
  for (let number = 0; number < count && newest; number += 1) {
    synced.world.invoices.push({ ...structuredClone(newest), uuid: `inv_new-${number}` });
  }
  const syncOn = (day: number, own?: ApiClient) =>
    synced
      .again({ only: ["invoices"], rules: weeklyFullWalk, now: later(day) }, own)
      .then(([report]) => report);
  return { ...synced, syncOn };
}

describe("a sync that reached the delete limit is followed by syncs that reach it, until the deletes are accepted:", () => {
  test("activities", async () => {
    const { world, again, path } = await syncedWorld(60);
    const gone = world.activities.splice(0, 40).map(({ uuid }) => uuid);
    const only = ["activities"];
    for (const day of [7, 8, 9])
      expect(statuses(await again({ only, now: later(day) }))).toEqual({ activities: "delete_limit" });
    expect(statuses(await again({ only, now: later(9), rules: accepted }))).toEqual({
      activities: "complete",
    });
    expect(new Set(deleted(path, "activities"))).toEqual(new Set(gone));
  });

  test("a listing that may be read only in part", async () => {
    const { world, again, path } = await syncedWorld(120, ["invoices"]);
    const gone = world.invoices.splice(400, 150).map(({ uuid }) => uuid);
    const only = ["invoices"];
    for (const day of [7, 8]) {
      expect(statuses(await again({ only, now: later(day), rules: weeklyFullWalk }))).toEqual({
        invoices: "delete_limit",
      });
    }
    await again({ only, now: later(8), rules: { ...weeklyFullWalk, ...accepted } });
    expect(new Set(deleted(path, "invoices"))).toEqual(new Set(gone));
  });

  test("subscriptions that are read only in part by each sync", async () => {
    const unchanged = await unchangedWorld(260);
    const all = [...unchanged.world.subscriptions.values()].flat().map(({ uuid }) => uuid);
    for (const [customer] of unchanged.world.subscriptions) unchanged.world.subscriptions.set(customer, []);
    for (const day of [1, 2, 3, 5, 9]) {
      expect(statuses(await unchanged.syncOn(day))["subscriptions"], `day ${day}`).toBe("delete_limit");
    }
    expect(deleted(unchanged.path, "subscriptions")).toEqual([]);
    await unchanged.syncOn(9, { ...week, ...accepted });
    expect(new Set(deleted(unchanged.path, "subscriptions"))).toEqual(new Set(all));
  });
});

describe("new records are not passed over", () => {
  test("after a walk that was stopped and one that could not even begin", async () => {
    const { world, path, createApi, syncOn } = await withNewInvoices(450);
    let pages = 0;
    const breaking = intercepted(createApi(), (asked) => {
      if (asked === "invoices" && ++pages === 2) throw new ApiError("broken", { status: 500 });
    });
    const down = intercepted(createApi(), (asked) => {
      if (asked === "invoices") throw new ApiError("down", { status: 500 });
    });
    expect(await syncOn(1, breaking)).toMatchObject({ status: "failed", inserted: 200 });
    expect(await syncOn(3, down)).toMatchObject({ status: "failed" });
    expect(await syncOn(4)).toMatchObject({ status: "complete", reconciled: 1 });
    expect(rows(path, "invoices")).toHaveLength(world.invoices.length);
    expect(await syncOn(5)).toMatchObject({ pages: 1 });
  });

  test("after a listing that ended too early", async () => {
    const { world, path, createApi, syncOn } = await withNewInvoices(450);
    let pages = 0;
    const losing = bent(createApi(), (body, asked, query) =>
      asked === "invoices" && query["per_page"] === 200 && ++pages === 2
        ? { ...body, has_more: false }
        : body,
    );
    expect(await syncOn(1, losing)).toMatchObject({ status: "truncated" });
    expect(await syncOn(2)).toMatchObject({ status: "complete", reconciled: 1 });
    expect(rows(path, "invoices")).toHaveLength(world.invoices.length);
  });

  test("where an event comes after the listing that it names was read", async () => {
    const scene = await customerNotDue();
    const { world, victim, subscription, sandbox } = scene;
    const only = [...customersAndSubscriptions, "subscription_events"];
    victim.company = "Renamed & Sons";
    const isRead = () => sandbox.requests.some(({ path }) => path.includes(`${victim.uuid}/subscriptions`));
    const happen = async () => {
      while (!isRead()) await new Promise((resolve) => setTimeout(resolve, 5));
      await new Promise((resolve) => setTimeout(resolve, 50));
      subscription.quantity = 77;
      const [event] = world.subscriptionEvents;
      const [known] = victim.external_ids;
      if (!event || !known) throw new Error("a world without events");
      const newFields = { id: 9_999_999_999, customer_external_id: known };
      world.subscriptionEvents.push({ ...structuredClone(event), ...newFields });
    };
    let happened: Promise<void> | undefined;
    const late = wrapped(scene.createApi(), (get) => async (path, query) => {
      if (path === "subscription_events") {
        happened ??= happen();
        await happened;
      }
      return get(path, query);
    });
    await scene.again({ rules: week, now: later(1), only }, late);
    await scene.again({ rules: week, now: later(1), only });
    expect(rows(scene.path, "subscriptions").map((row) => row["quantity"])).toContain(77);
    expect(rows(scene.path, "sync_refresh_queue")).toEqual([]);
  });
});

describe("a full sync", () => {
  test("does not resume a stopped walk that read only some", async () => {
    const unchanged = await unchangedWorld(450);
    let pages = 0;
    const breaking = intercepted(unchanged.createApi(), (asked) => {
      if (asked === "customers" && ++pages === 3) throw new ApiError("broken", { status: 500 });
    });
    await unchanged.again({ rules: week, now: later(1), only: customersAndSubscriptions }, breaking);
    askedFor(unchanged);
    await unchanged.again({ rules: { ...week, full: true }, now: later(1), only: customersAndSubscriptions });
    expect(new Set(askedFor(unchanged)).size).toBe(unchanged.world.customers.length);
  });

  test("records that each subscription was read", async () => {
    const unchanged = await unchangedWorld(30);
    await unchanged.syncOn(6, { ...week, full: true });
    expect(new Set(rows(unchanged.path, "subscriptions").map((row) => row["synced_at"]))).toEqual(
      new Set([at(6)]),
    );
  });
});

describe("records that a listing lacks are found", () => {
  test("where it could not be read by one sync, and the next one was stopped after it had been", async () => {
    const scene = await customerNotDue();
    const { victim, world, path } = scene;
    victim.company = "Renamed & Sons";
    const refusing = intercepted(scene.createApi(), (asked) => {
      if (asked.includes(`${victim.uuid}/subscriptions`)) throw new ApiError("not now", { status: 422 });
    });
    await scene.again({ rules: week, now: later(1), only: customersAndSubscriptions }, refusing);
    const gone = (world.subscriptions.get(victim.uuid) ?? []).map(({ uuid }) => uuid);
    world.subscriptions.set(victim.uuid, []);
    const controller = new AbortController();
    const { signal } = controller;
    // Failed listings are read before the customers are listed.
    const stopped = intercepted(askDirectly(scene.sandbox, world, signal), (asked) => {
      if (asked === "customers") controller.abort(new InterruptedError());
    });
    await scene.again({ rules: week, now: later(2), only: customersAndSubscriptions, signal }, stopped);
    expect(rows(path, "sync_retries")).toEqual([]);
    await scene.again({ rules: week, now: later(2), only: customersAndSubscriptions });
    expect(new Set(deleted(path, "subscriptions"))).toEqual(new Set(gone));
  });

  test("where another customer's listing failed in the sync that read it", async () => {
    const unchanged = await unchangedWorld(60);
    const twin = await unchangedWorld(60);
    await twin.syncOn(1);
    const due = askedFor(twin);
    const { world, path } = unchanged;
    const victim = due.find((uuid) => (world.subscriptions.get(uuid) ?? []).length > 0) ?? "";
    const missing = world.customers.findIndex(({ uuid }) => !due.includes(uuid));
    const [gone] = world.customers.splice(missing, 1);
    const lost = (world.subscriptions.get(victim) ?? []).map(({ uuid }) => uuid);
    world.subscriptions.set(victim, []);
    const failing = intercepted(unchanged.createApi(), (asked) => {
      if (asked === `customers/${gone?.uuid}`) throw new ApiError("trouble", { status: 500 });
    });
    expect(statuses(await unchanged.again({ rules: week, now: later(1) }, failing))).toMatchObject({
      customers: "failed",
    });
    expect(statuses(await unchanged.syncOn(2))).toMatchObject({
      customers: "complete",
      subscriptions: "complete",
    });
    expect(deleted(path, "subscriptions")).toEqual(expect.arrayContaining(lost));
  });
});

describe("fresh_as_of is not later than the oldest read", () => {
  const freshAsOf = (path: string) =>
    looking(path, ({ sqlite }) =>
      sqlite
        .prepare(
          "SELECT fresh_as_of FROM sync_run_resources WHERE resource = 'subscriptions' ORDER BY run_id DESC",
        )
        .pluck()
        .get(),
    );

  test("when the cycle becomes shorter", async () => {
    const unchanged = await unchangedWorld(60);
    for (let day = 1; day <= 10; day += 1) await unchanged.syncOn(day, refreshEvery(30));
    await unchanged.syncOn(11, week);
    expect(freshAsOf(unchanged.path)).toBe(at(0));
  });

  test("for a row whose new content was rejected", async () => {
    const scene = await customerNotDue();
    scene.victim.company = "Renamed & Sons";
    Object.assign(scene.subscription, { currency: { odd: true } });
    await scene.syncOn(1);
    const row = rows(scene.path, "subscriptions").find(({ uuid }) => uuid === scene.subscription.uuid);
    expect(row?.["synced_at"]).toBe(at(0));
  });
});

test("a clock that was ahead once keeps nothing from being read", async () => {
  const unchanged = await unchangedWorld(60);
  await unchanged.syncOn(366);
  askedFor(unchanged);
  const reports = await unchanged.syncOn(8);
  expect(askedFor(unchanged)).toHaveLength(unchanged.world.customers.length);
  expect(reports.find(({ resource }) => resource === "activities")).toMatchObject({ reconciled: 1 });
});

test("an activity that was moved to a day long ago and keeps its uuid is not taken for deleted", async () => {
  const { world, again, path } = await syncedWorld(30);
  const [old] = world.activities;
  const moved = world.activities.at(-1);
  if (!old || !moved) throw new Error("a world without activities");
  moved.date = old.date;
  const [report] = await again({ only: ["activities"], now: later(1) });
  expect(report).toMatchObject({ status: "complete", deleted: 0, updated: 1, reconciled: 1 });
  expect(deleted(path, "activities")).toEqual([]);
});

test("an activity that was moved to a day long ago is not taken for deleted on a day with new ones either", async () => {
  const { world, again, path } = await syncedWorld(30);
  const [old] = world.activities;
  const moved = world.activities.at(-1);
  if (!old || !moved) throw new Error("a world without activities");
  const other = world.customers.find(({ uuid }) => uuid !== moved["customer-uuid"])?.uuid ?? "";
  const newFields = { uuid: "new", "customer-uuid": other, date: moved.date };
  moved.date = old.date;
  world.activities.push({ ...structuredClone(moved), ...newFields });
  const [report] = await again({ only: ["activities"], now: later(1) });
  expect(report).toMatchObject({ status: "complete", deleted: 0, inserted: 1, reconciled: 1 });
  expect(deleted(path, "activities")).toEqual([]);
});

test("activities that came under new keys in a sync whose full walk was stopped still replace the missing ones", async () => {
  const { world, createApi, sync, path } = await unsyncedWorld(60);
  const only = ["activities"];
  await sync({ only });
  const before = world.activities.length;
  for (const { uuid } of world.customers) reissueActivities(world, uuid);
  const breaking = bent(createApi(), (body, asked) =>
    asked === "activities"
      ? { ...body, has_more: true, entries: [...(body["entries"] as object[]), {}] }
      : body,
  );
  expect(statuses(await sync({ only, now: later(7) }, breaking))).toEqual({ activities: "failed" });
  expect(statuses(await sync({ only, now: later(9) }))).toEqual({ activities: "complete" });
  expect(deleted(path, "activities")).toHaveLength(before);
});

describe("notes of a server whose newer listing is missing for one sync", () => {
  const withoutNewer = (api: ApiClient) =>
    intercepted(api, (asked) => {
      if (/^notes/.test(asked)) throw new ApiError("not found", { status: 404 });
    });

  test("are kept although the one with the smallest key was deleted before the newer listing came", async () => {
    const { world, createApi, sync, path } = await unsyncedWorld(60);
    const only = ["notes"];
    await sync({ only }, withoutNewer(createApi()));
    const smallest = rows(path, "notes")
      .map(({ uuid }) => String(uuid))
      .sort()[0];
    world.notes = world.notes.filter(({ uuid }) => uuid !== smallest);
    await sync({ only, now: later(1) }, withoutNewer(createApi()));
    await sync({ only, now: later(2) });
    expect(statuses(await sync({ only, now: later(3) }, withoutNewer(createApi())))).toEqual({
      notes: "failed",
    });
    expect(deleted(path, "notes")).toEqual([smallest]);
  });

  test("are read although one that is stored can no longer be read", async () => {
    const { createApi, sync, path } = await unsyncedWorld(60);
    const only = ["notes"];
    await sync({ only }, withoutNewer(createApi()));
    looking(path, ({ sqlite }) =>
      sqlite.exec(
        `UPDATE raw_records SET record = x'ff' WHERE resource = 'notes'
         AND list_order = (SELECT min(list_order) FROM raw_records WHERE resource = 'notes')`,
      ),
    );
    expect(statuses(await sync({ only, now: later(1) }, withoutNewer(createApi())))).toEqual({
      notes: "complete",
    });
  });
});

test("notes that were read from the newer listing are not lost where it is missing for one sync", async () => {
  const { createApi, again, path } = await syncedWorld(60);
  const before = rows(path, "notes");
  const without = intercepted(createApi(), (asked) => {
    if (/^notes/.test(asked)) throw new ApiError("not found", { status: 404 });
  });
  expect(statuses(await again({ only: ["notes"], now: later(1) }, without))).toEqual({ notes: "failed" });
  expect(rows(path, "notes")).toEqual(before);
});

test("weeks that begin on another day replace the others and are not restatements", async () => {
  const { world, again, path } = await syncedWorld(30);
  world.account.week_start_on = "sunday";
  const only = ["account", "period_metrics"];
  expect(statuses(await again({ only, now: later(1) }))).toMatchObject({ period_metrics: "complete" });
  expect(rows(path, "period_metric_restatements")).toEqual([]);
  await again({ only, now: later(2) });
  expect(rows(path, "period_metric_restatements")).toEqual([]);
  const weeks = rows(path, "period_metrics").filter(
    ({ interval, deleted_at }) => interval === "week" && deleted_at === null,
  );
  expect(new Set(weeks.map(({ date }) => new Date(String(date)).getUTCDay()))).toEqual(new Set([6]));
});
