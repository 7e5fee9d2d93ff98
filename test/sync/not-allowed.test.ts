import { describe, expect, test } from "vitest";
import type { ApiClient } from "../../src/api/api-client.ts";
import { ApiError } from "../../src/errors.ts";
import { resources } from "../../src/resources/index.ts";
import { deleteCustomer } from "../../src/sandbox/edits.ts";
import { intercepted } from "../support/accounts.ts";
import { week } from "../support/shortcuts.ts";
import { looking, statuses } from "../support/syncing.ts";
import { rowsOf } from "../support/warehouse.ts";
import {
  customersAndSubscriptions,
  deleted,
  inListingOrder,
  later,
  payingCustomer,
  syncedWorld,
  tomorrow,
  unsyncedWorld,
} from "../support/worlds.ts";

const complete = Object.fromEntries(resources.map(({ name }) => [name, "complete"]));
const rows = (path: string, table: string) => looking(path, (warehouse) => rowsOf(warehouse, table));
const runs = (path: string) => rows(path, "sync_runs").map(({ status }) => status);

/** The same API client, which replies with this status to requests for these paths. */
const refusing = (api: ApiClient, path: RegExp, status = 403) =>
  intercepted(api, (asked) => {
    if (path.test(asked)) throw new ApiError(`ChartMogul answered GET /${asked} with ${status}`, { status });
  });

const ofOneCustomer = /^customers\/[^/]+\/subscriptions$/;

describe("a listing that the key may not read while others can be read", () => {
  test("is not allowed, which fails nothing; its rows stay and nothing is marked", async () => {
    const { world, path, again, createApi } = await syncedWorld();
    world.opportunities.splice(0, 1);
    const before = rows(path, "opportunities");
    const reports = await again({}, refusing(createApi(), /^opportunities/));
    expect(statuses(reports)).toEqual({ ...complete, opportunities: "not_allowed" });
    expect(runs(path)).toEqual(["complete", "complete"]);
    expect(rows(path, "opportunities")).toEqual(before);
    expect(reports.find(({ resource }) => resource === "opportunities")).toMatchObject({
      read_to_end: 0,
      reconciled: 0,
      fresh_as_of: null,
      error: "ChartMogul answered GET /opportunities with 403",
    });
    expect(statuses(await again({ now: later(2) }))).toEqual(complete);
    expect(deleted(path, "opportunities")).toHaveLength(1);
  });

  test.each([
    ["notes", /^notes/],
    ["invoices", /^invoices/],
    ["daily_metrics", /^metrics/],
    ["plans", /^plans$/],
    ["activities", /^activities/],
  ])("is so whichever it is: %s", async (resource, meant) => {
    const { sync, path, createApi } = await unsyncedWorld();
    const reports = await sync({}, refusing(createApi(), meant));
    expect(statuses(reports)).toMatchObject({ [resource]: "not_allowed", customers: "complete" });
    expect(runs(path)).toEqual(["complete"]);
    expect(rows(path, resource)).toEqual([]);
  });

  test.each([402, 404, 405, 410, 451])(
    "is not one that replies with %i: that is a failure",
    async (status) => {
      const { sync, path, createApi } = await unsyncedWorld();
      const reports = await sync({}, refusing(createApi(), /^tasks/, status));
      expect(statuses(reports)).toEqual({ ...complete, tasks: "failed" });
      expect(runs(path)).toEqual(["failed"]);
    },
  );

  test("also covers its child resource, and keeps the rows of both", async () => {
    const { path, again, createApi } = await syncedWorld();
    const before = customersAndSubscriptions.map((table) => rows(path, table));
    const reports = await again({}, refusing(createApi(), /^customers/));
    expect(statuses(reports)).toMatchObject({
      ...{ customers: "not_allowed", subscriptions: "not_allowed" },
      ...{ invoices: "complete", contacts: "complete" },
    });
    expect(runs(path)).toEqual(["complete", "complete"]);
    expect(customersAndSubscriptions.map((table) => rows(path, table))).toEqual(before);
  });

  test("is a failure where it broke off in the middle, since its beginning was allowed", async () => {
    const { sync, path, createApi } = await unsyncedWorld();
    const midway = intercepted(createApi(), (asked, query) => {
      if (asked === "invoices" && query?.["cursor"] !== undefined) throw new ApiError("no", { status: 403 });
    });
    const smaller: ApiClient = {
      ...midway,
      patient: midway.patient,
      get: (asked, query) => midway.get(asked, asked === "invoices" ? { ...query, per_page: 5 } : query),
    };
    expect(statuses(await sync({ only: ["invoices", "plans"] }, smaller))).toEqual({
      invoices: "failed",
      plans: "complete",
    });
    expect(runs(path)).toEqual(["failed"]);
  });
});

describe("where everything is refused", () => {
  test("the sync fails although the account itself replies: a trial has expired", async () => {
    const { path, again, createApi } = await syncedWorld();
    const reports = await again({}, refusing(createApi(), /^(?!account$)/));
    const { account: _, ...others } = statuses(reports);
    expect(new Set(Object.values(others))).toEqual(new Set(["failed"]));
    expect(runs(path)).toEqual(["complete", "failed"]);
    for (const table of ["customers", "invoices"]) expect(deleted(path, table)).toEqual([]);
  });

  test("the sync fails where the account is refused, too", async () => {
    const { path, again, createApi } = await syncedWorld();
    const reports = await again({}, refusing(createApi(), /^/));
    expect(new Set(Object.values(statuses(reports)))).toEqual(new Set(["failed"]));
    expect(runs(path)).toEqual(["complete", "failed"]);
  });

  test("another listing of the sync shows whether it is the key or the account", async () => {
    const { path, again, createApi } = await syncedWorld();
    const only = ["opportunities"];
    const one = await again({ only }, refusing(createApi(), /^opportunities/));
    expect(statuses(one)).toEqual({ opportunities: "not_allowed" });
    const all = await again({ only, now: later(2) }, refusing(createApi(), /^(?!account$)/));
    expect(statuses(all)).toEqual({ opportunities: "failed" });
    expect(runs(path)).toEqual(["complete", "complete", "failed"]);
  });
});

describe("subscriptions", () => {
  test("that are refused for every customer are not allowed, and few are requested before that is clear", async () => {
    const { path, again, createApi, sandbox } = await syncedWorld(100, customersAndSubscriptions);
    const before = rows(path, "subscriptions");
    for (const day of [1, 2, 3]) {
      let refused = 0;
      const counting = intercepted(refusing(createApi(), ofOneCustomer), () => {});
      const listening = intercepted(counting, (asked) => {
        if (ofOneCustomer.test(asked)) refused += 1;
      });
      const reports = await again({ only: customersAndSubscriptions, now: later(day) }, listening);
      expect(statuses(reports)).toEqual({ customers: "complete", subscriptions: "not_allowed" });
      expect(refused).toBeLessThan(60);
      expect(rows(path, "sync_retries")).toEqual([]);
      expect(rows(path, "sync_checkpoints")).toEqual([]);
    }
    expect(rows(path, "subscriptions")).toEqual(before);
    expect(sandbox.requests.length).toBeGreaterThan(0);
  });

  test("are all read once that is allowed, also those that were queued meanwhile", async () => {
    const { world, path, again, createApi } = await syncedWorld(30, customersAndSubscriptions);
    const rules = week;
    await again({ only: customersAndSubscriptions, rules, now: later(1) });
    const customer = payingCustomer(world);
    const [subscription] = world.subscriptions.get(customer) ?? [];
    Object.assign(subscription ?? {}, { plan: "Another plan" });
    Object.assign(world.customers.find(({ uuid }) => uuid === customer) ?? {}, { name: "Renamed" });
    // Enough of them are due: the result does not depend on single ones.
    const refused = await again(
      { only: customersAndSubscriptions, rules, now: later(6) },
      refusing(createApi(), ofOneCustomer),
    );
    expect(statuses(refused)).toEqual({ customers: "complete", subscriptions: "not_allowed" });
    await again({ only: customersAndSubscriptions, rules, now: later(6.5) });
    const stored = rows(path, "subscriptions").find(({ uuid }) => uuid === subscription?.uuid);
    expect(stored).toMatchObject({ plan: "Another plan" });
  });

  test("of one customer that are refused are a failure as before", async () => {
    const { world, again, createApi } = await syncedWorld(30, customersAndSubscriptions);
    const own = new RegExp(`^customers/${payingCustomer(world)}/subscriptions$`);
    const reports = await again({ only: customersAndSubscriptions }, refusing(createApi(), own));
    expect(statuses(reports)).toEqual({ customers: "complete", subscriptions: "failed" });
  });

  test("of the only customers that are due are a failure as before: they prove nothing about the others", async () => {
    const { world, again, createApi } = await syncedWorld(30, customersAndSubscriptions);
    const customer = payingCustomer(world);
    await again({ only: customersAndSubscriptions, rules: week, now: later(0) });
    Object.assign(world.customers.find(({ uuid }) => uuid === customer) ?? {}, { name: "Renamed" });
    const reports = await again(
      { only: customersAndSubscriptions, rules: week, now: new Date(later(0).getTime() + 60_000) },
      refusing(createApi(), ofOneCustomer),
    );
    expect(statuses(reports)).toEqual({ customers: "complete", subscriptions: "failed" });
  });

  test("are still read first by the next sync where that of the customers broke off", async () => {
    const { world, path, again, createApi } = await syncedWorld(250, customersAndSubscriptions);
    const order = inListingOrder(world);
    expect(order).toHaveLength(250);
    const breaking = intercepted(refusing(createApi(), ofOneCustomer), (asked, query) => {
      if (asked === "customers" && query?.["cursor"] !== undefined)
        throw new ApiError("out", { status: 500 });
    });
    const reports = await again({ only: customersAndSubscriptions }, breaking);
    expect(statuses(reports)["customers"]).toBe("failed");
    const planOf = world.subscriptions.get(payingCustomer(world))?.[0];
    Object.assign(planOf ?? {}, { plan: "Another plan" });
    const healed = await again({
      only: customersAndSubscriptions,
      now: new Date(tomorrow.getTime() + 3_600_000),
    });
    expect(statuses(healed)).toEqual({ customers: "complete", subscriptions: "complete" });
    expect(rows(path, "subscriptions").find(({ uuid }) => uuid === planOf?.uuid)).toMatchObject({
      plan: "Another plan",
    });
  });

  test("of a customer who is gone go with the customer, also while they are not allowed", async () => {
    const { world, path, again, createApi } = await syncedWorld(30, customersAndSubscriptions);
    const gone = payingCustomer(world);
    deleteCustomer(world, gone);
    const reports = await again({ only: customersAndSubscriptions }, refusing(createApi(), ofOneCustomer));
    expect(statuses(reports)).toEqual({ customers: "complete", subscriptions: "not_allowed" });
    expect(deleted(path, "customers")).toEqual([gone]);
    const marked = rows(path, "subscriptions").filter((row) => row["deleted_at"] !== null);
    expect(new Set(marked.map((row) => row["customer_uuid"]))).toEqual(new Set([gone]));
  });
});
