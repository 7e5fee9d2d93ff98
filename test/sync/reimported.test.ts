import { describe, expect, test } from "vitest";
import { readChanges } from "../../src/changes/changes.ts";
import { ApiError } from "../../src/errors.ts";
import { resources } from "../../src/resources/index.ts";
import { deleteCustomer } from "../../src/sandbox/edits.ts";
import { refreshSummaries } from "../../src/summaries/refresh-summaries.ts";
import { bent, intercepted } from "../support/accounts.ts";
import { largestSource, reimport } from "../support/reimport.ts";
import { looking, statuses, syncInto } from "../support/syncing.ts";
import { rowsOf } from "../support/warehouse.ts";
import { deleted, later, syncedWorld } from "../support/worlds.ts";

type Synced = Awaited<ReturnType<typeof syncedWorld>>;
const accepted = { deletes: { percent: 10, records: 20, accepted: true } };

/** An account whose largest data source is deleted and imported again after the first sync. */
async function account() {
  const synced = await syncedWorld(60);
  const { path, world } = synced;
  refresh(synced, 0);
  const before = summaryTotals(path);
  const old = reimport(world, largestSource(world));
  expect(old.length).toBeGreaterThan(20);
  return { ...synced, old, before, syncOn: syncOn(synced) };
}

const syncOn =
  (synced: Synced) =>
  async (number: number, ...options: Parameters<Synced["again"]>) => {
    const [settings = {}, api] = options;
    const reports = await synced.again({ now: later(number), ...settings }, api);
    refresh(synced, number);
    return { reports, of: (name: string) => reports.find(({ resource }) => resource === name) };
  };

const refresh = ({ path }: { path: string }, day: number) =>
  looking(path, (warehouse) => refreshSummaries(warehouse, later(day)));

const one = (path: string, sql: string) => looking(path, ({ sqlite }) => sqlite.prepare(sql).pluck().get());

/** Totals of the summary tables. */
const summaryTotals = (path: string) => ({
  active: one(path, "SELECT count(*) FROM active_subscriptions"),
  mrr: one(path, "SELECT sum(mrr_in_cents) FROM active_subscriptions"),
  byPlan: one(path, "SELECT sum(mrr_in_cents) FROM mrr_by_plan"),
  top: one(path, "SELECT count(*) || ' ' || sum(mrr_in_cents) FROM top_customers"),
  churned: one(path, "SELECT count(*) FROM churned_customers"),
  trials: one(path, "SELECT count(*) FROM trials"),
  unpaid: one(path, "SELECT count(*) FROM unpaid_invoices"),
  failed: one(path, "SELECT count(*) FROM failed_payments"),
  collected: one(path, "SELECT sum(collected_in_cents) FROM cash_by_month"),
  movements: one(path, "SELECT sum(net_in_cents) FROM mrr_movements_by_month"),
  paying: one(path, "SELECT customers FROM mrr_movements_by_month ORDER BY month DESC LIMIT 1"),
});

const changesOf = (path: string, since: Date, most = Infinity) =>
  looking(path, (warehouse) =>
    readChanges(warehouse, {
      account: "default",
      since: since.toISOString().slice(0, 19).replace("T", " "),
      resources: resources.map(({ name }) => name),
      most,
    }),
  );

const counts = ({
  won,
  lost,
  wonAndLost,
  cameBack,
  reimported,
  newLeads,
  deletedLeads,
  ...rest
}: ReturnType<typeof changesOf>) => ({
  ...{ won: won.length, lost: lost.length, wonAndLost: wonAndLost.length, cameBack: cameBack.length },
  ...{ newLeads: newLeads.length, deletedLeads: deletedLeads.length, newCancelled: rest.newCancelled.length },
  ...{ deletedCancelled: rest.deletedCancelled.length, mrrChanges: rest.mrrTotals.customers },
  importedAgain: reimported.length,
});

const nothing = {
  ...{ won: 0, lost: 0, wonAndLost: 0, cameBack: 0, newLeads: 0, deletedLeads: 0, newCancelled: 0 },
  ...{ deletedCancelled: 0, mrrChanges: 0 },
};

describe("while a reimported data source exceeds the delete limit", () => {
  test("the summary tables count what is there once, and freshness says what they leave out", async () => {
    const { path, syncOn, before, old } = await account();
    const { of } = await syncOn(1);
    expect(of("customers")).toMatchObject({ status: "delete_limit", deleted: 0 });
    expect(of("invoices")).toMatchObject({ status: "delete_limit", deleted: 0 });
    expect(summaryTotals(path)).toEqual(before);
    expect(summaryTotals(path).mrr).toBe(
      one(path, "SELECT mrr_in_cents FROM daily_metrics ORDER BY date DESC LIMIT 1"),
    );
    expect(one(path, "SELECT suspected_deletes FROM freshness WHERE table_name = 'customers'")).toBe(
      old.length,
    );
    const subscriptions = one(
      path,
      `SELECT count(*) FROM subscriptions WHERE customer_uuid IN ('${old.join("','")}')`,
    );
    expect(one(path, "SELECT suspected_deletes FROM freshness WHERE table_name = 'subscriptions'")).toBe(
      subscriptions,
    );
    expect(one(path, "SELECT suspected_deletes FROM freshness WHERE table_name = 'plan_groups'")).toBe(0);
    expect(deleted(path, "customers")).toEqual([]);
  });

  test("also where only the newest invoices are read", async () => {
    const { path, syncOn, before } = await account();
    const rules = { shortcuts: { listingMaxAgeDays: 7, lookbackDays: 35, fullWalkDays: 7 } };
    await syncOn(1, { rules });
    expect(summaryTotals(path)).toEqual(before);
  });

  test("the error says that it was imported again, and what to do", async () => {
    const { syncOn, old } = await account();
    const { of } = await syncOn(1);
    for (const name of ["customers", "invoices"]) {
      expect(of(name)?.error, name).toContain("imported again");
      expect(of(name)?.error, name).toContain("sync --accept-deletes --account default");
    }
    expect(of("customers")?.error).toContain(
      `${old.length} of ${60 + old.length} live records of customers were not found`,
    );
    // The next sync says so again.
    expect((await syncOn(2)).of("customers")?.error).toContain("imported again");
  });

  test("changes count nobody twice", async () => {
    const { path, syncOn, old } = await account();
    await syncOn(1);
    expect(counts(changesOf(path, later(0.5)))).toEqual({ ...nothing, importedAgain: old.length });
  });
});

describe("once that was accepted", () => {
  test("all is marked, nothing is hidden any more, and the summary tables are as they were", async () => {
    const { path, syncOn, before, old } = await account();
    await syncOn(1);
    const { reports } = await syncOn(2, { rules: accepted });
    expect(new Set(Object.values(statuses(reports)))).toEqual(new Set(["complete"]));
    expect(new Set(deleted(path, "customers"))).toEqual(new Set(old));
    expect(summaryTotals(path)).toEqual(before);
    expect(looking(path, (warehouse) => rowsOf(warehouse, "sync_suspected_deletes"))).toEqual([]);
    expect(one(path, "SELECT sum(suspected_deletes) FROM freshness")).toBe(0);
  });

  test("changes pair the old ones and the new ones, who are neither won nor lost", async () => {
    const { path, syncOn, old } = await account();
    await syncOn(1);
    await syncOn(2, { rules: accepted });
    const found = changesOf(path, later(0.5));
    expect(counts(found)).toEqual({ ...nothing, importedAgain: old.length });
    expect(new Set(found.reimported.map(({ key }) => key))).toEqual(new Set(old));
    // What came in the first sync pairs with what was marked in the second.
    expect(counts(changesOf(path, later(1.5)))).toMatchObject({ lost: 0, wonAndLost: 0, deletedLeads: 0 });
  });

  test("a customer that became another one is reported so", async () => {
    const { path, world, syncOn, old } = await account();
    const customers = world.customers.filter(({ id }) => id >= 500_000_000);
    const [leaver] = customers.filter(({ status }) => status === "Active");
    const mrr = leaver?.mrr ?? 0;
    Object.assign(leaver ?? {}, { status: "Cancelled", mrr: 0, arr: 0 });
    for (const each of world.subscriptions.get(leaver?.uuid ?? "") ?? []) each.status = "inactive";
    const [lead] = customers.filter(({ status }) => status === "New Lead");
    Object.assign(lead ?? {}, { status: "Active", mrr: 4200, arr: 50_400 });
    await syncOn(1, { rules: accepted });
    const found = changesOf(path, later(0.5));
    expect(found.lost).toMatchObject([{ key: leaver?.uuid, mrr_in_cents: mrr }]);
    expect(found.won).toMatchObject([{ key: lead?.uuid, mrr_in_cents: 4200 }]);
    expect(found.reimported).toHaveLength(old.length);
  });
});

describe("the suspected deletes of a walk that exceeded the delete limit", () => {
  test("count again once a walk meets them, also one that does not come to its end", async () => {
    const { path, world, createApi } = await syncedWorld(60);

    const before = { ...world, subscriptions: new Map(world.subscriptions) };
    const again = createSyncOn({ path, world, createApi });
    for (const { uuid } of world.customers.slice(0, 30)) deleteCustomer(world, uuid);
    const reports = await again(1);
    expect(statuses(reports)).toMatchObject({ customers: "delete_limit" });
    expect(reports.find(({ resource }) => resource === "customers")?.error).not.toContain("imported again");
    const few = one(path, "SELECT count(*) FROM active_subscriptions");
    Object.assign(world, before);
    const broken = intercepted(
      bent(createApi(), (body, path) =>
        path === "customers" ? { ...body, has_more: true, cursor: "on" } : body,
      ),
      (path, query) => {
        if (path === "customers" && query?.["cursor"] === "on") throw new ApiError("down", { status: 502 });
      },
    );
    expect(statuses(await again(2, broken))).toMatchObject({ customers: "failed" });
    expect(one(path, "SELECT count(*) FROM sync_suspected_deletes WHERE resource = 'customers'")).toBe(0);
    expect(Number(one(path, "SELECT count(*) FROM active_subscriptions"))).toBeGreaterThan(Number(few));
    expect(new Set(Object.values(statuses(await again(3))))).toEqual(new Set(["complete"]));
    expect(looking(path, (warehouse) => rowsOf(warehouse, "sync_suspected_deletes"))).toEqual([]);
  });

  test("stay hidden while the next walk ends before them", async () => {
    const { path, world, createApi } = await syncedWorld(60);
    const again = createSyncOn({ path, world, createApi });
    for (const { uuid } of world.customers.slice(0, 30)) deleteCustomer(world, uuid);
    await again(1);
    const before = summaryTotals(path);
    const down = intercepted(createApi(), (path) => {
      if (path === "customers") throw new ApiError("down", { status: 502 });
    });
    await again(2, down);
    expect(summaryTotals(path)).toEqual(before);
  });

  test("include subscriptions whose customers are all there", async () => {
    const { path, world, createApi } = await syncedWorld(60);
    const again = createSyncOn({ path, world, createApi });
    const lost = world.customers.slice(0, 40).map(({ uuid }) => uuid);
    for (const uuid of lost) world.subscriptions.set(uuid, []);
    expect(statuses(await again(1))).toMatchObject({ customers: "complete", subscriptions: "delete_limit" });
    const live = [...world.subscriptions.values()].flat().filter(({ status }) => status === "active");
    expect(one(path, "SELECT count(*) FROM active_subscriptions")).toBe(live.length);
  });
});

const createSyncOn =
  ({ path, createApi }: Pick<Synced, "path" | "world" | "createApi">) =>
  async (number: number, own = createApi()) => {
    const reports = await syncInto(path, { default: own }, { now: later(number) });
    refresh({ path }, number);
    return reports;
  };
