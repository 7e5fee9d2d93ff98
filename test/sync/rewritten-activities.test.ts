import { describe, expect, test } from "vitest";
import { ApiError } from "../../src/errors.ts";
import { deleteCustomer, reissueActivities } from "../../src/sandbox/edits.ts";
import { bent, intercepted } from "../support/accounts.ts";
import { looking, statuses } from "../support/syncing.ts";
import { later, syncedWorld } from "../support/worlds.ts";

const only = ["account", "activities"];
const day = 86_400_000;

/** A synced account with this many more activities, of every customer and of long ago. */
const customers = 60;

async function account({ more = 0 } = {}) {
  const synced = await syncedWorld(customers);
  const { world } = synced;
  const [model] = world.activities;
  for (let number = 0; number < more && model; number += 1) {
    world.activities.push({
      ...structuredClone(model),
      uuid: `0000${String(number).padStart(4, "0")}-0000-4000-8000-000000000000`,
      date: `2023-${String(1 + (number % 12)).padStart(2, "0")}-10T00:00:00+00:00`,
      "customer-uuid": world.customers[number % customers]?.uuid ?? "",
      "activity-mrr-movement": 0,
    });
  }
  await synced.again({ only, now: later(0), rules: { full: true } });
  synced.sandbox.requests.length = 0;
  const last = Math.max(...world.activities.map(({ date }) => Date.parse(date)));
  const isRecent = ({ date }: { date: string }) => Date.parse(date) > last - 30 * day;
  const isOld = ({ date }: { date: string }) => Date.parse(date) < last - 40 * day;
  /** The customers with activities on the days that are read and before them. */
  const both = world.customers
    .map(({ uuid }) => uuid)
    .filter((uuid) => {
      const own = world.activities.filter((each) => each["customer-uuid"] === uuid);
      return own.some(isRecent) && own.filter(isOld).length > 2;
    });
  expect(both.length).toBeGreaterThan(1);
  return {
    ...synced,
    last,
    both,
    syncOn: syncOn(synced),
    live: () => live(synced.path),
    inAccount: () => inAccount(synced),
  };
}

type Synced = Awaited<ReturnType<typeof syncedWorld>>;

const syncOn =
  ({ again, createApi }: Synced) =>
  async (number: number, through = (own: ReturnType<typeof createApi>) => own) => {
    const reports = await again({ only, now: later(number) }, through(createApi()));
    return {
      status: statuses(reports)["activities"],
      report: reports.find((each) => each.resource === "activities"),
    };
  };

interface Row {
  readonly uuid: string;
  readonly date: string;
  readonly movement: number;
}

const live = (path: string) =>
  looking(path, ({ sqlite }) =>
    sqlite
      .prepare<[], Row>(
        `SELECT uuid, substr(date, 1, 10) AS date, activity_mrr_movement_in_cents AS movement FROM activities
         WHERE deleted_at IS NULL ORDER BY uuid`,
      )
      .all(),
  );

const inAccount = ({ world }: Synced): Row[] =>
  world.activities
    .map((each) => ({
      uuid: each.uuid,
      date: new Date(each.date).toISOString().slice(0, 10),
      movement: each["activity-mrr-movement"],
    }))
    .sort((one, other) => (one.uuid < other.uuid ? -1 : 1));

const asked = ({ sandbox }: Synced) => {
  const paths = sandbox.requests.map(({ path, query }) => ({ path, query: new URLSearchParams(query) }));
  return {
    ofCustomers: paths.flatMap(({ path }) => /customers\/([^/]+)\/activities/.exec(path)?.[1] ?? []),
    whole: paths.filter(({ path, query }) => path === "/v1/activities" && query.size === 2).length,
    all: paths.length,
  };
};

describe("a customer whose activities came back under new uuids is read whole in the same sync", () => {
  test("by the whole listing, where that is not long", async () => {
    const synced = await account();
    const [victim = ""] = synced.both;
    reissueActivities(synced.world, victim);
    expect(await synced.syncOn(1)).toMatchObject({ status: "complete" });
    expect(synced.live()).toEqual(synced.inAccount());
  });

  test("by its own listing and the days in it, where the whole listing is long", async () => {
    const synced = await account({ more: 5000 });
    const [victim = "", other = ""] = synced.both;
    const moved = synced.world.activities.find(
      (each) => each["customer-uuid"] === victim && Date.parse(each.date) < synced.last - 60 * day,
    );
    // History has changed before the days that are read, too: to a day on which the customer had nothing.
    Object.assign(moved ?? {}, { date: "2023-12-24T23:30:00+00:00", "activity-mrr-movement": 12_345 });
    for (const uuid of [victim, other]) reissueActivities(synced.world, uuid);
    expect(await synced.syncOn(1)).toMatchObject({ status: "complete" });
    expect(synced.live()).toEqual(synced.inAccount());
    const requests = asked(synced);
    expect(new Set(requests.ofCustomers)).toEqual(new Set([victim, other]));
    expect(requests.whole).toBe(0);
    synced.sandbox.requests.length = 0;
    expect((await synced.syncOn(2)).report).toMatchObject({ inserted: 0, deleted: 0 });
    expect(asked(synced).ofCustomers).toEqual([]);
  });

  test("also where only a new one with an old date shows it", async () => {
    const synced = await account({ more: 5000 });
    const { world, last } = synced;
    const victim = world.customers.find(({ uuid }) => {
      const own = world.activities.filter((each) => each["customer-uuid"] === uuid);
      return own.length > 4 && own.every(({ date }) => Date.parse(date) < last - 60 * day);
    });
    if (!victim) throw new Error("every customer has recent activities");
    const model = world.activities.find((each) => each["customer-uuid"] === victim.uuid);
    if (!model) throw new Error("no activities");
    world.activities.push({
      ...structuredClone(model),
      ...{ uuid: "late", date: `${new Date(last - 20 * day).toISOString().slice(0, 19)}+00:00` },
    });
    reissueActivities(world, victim.uuid);
    expect(await synced.syncOn(1)).toMatchObject({ status: "complete" });
    expect(asked(synced)).toMatchObject({ ofCustomers: [victim.uuid], whole: 0 });
    expect(synced.live()).toEqual(synced.inAccount());
  });

  test("where many customers' did, by the whole listing", async () => {
    const synced = await account({ more: 300 });
    expect(synced.both.length).toBeGreaterThan(4);
    for (const { uuid } of synced.world.customers) reissueActivities(synced.world, uuid);
    expect(await synced.syncOn(1)).toMatchObject({ status: "complete" });
    expect(asked(synced)).toMatchObject({ ofCustomers: [], whole: 1 });
    expect(synced.live()).toEqual(synced.inAccount());
  });
});

describe("it is right, too,", () => {
  test("where the end date is not known to the server, or does not count itself", async () => {
    for (const end of [undefined, "exclusive"]) {
      const synced = await account({ more: 5000 });
      const [victim = ""] = synced.both;
      reissueActivities(synced.world, victim);
      const own = await synced.syncOn(1, (api) => ({
        ...api,
        get: (path, query = {}) => {
          const { "end-date": until, ...rest } = query;
          if (until === undefined) return api.get(path, query);
          if (end === undefined) return api.get(path, rest);
          const before = new Date(Date.parse(String(until)) - day).toISOString().slice(0, 10);
          return api.get(path, { ...rest, "end-date": before });
        },
      }));
      expect(own, end).toMatchObject({ status: "complete" });
      expect(synced.live()).toEqual(synced.inAccount());
    }
  });

  test("where the customer's own listing has more than the days give, or is not there: the whole listing is read", async () => {
    const synced = await account({ more: 5000 });
    const [victim = "", gone = ""] = synced.both;
    reissueActivities(synced.world, victim);
    const lacking = await synced.syncOn(1, (api) =>
      bent(api, (body, path, query) => {
        if (path !== "activities" || query["end-date"] === undefined) return body;
        const entries = body["entries"] as { "customer-uuid": string }[];
        return { ...body, entries: entries.filter((each) => each["customer-uuid"] !== victim) };
      }),
    );
    expect(lacking).toMatchObject({ status: "complete" });
    expect(asked(synced).whole).toBe(1);
    expect(synced.live()).toEqual(synced.inAccount());

    synced.sandbox.requests.length = 0;
    deleteCustomer(synced.world, gone);
    expect(await synced.syncOn(2)).toMatchObject({ status: "complete" });
    expect(asked(synced).whole).toBe(1);
    expect(synced.live()).toEqual(synced.inAccount());
  });

  test("where the customer's own listing is refused: the whole listing is read", async () => {
    const synced = await account({ more: 5000 });
    const [victim = ""] = synced.both;
    reissueActivities(synced.world, victim);
    const refused = await synced.syncOn(1, (api) =>
      intercepted(api, (path) => {
        if (path === `customers/${victim}/activities`) throw new ApiError("no", { status: 403 });
      }),
    );
    expect(refused).toMatchObject({ status: "complete" });
    expect(synced.live()).toEqual(synced.inAccount());
  });

  test("where it cannot be read: nothing is marked, and the next sync does it", async () => {
    const synced = await account({ more: 5000 });
    const [victim = ""] = synced.both;
    reissueActivities(synced.world, victim);
    const failed = await synced.syncOn(1, (api) =>
      intercepted(api, (path) => {
        if (path === `customers/${victim}/activities`) throw new ApiError("down", { status: 502 });
      }),
    );
    expect(failed).toMatchObject({ status: "failed", report: { deleted: 0 } });
    expect(await synced.syncOn(2)).toMatchObject({ status: "complete" });
    expect(synced.live()).toEqual(synced.inAccount());
  });

  test("where a customer was missing in one sync and came back with its activities under new uuids", async () => {
    const synced = await account();
    const { world, again, both } = synced;
    const [victim = ""] = both;
    const before = { ...world, subscriptions: new Map(world.subscriptions) };
    const activities = structuredClone(world.activities);
    deleteCustomer(world, victim);
    await again({ now: later(1) });
    Object.assign(world, before, { activities });
    reissueActivities(world, victim);
    await again({ now: later(2) });
    await again({ now: later(3) });
    expect(synced.live()).toEqual(synced.inAccount());
  });
});
