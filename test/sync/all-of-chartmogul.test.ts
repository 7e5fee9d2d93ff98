import { describe, expect, test } from "vitest";
import type { ApiClient } from "../../src/api/api-client.ts";
import { ApiError } from "../../src/errors.ts";
import { resources } from "../../src/resources/index.ts";
import { deleteCustomer, reissueActivities } from "../../src/sandbox/edits.ts";
import { bent, intercepted } from "../support/accounts.ts";
import { looking, statuses } from "../support/syncing.ts";
import { rowsOf } from "../support/warehouse.ts";
import { deleted, later, syncedWorld, unsyncedWorld } from "../support/worlds.ts";

const complete = Object.fromEntries(resources.map(({ name }) => [name, "complete"]));

const rows = (path: string, table: string) => looking(path, (warehouse) => rowsOf(warehouse, table));
const ask = <Row>(path: string, sql: string) =>
  looking(path, ({ sqlite }) => sqlite.prepare<[], Row>(sql).all());

describe("a first sync", () => {
  test("has every record of every listing", async () => {
    const { world, path, sync } = await unsyncedWorld();
    expect(statuses(await sync())).toEqual(complete);
    const members = world.planGroups.flatMap(({ uuid, planUuids }) =>
      planUuids.map((plan) => `${uuid} ${plan}`),
    );
    expect(
      rows(path, "plan_group_plans")
        .map((row) => `${row["plan_group_uuid"]} ${row["plan_uuid"]}`)
        .sort(),
    ).toEqual(members.sort());
    const listed = {
      data_sources: world.dataSources.map(({ uuid }) => uuid),
      plan_groups: world.planGroups.map(({ uuid }) => uuid),
      subscription_events: world.subscriptionEvents.map(({ id }) => id),
      activities: world.activities.map(({ uuid }) => uuid),
      contacts: world.contacts.map(({ uuid }) => uuid),
      notes: world.notes.map(({ uuid }) => uuid),
      opportunities: world.opportunities.map(({ uuid }) => uuid),
      tasks: world.tasks.map(({ task_uuid }) => task_uuid),
    };
    for (const [table, keys] of Object.entries(listed)) {
      expect(keys, table).not.toHaveLength(0);
      const stored = rows(path, table).map((row) => row["uuid"] ?? row["id"]);
      expect(new Set(stored), table).toEqual(new Set<unknown>(keys));
    }
  });

  test("has activities that add up to the movements of each day in the account's time zone", async () => {
    const { world, path, sync } = await unsyncedWorld();
    // Days of UTC, as SQL computes them.
    world.account.time_zone = "UTC";
    await sync();
    const differing = ask(
      path,
      `SELECT date, total, sum(activity_mrr_movement_in_cents) FROM activities JOIN
         (SELECT date AS day, mrr_new_business_in_cents + mrr_expansion_in_cents + mrr_contraction_in_cents
            + mrr_churn_in_cents + mrr_reactivation_in_cents AS total FROM daily_metrics)
       ON day = date(date) GROUP BY day HAVING sum(activity_mrr_movement_in_cents) <> total`,
    );
    expect(differing).toEqual([]);
    expect(world.activities.length).toBeGreaterThan(30);
  });

  test("reads notes from the older listing where the newer one is not there", async () => {
    const { world, path, sync, createApi } = await unsyncedWorld();
    const older = intercepted(createApi(), (asked) => {
      if (/^notes/.test(asked))
        throw new ApiError(`ChartMogul answered GET /${asked} with 404`, { status: 404 });
    });
    expect(statuses(await sync({}, older))).toEqual(complete);
    const ofCustomers = world.notes.filter((note) => note.associated_object === "customer");
    expect(
      rows(path, "notes")
        .map((row) => row["uuid"])
        .sort(),
    ).toEqual(ofCustomers.map(({ uuid }) => uuid).sort());
    expect(await sync().then(statuses)).toEqual(complete);
    expect(rows(path, "notes")).toHaveLength(world.notes.length);
  });

  test("has the settings of the account where ChartMogul gives them, and does without where it does not", async () => {
    const { world, path, sync, createApi } = await unsyncedWorld();
    await sync({ only: ["account"] });
    const [account] = rows(path, "accounts");
    expect(account).toMatchObject({
      refund_handling: world.settings.refund_handling,
      churn_when_zero_mrr: String(world.settings.churn_when_zero_mrr),
    });
    const older = intercepted(createApi(), (asked, query) => {
      if (query?.["include"] !== undefined) {
        throw new ApiError(`ChartMogul answered GET /${asked} with 400: Invalid include parameter`, {
          status: 400,
        });
      }
    });
    expect(statuses(await sync({ only: ["account"] }, older))).toEqual({ account: "complete" });
    expect(rows(path, "accounts")).toMatchObject([{ name: world.account.name, refund_handling: null }]);
  });

  test("keeps the order of the listings, also for records of later syncs", async () => {
    const { world, path, sync } = await unsyncedWorld();
    await sync();
    const [plan] = world.plans;
    for (const number of [1, 2, 3]) {
      if (plan)
        world.plans.push({
          ...structuredClone(plan),
          uuid: `pl_new-${number}`,
          external_id: `new-${number}`,
        });
      await sync({ now: later(number) });
    }
    const stored = ask<{ key: string }>(
      path,
      "SELECT key FROM raw_records WHERE resource = 'plans' ORDER BY list_order",
    );
    expect(stored.slice(0, 4).map(({ key }) => key)).toEqual([
      "pl_new-3",
      "pl_new-2",
      "pl_new-1",
      world.plans[3]?.uuid,
    ]);
    expect(stored.map(({ key }) => key)).toEqual(world.plans.map(({ uuid }) => uuid));
  });
});

describe("a deleted record", () => {
  test("is marked in every table, and activities under new uuids replace the old ones", async () => {
    const { world, path, again } = await syncedWorld();
    const gone = world.contacts[0]?.customer_uuid ?? "";
    const recounted =
      world.activities.find((activity) => activity["customer-uuid"] !== gone)?.["customer-uuid"] ?? "";
    const before = world.activities.length;
    const own = world.activities.filter((activity) => activity["customer-uuid"] === recounted).length;
    deleteCustomer(world, gone);
    reissueActivities(world, recounted);
    world.tasks.splice(0, 1);
    world.planGroups.find(({ planUuids }) => planUuids.length > 0)?.planUuids.splice(0, 1);
    expect(statuses(await again({ rules: { full: true } }))).toEqual(complete);
    expect(deleted(path, "activities")).toHaveLength(before - world.activities.length + own);
    expect(deleted(path, "tasks")).toHaveLength(1);
    expect(deleted(path, "plan_group_plans")).toHaveLength(1);
    for (const table of ["contacts", "customers"]) expect(deleted(path, table)).not.toHaveLength(0);
    const live = ask<{ mrr: number }>(
      path,
      "SELECT sum(activity_mrr_movement_in_cents) AS mrr FROM activities WHERE deleted_at IS NULL",
    );
    expect(live[0]?.mrr).toBe(world.customers.reduce((sum, { mrr }) => sum + mrr, 0));
  });

  test("does not reach the delete limit where ChartMogul has computed all activities again", async () => {
    const { world, path, again } = await syncedWorld();
    for (const { uuid } of world.customers) reissueActivities(world, uuid);
    const before = world.activities.length;
    expect(statuses(await again({ rules: { full: true } }))).toEqual(complete);
    expect(deleted(path, "activities")).toHaveLength(before);
    expect(rows(path, "activities")).toHaveLength(before * 2);
  });
});

const levels = "mrr_in_cents, arr_in_cents, arpa_in_cents, customers";
const movements = ["new_business", "expansion", "contraction", "churn", "reactivation"].map(
  (kind) => `mrr_${kind}_in_cents`,
);

const only = { only: ["period_metrics"] };

/** The same API client on another day. */
const onDay = (api: ApiClient, day: string): ApiClient => ({
  ...api,
  now: () => new Date(`${day}T15:00:00Z`),
});

describe("period_metrics", () => {
  test("ends with the levels of its last day and has the movements of all its days", async () => {
    const { path, sync } = await unsyncedWorld();
    await sync();
    const counts = ask<{ interval: string; rows: number }>(
      path,
      "SELECT interval, count(*) AS rows FROM period_metrics GROUP BY interval ORDER BY rows",
    );
    expect(counts.map(({ interval }) => interval)).toEqual(["year", "quarter", "month", "week"]);
    const ofDays = ask(
      path,
      `SELECT interval, period.date, ${levels}, ${movements.map(
        (name) => `(SELECT sum(${name}) FROM daily_metrics AS day
         WHERE day.date <= period.up_to AND day.date > coalesce((SELECT max(date) FROM period_metrics AS before
           WHERE before.interval = period.interval AND before.date < period.date), '')) AS ${name}`,
      )}
       FROM (SELECT interval, date, up_to FROM period_metrics) AS period
       JOIN daily_metrics ON daily_metrics.date = up_to ORDER BY interval, period.date`,
    );
    const firstDays = ask<{ date: string }>(path, "SELECT min(date) AS date FROM daily_metrics")[0]?.date;
    const ofPeriods = ask<{ date: string }>(
      path,
      `SELECT interval, date, ${levels}, ${movements.join(", ")} FROM period_metrics WHERE up_to >= '${firstDays}'
       ORDER BY interval, date`,
    );
    expect(ofPeriods.length).toBeGreaterThan(100);
    expect(ofDays).toEqual(ofPeriods);
  });

  test("has one row for the current interval, which says how far it has come", async () => {
    const { path, sync, createApi } = await unsyncedWorld();
    const on = (day: string) => sync(only, onDay(createApi(), day));
    const months = () =>
      ask(
        path,
        "SELECT date, up_to, deleted_at FROM period_metrics WHERE interval = 'month' ORDER BY date DESC LIMIT 2",
      );
    await on("2025-06-12");
    expect(months()[0]).toEqual({ date: "2025-06-30", up_to: "2025-06-12", deleted_at: null });
    await on("2025-06-13");
    await on("2025-07-02");
    expect(months()).toEqual([
      { date: "2025-07-31", up_to: "2025-07-02", deleted_at: null },
      { date: "2025-06-30", up_to: "2025-06-30", deleted_at: null },
    ]);
    expect(rows(path, "period_metric_restatements")).toEqual([]);
  });

  test("keeps the old value of an interval that was over when it was stored, and none of one that continued", async () => {
    const { path, sync, createApi } = await unsyncedWorld();
    await sync(only, onDay(createApi(), "2025-06-12"));
    const rewritten = bent(onDay(createApi(), "2025-06-13"), (body, path_) => {
      if (!path_.startsWith("metrics/all")) return body;
      const entries = body["entries"] as Record<string, unknown>[];
      const raised = (entry: Record<string, unknown>) =>
        ["2025-04-30", "2025-06-13"].includes(String(entry["date"])) ? { ...entry, customers: 777 } : entry;
      return { ...body, entries: entries.map(raised) };
    });
    await sync({ ...only, now: new Date("2025-06-13T15:00:00Z") }, rewritten);
    const [restated, ...others] = rows(path, "period_metric_restatements");
    expect(others).toEqual([]);
    expect(restated).toMatchObject({
      ...{ interval: "month", date: "2025-04-30", metric: "customers", new_value: 777 },
      observed_at: "2025-06-13 15:00:00",
    });
    expect(Number(restated?.["old_value"])).toBeGreaterThan(0);
  });
});
