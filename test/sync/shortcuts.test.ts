import { describe, expect, test } from "vitest";
import type { ApiClient } from "../../src/api/api-client.ts";
import { ApiError, InterruptedError } from "../../src/errors.ts";
import { deleteCustomer, reissueActivities } from "../../src/sandbox/edits.ts";
import { intercepted } from "../support/accounts.ts";
import { askDirectly } from "../support/direct.ts";
import {
  askedFor,
  customerNotDue,
  rows,
  type Synced,
  unchangedWorld,
  week,
  weeklyFullWalk,
} from "../support/shortcuts.ts";
import { contents, looking, statuses } from "../support/syncing.ts";
import { deleted, later, syncedWorld } from "../support/worlds.ts";

describe("where subscriptions may be a week old", () => {
  test("each is read once in seven daily syncs, and a part of them by every sync", async () => {
    const unchanged = await unchangedWorld(140);
    const askedBySync: string[][] = [];
    for (let day = 1; day <= 7; day += 1) {
      expect((await unchanged.syncOn(day)).filter(({ status }) => status !== "complete")).toEqual([]);
      askedBySync.push(askedFor(unchanged));
    }
    const everybody = unchanged.world.customers.map(({ uuid }) => uuid);
    expect(new Set(askedBySync.flat())).toEqual(new Set(everybody));
    for (const asked of askedBySync) {
      expect(asked.length).toBeGreaterThan(everybody.length / 7 / 3);
      expect(asked.length).toBeLessThan((everybody.length / 7) * 2);
    }
    // The cycle is a little shorter than seven days: none is read on the eighth day for the first time.
    expect(askedBySync.flat().length).toBeLessThan(everybody.length * 1.1);
    expect(deleted(unchanged.path, "subscriptions")).toEqual([]);
  });

  test("one sync makes up for a missed week", async () => {
    const unchanged = await unchangedWorld();
    await unchanged.syncOn(8);
    expect(askedFor(unchanged)).toHaveLength(unchanged.world.customers.length);
  });

  test.each<[string, (scene: Awaited<ReturnType<typeof customerNotDue>>) => void]>([
    ["its customer has changed", ({ victim }) => Object.assign(victim, { company: "Renamed & Sons" })],
    [
      "an activity names its customer",
      ({ world, victim }) => {
        const [activity] = world.activities;
        const today = later(0)
          .toISOString()
          .replace(/\.\d+Z/, "+00:00");
        if (activity) {
          world.activities.push({
            ...structuredClone(activity),
            uuid: "new",
            date: today,
            "customer-uuid": victim.uuid,
          });
        }
      },
    ],
    [
      "a subscription event names one of its customer's identifiers",
      ({ world, victim }) => {
        const [event] = world.subscriptionEvents;
        const known = victim.external_ids.at(-1);
        if (event && known) {
          world.subscriptionEvents.push({
            ...structuredClone(event),
            ...{ id: 9_999_999_999, customer_external_id: known },
          });
        }
      },
    ],
  ])("one is read where %s", async (_why, happen) => {
    const scene = await customerNotDue();
    happen(scene);
    scene.subscription.quantity = 77;
    await scene.syncOn(1);
    expect(askedFor(scene)).toContain(scene.victim.uuid);
    expect(rows(scene.path, "subscriptions").map((row) => row["quantity"])).toContain(77);
    // Once is enough.
    await scene.syncOn(1);
    expect(askedFor(scene)).not.toContain(scene.victim.uuid);
  });

  test("one is read where its paid period has ended, until it is renewed", async () => {
    const scene = await customerNotDue();
    Object.assign(scene.subscription, { status: "active", "end-date": later(1).toISOString() });
    await scene.again({ now: later(0) });
    askedFor(scene);
    await scene.syncOn(1);
    expect(askedFor(scene)).toContain(scene.victim.uuid);
    scene.subscription["end-date"] = later(60).toISOString();
    await scene.syncOn(1);
    expect(askedFor(scene)).toContain(scene.victim.uuid);
    await scene.syncOn(1);
    expect(askedFor(scene)).not.toContain(scene.victim.uuid);
  });

  test("one is read where its last read failed, and where its customer is new", async () => {
    const scene = await customerNotDue();
    scene.victim.company = "Renamed & Sons";
    const refusing = intercepted(scene.createApi(), (path) => {
      if (path.includes(`${scene.victim.uuid}/subscriptions`)) throw new ApiError("not now", { status: 422 });
    });
    const reports = await scene.again({ rules: week, now: later(1) }, refusing);
    expect(statuses(reports)["subscriptions"]).toBe("failed");
    askedFor(scene);
    const [model] = scene.world.customers;
    if (model) scene.world.customers.push({ ...structuredClone(model), uuid: "cus_new", id: 1 });
    await scene.syncOn(1);
    expect(askedFor(scene)).toEqual(expect.arrayContaining([scene.victim.uuid, "cus_new"]));
  });

  test("one is read where its customer was found changed by a sync of the customers alone", async () => {
    const scene = await customerNotDue();
    scene.victim.company = "Renamed & Sons";
    await scene.again({ rules: week, now: later(1), only: ["customers"] });
    await scene.syncOn(1);
    expect(askedFor(scene)).toContain(scene.victim.uuid);
  });

  test("all are read by a full sync", async () => {
    const unchanged = await unchangedWorld();
    await unchanged.syncOn(1, { ...week, full: true });
    expect(askedFor(unchanged)).toHaveLength(unchanged.world.customers.length);
  });

  test("a subscription that is not read is not taken for deleted, one that is read and gone is", async () => {
    const scene = await customerNotDue();
    scene.world.subscriptions.set(scene.victim.uuid, []);
    await scene.syncOn(1);
    expect(deleted(scene.path, "subscriptions")).toEqual([]);
    scene.victim.company = "Renamed & Sons";
    await scene.syncOn(1);
    expect(deleted(scene.path, "subscriptions")).toContain(scene.subscription.uuid);
  });

  test("each row says when it was last read, and the run has fresh_as_of", async () => {
    const unchanged = await unchangedWorld(60);
    const at = (day: number) => later(day).toISOString().slice(0, 19).replace("T", " ");
    const freshAsOf = () =>
      looking(unchanged.path, ({ sqlite }) =>
        sqlite
          .prepare(
            "SELECT fresh_as_of FROM sync_run_resources WHERE resource = 'subscriptions' ORDER BY run_id DESC",
          )
          .pluck()
          .get(),
      );
    expect(freshAsOf()).toBe(at(0));
    for (let day = 1; day <= 9; day += 1) {
      await unchanged.syncOn(day);
      // The cycle is two and a half hours shorter than seven days.
      expect(freshAsOf()).toBe(at(Math.max(0, day - 7 + 2.5 / 24)));
      const oldest = rows(unchanged.path, "subscriptions")
        .map((row) => String(row["synced_at"]))
        .sort()[0];
      expect(day < 7 || (oldest ?? "") >= String(freshAsOf())).toBe(true);
    }
    await unchanged.syncOn(10, { ...week, full: true });
    expect(freshAsOf()).toBe(at(10));
  });

  test("a sync that is stopped anywhere and resumed ends like one that was not", async () => {
    const change = ({ world }: Synced) => {
      const changing = world.customers.filter((_, index) => index % 3 === 0);
      for (const [index, customer] of changing.entries()) {
        customer.company = `${customer.company} & Sons`;
        const kept = (world.subscriptions.get(customer.uuid) ?? []).slice(index % 2);
        for (const each of kept) each.quantity += 10;
        world.subscriptions.set(customer.uuid, kept);
      }
    };
    const clean = await unchangedWorld(12);
    change(clean);
    await clean.syncOn(1);
    const requests = clean.sandbox.requests.length;
    const wanted = readable(clean.path);
    expect(requests).toBeGreaterThan(20);
    for (let stopAt = 1; stopAt < requests; stopAt += 2) {
      const stopped = await unchangedWorld(12);
      change(stopped);
      const controller = new AbortController();
      let asked = 0;
      const { signal } = controller;
      const api: ApiClient = intercepted(askDirectly(stopped.sandbox, stopped.world, signal), () => {
        asked += 1;
        if (asked === stopAt) controller.abort(new InterruptedError());
      });
      await stopped.again({ rules: week, now: later(1), signal }, api);
      await stopped.syncOn(1);
      expect(readable(stopped.path), `stopped at ${stopAt}`).toEqual(wanted);
      expect(rows(stopped.path, "sync_refresh_queue")).toEqual([]);
    }
  }, 60_000);
});

/** The rows without when they were last read. */
const readable = (path: string) => contents(path)["subscriptions"]?.map(({ synced_at: _, ...row }) => row);

describe("where listings that begin with the newest may be read only in part for a week", () => {
  const invoicePages = ({ sandbox }: Synced) => {
    const pages = sandbox.requests.filter(({ path }) => path === "/v1/invoices").length;
    sandbox.requests.length = 0;
    return pages;
  };

  /** Some 800 invoices on four pages, and syncs that read only them. */
  async function invoices() {
    const synced = await syncedWorld(120, ["invoices"]);
    expect(synced.world.invoices.length).toBeGreaterThan(600);
    const sync = (day: number, rules = weeklyFullWalk) =>
      synced.again({ only: ["invoices"], rules, now: later(day) }).then(([report]) => report);
    return { ...synced, syncOn: sync };
  }

  test("a sync with nothing new requests one page, and is complete", async () => {
    const synced = await invoices();
    expect(await synced.syncOn(1)).toMatchObject({ status: "complete", read_to_end: 0, pages: 1 });
    expect(invoicePages(synced)).toBe(1);
  });

  test("new ones are read, and one page more", async () => {
    const synced = await invoices();
    const { world, path, syncOn } = synced;
    const [newest] = world.invoices;
    for (let number = 0; number < 250 && newest; number += 1) {
      world.invoices.push({ ...structuredClone(newest), uuid: `inv_new-${number}` });
    }
    expect(await syncOn(1)).toMatchObject({ status: "complete", inserted: 250, pages: 3 });
    expect(rows(path, "invoices")).toHaveLength(world.invoices.length);
  });

  test("old ones that are changed or gone are found within the week, and nothing is marked before", async () => {
    const { world, path, syncOn } = await invoices();
    const old = world.invoices.at(-1);
    if (old) old.currency = "SEK";
    const [gone] = world.invoices.splice(-2, 1);
    const [goneOfNewest] = world.invoices.splice(0, 1);
    for (const day of [1, 2, 6])
      expect(await syncOn(day)).toMatchObject({ status: "complete", deleted: 0, updated: 0 });
    expect(await syncOn(7)).toMatchObject({ status: "complete", deleted: 2, updated: 1, read_to_end: 1 });
    expect(new Set(deleted(path, "invoices"))).toEqual(new Set([gone?.uuid, goneOfNewest?.uuid]));
    expect(await syncOn(8)).toMatchObject({ pages: 1 });
  });

  test("a listing of one page is read to its end, and deletes in it are found", async () => {
    const { world, path, again } = await syncedWorld(30);
    const [gone] = world.contacts.splice(0, 1);
    const reports = await again({ rules: weeklyFullWalk });
    expect(reports.find(({ resource }) => resource === "contacts")).toMatchObject({
      deleted: 1,
      read_to_end: 1,
    });
    expect(deleted(path, "contacts")).toEqual([gone?.uuid]);
  });

  test("a sync after one that was stopped reads all of it", async () => {
    const synced = await invoices();
    const { world, createApi, again, path, syncOn } = synced;
    const [newest] = world.invoices;
    for (let number = 0; number < 450 && newest; number += 1) {
      world.invoices.push({ ...structuredClone(newest), uuid: `inv_new-${number}` });
    }
    let pages = 0;
    const breaking = intercepted(createApi(), (asked) => {
      if (asked === "invoices" && ++pages === 2) throw new ApiError("broken", { status: 500 });
    });
    const [stopped] = await again({ only: ["invoices"], rules: weeklyFullWalk, now: later(1) }, breaking);
    expect(stopped).toMatchObject({ status: "failed", inserted: 200 });
    expect(await syncOn(3)).toMatchObject({ status: "complete", read_to_end: 1 });
    expect(rows(path, "invoices")).toHaveLength(world.invoices.length);
  });

  test("all is read by default, and by a full sync", async () => {
    const synced = await invoices();
    expect(await synced.syncOn(1, {})).toMatchObject({ read_to_end: 1 });
    expect(await synced.syncOn(2, { ...weeklyFullWalk, full: true })).toMatchObject({ read_to_end: 1 });
  });
});

describe("activities", () => {
  const only = ["activities"];
  const since = ({ sandbox }: Synced) => {
    const asked = sandbox.requests.filter(({ path }) => path === "/v1/activities");
    sandbox.requests.length = 0;
    return asked.map(({ query }) => new URLSearchParams(query).get("start-date"));
  };

  /** Activities before or after the day from which they are read again by default. */
  const aged = ({ world }: Synced, isRecent: boolean) => {
    const last = [...world.activities].map(({ date }) => Date.parse(date)).sort((a, b) => b - a)[0] ?? 0;
    return world.activities.filter(({ date }) => Date.parse(date) > last - 30 * 86_400_000 === isRecent);
  };

  test("are read from 35 days before the last one on, and in full once a week", async () => {
    const synced = await syncedWorld(30);
    const last =
      [...synced.world.activities].map(({ date }) => Date.parse(date)).sort((a, b) => b - a)[0] ?? 0;
    const day = new Date(last - 35 * 86_400_000).toISOString().slice(0, 10);
    for (const [number, asked] of [
      [1, day],
      [6, day],
      [7, null],
      [8, day],
    ] as const) {
      expect(statuses(await synced.again({ only, now: later(number) }))).toEqual({ activities: "complete" });
      expect(since(synced), `day ${number}`).toEqual([asked]);
    }
    await synced.again({ only, now: later(9), rules: { full: true } });
    expect(since(synced)).toEqual([null]);
  });

  test("are read in full once a setting of the account was changed, until that has been done", async () => {
    const synced = await syncedWorld(30);
    const read = async (day: number) => {
      await synced.again({ only: ["account", ...only], now: later(day) });
      return since(synced).map((start) => (start === null ? "all" : "some"));
    };
    expect(await read(1)).toEqual(["some"]);
    synced.world.account.currency = "SEK";
    synced.sandbox.faults.push({ path: "/activities", what: { kind: "status", status: 403 } });
    expect(await read(2)).toEqual(["all"]);
    synced.sandbox.faults.length = 0;
    expect(await read(3)).toEqual(["all"]);
    expect(await read(4)).toEqual(["some"]);
  });

  test("that ChartMogul has computed again replace the old ones, also those from before these days", async () => {
    const synced = await syncedWorld(60);
    const recent = new Set(aged(synced, true).map(({ uuid }) => uuid));
    const old = aged(synced, false).map(({ uuid }) => uuid);
    expect(recent.size).toBeGreaterThan(2);
    for (const { uuid } of synced.world.customers) reissueActivities(synced.world, uuid);
    await synced.again({ only, now: later(1) });
    const marked = new Set(deleted(synced.path, "activities"));
    expect([...recent, ...old].filter((uuid) => !marked.has(uuid))).toEqual([]);
    const live = () =>
      looking(synced.path, ({ sqlite }) =>
        sqlite
          .prepare("SELECT sum(activity_mrr_movement_in_cents) FROM activities WHERE deleted_at IS NULL")
          .pluck()
          .get(),
      );
    const mrr = synced.world.customers.reduce((sum, customer) => sum + customer.mrr, 0);
    expect(live()).toBe(mrr);
  });

  test("of a customer that is gone are marked with it in the same sync, and restored with it", async () => {
    const synced = await syncedWorld(30);
    const { world, path } = synced;
    const [first] = aged(synced, false);
    const gone = first?.["customer-uuid"] ?? "";
    const before = structuredClone({ customers: world.customers, activities: world.activities });
    const own = before.activities
      .filter((activity) => activity["customer-uuid"] === gone)
      .map(({ uuid }) => uuid);
    deleteCustomer(world, gone);
    const reports = await synced.again({ now: later(1) });
    expect(reports.find(({ resource }) => resource === "activities")).toMatchObject({ deleted: own.length });
    expect(new Set(deleted(path, "activities"))).toEqual(new Set(own));
    Object.assign(world, before);
    await synced.again({ now: later(2) });
    expect(deleted(path, "customers")).toEqual([]);
    expect(deleted(path, "activities")).toEqual([]);
  });

  test("exceed the delete limit where many are gone and none have come", async () => {
    const { world, again, path } = await syncedWorld(60);
    world.activities.splice(0, world.activities.length - 10);
    const [report] = await again({ only, now: later(7) });
    expect(report).toMatchObject({ status: "delete_limit" });
    expect(deleted(path, "activities")).toEqual([]);
  });
});

test("nothing that a shortcut does not read is reported as read", async () => {
  const { again, path } = await syncedWorld(30);
  const both = { shortcuts: { listingMaxAgeDays: 7, lookbackDays: 35, fullWalkDays: 7 } };
  for (const day of [1, 2]) {
    const reports = await again({ rules: both, now: later(day) });
    for (const { resource, read_to_end, fresh_as_of, walk_started_at } of reports) {
      if (read_to_end === 0) expect(fresh_as_of, resource).toBe("2025-06-30 15:00:00");
      else if (resource !== "subscriptions") expect(fresh_as_of, resource).toBe(walk_started_at);
    }
  }
  expect(rows(path, "sync_checkpoints")).toEqual([]);
});
