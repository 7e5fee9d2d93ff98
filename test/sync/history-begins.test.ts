import { describe, expect, test } from "vitest";
import { addDays } from "../../src/api/calendar.ts";
import { ApiError } from "../../src/errors.ts";
import { resources } from "../../src/resources/index.ts";
import type { Fault, FaultEffect } from "../../src/sandbox/faults.ts";
import { rebuild } from "../../src/sync/rebuild.ts";
import { bent, intercepted } from "../support/accounts.ts";
import { looking, statuses } from "../support/syncing.ts";
import { rowsOf } from "../support/warehouse.ts";
import { beforeFirstSync, beforeSecondSync, later, unsyncedWorld } from "../support/worlds.ts";

/** The first live day, and the first live interval of each kind. */
function beginning(path: string) {
  const [days, periods] = looking(path, (warehouse) => [
    rowsOf(warehouse, "daily_metrics"),
    rowsOf(warehouse, "period_metrics"),
  ]);
  const first = (rows: typeof days = []) =>
    rows
      .filter((row) => row["deleted_at"] === null)
      .map((row) => String(row["date"]))
      .sort()[0];
  const ofInterval = (interval: string) => first(periods?.filter((row) => row["interval"] === interval));
  return { day: first(days), week: ofInterval("week"), month: ofInterval("month"), year: ofInterval("year") };
}

const oddCustomers: Record<string, FaultEffect> = {
  "an empty page that says there is more": { kind: "emptyPage" },
  "null in place of the first customer": { kind: "null" },
  "a first customer who paid at no time": { kind: "wrongType", field: "customer-since", everyRecord: true },
  "a refusal": { kind: "status", status: 403 },
};

describe("where the listing of customers has", () => {
  test.for(Object.entries(oddCustomers))(
    "%s, no day before the first customer is stored",
    async ([, what]) => {
      const faults: Fault[] = [{ path: "^/v1/customers\\?", what }];
      const clean = await beforeFirstSync();
      await clean.sync();
      const wanted = beginning(clean.path);
      for (const begin of [beforeFirstSync, beforeSecondSync]) {
        const scene = await begin();
        const reports = await scene.sync({ faults });
        expect(statuses(reports)).toMatchObject({ daily_metrics: "complete", period_metrics: "complete" });
        expect(beginning(scene.path)).toEqual(wanted);
        expect(statuses(await scene.sync())).toMatchObject({ daily_metrics: "complete" });
        expect(beginning(scene.path)).toEqual(wanted);
      }
    },
  );

  test("no customer at all for one sync, no day before the first customer is stored", async () => {
    const { sync, createApi, path } = await unsyncedWorld();
    const empty = bent(createApi(), (body, asked) =>
      asked === "customers" ? { ...body, entries: [], has_more: false } : body,
    );
    await sync({}, empty);
    const begun = beginning(path);
    await sync({ now: later(1) });
    expect(beginning(path)).toEqual(begun);
  });

  test("a gap of more than a year, all days are read although nobody knows the first customer", async () => {
    const { sync, path } = await unsyncedWorld();
    await sync({ only: ["daily_metrics"] });
    const wanted = beginning(path).day ?? "";
    const silent = new Date(Date.parse(wanted) + 40 * 86_400_000).toISOString().slice(0, 10);
    const silentUntil = "2025-06-20";
    const other = await unsyncedWorld();
    const without = bent(other.createApi(), (body, asked) => {
      if (asked === "customers") return { ...body, entries: [null] };
      if (!asked.startsWith("metrics/")) return body;
      const entries = (body["entries"] as { date: string }[]).map((entry) =>
        entry.date > silent && entry.date < silentUntil
          ? Object.fromEntries(Object.entries(entry).map(([key, value]) => [key, key === "date" ? value : 0]))
          : entry,
      );
      return { ...body, entries };
    });
    await other.sync({ only: ["daily_metrics"] }, without);
    expect(beginning(other.path).day).toBe(wanted);
  });

  test("no reply, the metrics have failed and keep what they had", async () => {
    const { sync, createApi, path } = await unsyncedWorld();
    await sync({});
    const before = beginning(path);
    const down = intercepted(createApi(), (asked) => {
      if (asked === "customers") throw new ApiError("down", { status: 500 });
    });
    expect(statuses(await sync({ now: later(1) }, down))).toMatchObject({ daily_metrics: "failed" });
    expect(beginning(path)).toEqual(before);
  });
});

describe("days before the first customer in a file", () => {
  /** A file of an older version, which also read two years of days on which nobody had paid yet. */
  async function withDaysBeforeHistory() {
    const unsynced = await unsyncedWorld();
    await unsynced.sync();
    const wanted = beginning(unsynced.path);
    const early = addDays(wanted.day ?? "", -600);
    const odd = bent(unsynced.createApi(), (body, asked, query) =>
      asked === "customers" && query["per_page"] === 1
        ? { ...body, entries: [{ uuid: "cus_odd", "customer-since": `${early}T00:00:00+00:00` }] }
        : body,
    );
    await unsynced.sync({ only: ["daily_metrics", "period_metrics"], now: later(0.5) }, odd);
    looking(unsynced.path, ({ sqlite }) =>
      sqlite.exec(
        `DELETE FROM sync_tombstones; UPDATE daily_metrics SET deleted_at = NULL; UPDATE period_metrics SET deleted_at = NULL`,
      ),
    );
    expect(beginning(unsynced.path).day).toBe(addDays(early, -1));
    return { ...unsynced, wanted };
  }
  const asked = ({ requests }: { requests: { path: string; query: string }[] }) =>
    requests.filter(({ path }) => path === "/v1/metrics/mrr").map(({ query }) => query);

  test("go with the next good walk, are not asked for again, and come back if they mean something", async () => {
    const { sync, path, wanted, sandbox, world } = await withDaysBeforeHistory();
    expect(statuses(await sync({ now: later(1) }))).toMatchObject({ daily_metrics: "complete" });
    expect(beginning(path)).toEqual(wanted);
    sandbox.requests.length = 0;
    for (const day of [2, 3]) {
      const reports = await sync({ now: later(day) });
      const metrics = reports.filter(({ resource }) => resource.endsWith("_metrics"));
      expect(metrics).toMatchObject([
        { status: "complete", restored: 0, deleted: 0 },
        { status: "complete", restored: 0, deleted: 0 },
      ]);
      expect(beginning(path)).toEqual(wanted);
    }
    expect(asked(sandbox).filter((query) => query.includes("start-date=2021"))).toEqual([]);
    expect(asked(sandbox).filter((query) => query.includes("start-date=2022"))).toEqual([]);

    const [activity] = world.activities;
    const [customer] = world.customers;
    if (!activity || !customer) throw new Error("an account in which nothing happens");
    customer["customer-since"] = "2021-06-01T00:00:00+00:00";
    world.activities.unshift({
      ...structuredClone(activity),
      uuid: "early",
      date: "2021-06-01T12:00:00+00:00",
    });
    await sync({ now: later(4) });
    expect(beginning(path).day).toBe("2021-05-31");
  });

  test("go with a sync that reads everything, and with rebuild", async () => {
    const [full, rebuilt] = [await withDaysBeforeHistory(), await withDaysBeforeHistory()];
    await full.sync({ now: later(1), rules: { full: true } });
    expect(beginning(full.path)).toEqual(full.wanted);
    looking(rebuilt.path, (warehouse) => rebuild(warehouse, resources));
    expect(beginning(rebuilt.path)).toEqual(rebuilt.wanted);
  });
});
