import { describe, expect, test } from "vitest";
import { createRules } from "../../src/commands/sync-rules.ts";
import { readConfig } from "../../src/config.ts";
import { ApiError } from "../../src/errors.ts";
import { deleteCustomer, mergeCustomers, unmergeCustomer } from "../../src/sandbox/edits.ts";
import { defaultRules } from "../../src/sync/rules.ts";
import { bent, intercepted, wrapped } from "../support/accounts.ts";
import { looking, statuses } from "../support/syncing.ts";
import { rowsOf } from "../support/warehouse.ts";
import {
  beforeFirstSync,
  customersAndSubscriptions,
  deleted,
  inListingOrder,
  later,
  payingCustomer,
  syncedWorld,
  tomorrow,
} from "../support/worlds.ts";

describe("a record that has disappeared", () => {
  test("is marked with the time of the sync that missed it, and its child records with it", async () => {
    const { world, path, again } = await syncedWorld();
    const gone = payingCustomer(world);
    const subscriptions = (world.subscriptions.get(gone) ?? []).map(({ uuid }) => uuid);
    const invoices = world.invoices.filter(({ customer_uuid }) => customer_uuid === gone);
    deleteCustomer(world, gone);

    const reports = await again();
    expect(new Set(Object.values(statuses(reports)))).toEqual(new Set(["complete"]));
    expect(deleted(path, "customers")).toEqual([gone]);
    expect(new Set(deleted(path, "subscriptions"))).toEqual(new Set(subscriptions));
    expect(new Set(deleted(path, "invoices"))).toEqual(new Set(invoices.map(({ uuid }) => uuid)));
    const items = invoices.flatMap(({ line_items }) => line_items.map(({ uuid }) => uuid));
    expect(new Set(deleted(path, "invoice_line_items"))).toEqual(new Set(items));
    looking(path, ({ sqlite }) => {
      const at = sqlite.prepare("SELECT DISTINCT deleted_at FROM customers WHERE deleted_at IS NOT NULL");
      expect(at.pluck().all()).toEqual(["2025-07-01 15:00:00"]);
    });
    expect(reports.find(({ resource }) => resource === "customers")).toMatchObject({ deleted: 1 });
    expect(reports.find(({ resource }) => resource === "subscriptions")).toMatchObject({
      deleted: subscriptions.length,
    });
  });

  test("loses its mark when it comes back, with its children, whether or not it has changed", async () => {
    const { world, path, again } = await syncedWorld();
    const [same, changed] = [payingCustomer(world, 0), payingCustomer(world, 1)];
    const { customers, invoices, activities, contacts, notes, opportunities, tasks } = world;
    const before = structuredClone({
      ...{ customers, invoices, activities, contacts, notes, opportunities, tasks },
    });
    const subscriptions = new Map(world.subscriptions);
    deleteCustomer(world, same);
    deleteCustomer(world, changed);
    await again();
    expect(deleted(path, "customers")).toHaveLength(2);

    Object.assign(world, { ...before, subscriptions });
    const back = world.customers.find(({ uuid }) => uuid === changed);
    Object.assign(back ?? {}, { name: "Back again" });
    const reports = await again({ rules: { full: true } });
    for (const table of ["customers", "subscriptions", "invoices", "invoice_line_items", "customer_tags"]) {
      expect(deleted(path, table, "account"), table).toEqual([]);
    }
    expect(reports.find(({ resource }) => resource === "customers")).toMatchObject({
      restored: 2,
      inserted: 0,
      updated: 0,
    });
    looking(path, (warehouse) => {
      expect(rowsOf(warehouse, "sync_tombstones")).toEqual([]);
      const row = rowsOf(warehouse, "customers").find(({ uuid }) => uuid === changed);
      expect(row?.["name"]).toBe("Back again");
    });
  });

  test("is marked also where only its parent's resource is synced", async () => {
    const { world, path, again } = await syncedWorld();
    const gone = payingCustomer(world);
    const subscriptions = (world.subscriptions.get(gone) ?? []).map(({ uuid }) => uuid);
    deleteCustomer(world, gone);
    await again({ only: ["customers"] });
    expect(new Set(deleted(path, "subscriptions"))).toEqual(new Set(subscriptions));
  });

  test("is marked where one subscription of a customer goes and the customer stays", async () => {
    const { world, path, again } = await syncedWorld();
    const owner = payingCustomer(world);
    const [first] = world.subscriptions.get(owner)?.splice(0, 1) ?? [];
    const reports = await again({ only: customersAndSubscriptions });
    expect(statuses(reports)).toEqual({ customers: "complete", subscriptions: "complete" });
    expect(deleted(path, "customers")).toEqual([]);
    expect(deleted(path, "subscriptions")).toEqual([first?.uuid]);
  });

  test("is not marked a second time by the next sync", async () => {
    const { world, path, again } = await syncedWorld();
    deleteCustomer(world, payingCustomer(world));
    await again();
    const before = looking(path, (warehouse) => rowsOf(warehouse, "customers"));
    const reports = await again({ now: later(2) });
    expect(reports.reduce((sum, report) => sum + report.deleted, 0)).toBe(0);
    expect(looking(path, (warehouse) => rowsOf(warehouse, "customers"))).toEqual(before);
  });
});

describe("a record that one walk has missed", () => {
  test("stays live, with its subscriptions read, if ChartMogul still has it when asked for by its uuid", async () => {
    const { world, path, again, createApi } = await syncedWorld();
    const mover = payingCustomer(world);
    const hidden = world.customers.find(({ uuid }) => uuid === mover);
    Object.assign(hidden ?? {}, { name: "Moved behind the cursor" });
    // Out of the listing, but not gone.
    const asked: string[] = [];
    const missing = intercepted(createApi(), (path) => {
      if (path.startsWith(`customers/${mover}`)) asked.push(path);
      if (path === "customers") world.customers = world.customers.filter((each) => each !== hidden);
      else if (hidden && !world.customers.includes(hidden)) world.customers.push(hidden);
    });
    const reports = await again({ only: customersAndSubscriptions }, missing);
    expect(statuses(reports)).toEqual({ customers: "complete", subscriptions: "complete" });
    expect(asked).toEqual([`customers/${mover}`, `customers/${mover}/subscriptions`]);
    expect(deleted(path, "customers")).toEqual([]);
    expect(deleted(path, "subscriptions")).toEqual([]);
    looking(path, (warehouse) => {
      const row = rowsOf(warehouse, "customers").find(({ uuid }) => uuid === mover);
      expect(row?.["name"]).toBe("Moved behind the cursor");
    });
  });

  test("is not marked while asking for it fails; the resource has failed and the next sync marks it", async () => {
    const { world, path, again, createApi } = await syncedWorld();
    const gone = payingCustomer(world);
    deleteCustomer(world, gone);
    const failing = intercepted(createApi(), (path) => {
      if (path === `customers/${gone}`) throw new ApiError("out of order", { status: 500 });
    });
    expect(statuses(await again({ only: customersAndSubscriptions }, failing))["customers"]).toBe("failed");
    expect(deleted(path, "customers")).toEqual([]);
    expect(deleted(path, "subscriptions")).toEqual([]);
    expect(statuses(await again({ only: customersAndSubscriptions }))["customers"]).toBe("complete");
    expect(deleted(path, "customers")).toEqual([gone]);
  });

  test("is gone if ChartMogul replies with another record in its place", async () => {
    const { world, path, again, createApi } = await syncedWorld();
    const [gone, survivor] = [payingCustomer(world, 0), payingCustomer(world, 1)];
    deleteCustomer(world, gone);
    const redirecting = wrapped(
      createApi(),
      (get) => (path, query) => get(path === `customers/${gone}` ? `customers/${survivor}` : path, query),
    );
    await again({ only: ["customers"] }, redirecting);
    expect(deleted(path, "customers")).toEqual([gone]);
  });
});

describe("nothing is marked by a walk", () => {
  test("that broke off, that was refused, or whose listing lost its rest", async () => {
    const { world, path, again, createApi } = await syncedWorld(450, customersAndSubscriptions);
    for (let index = 0; index < 5; index += 1) deleteCustomer(world, payingCustomer(world));
    let pages = 0;
    const breaking = intercepted(createApi(), (path) => {
      if (path !== "customers") return;
      pages += 1;
      if (pages === 3) throw new ApiError("out of order", { status: 500 });
    });
    const broken = await again({ only: customersAndSubscriptions }, breaking);
    expect(statuses(broken)).toEqual({ customers: "failed", subscriptions: "failed" });
    expect(deleted(path, "customers")).toEqual([]);
    expect(deleted(path, "subscriptions")).toEqual([]);

    const truncated = bent(createApi(), (body, path) =>
      path === "customers" ? { ...body, has_more: false } : body,
    );
    const cut = await again(
      { only: customersAndSubscriptions, now: tomorrow, rules: { resumableHours: 0 } },
      truncated,
    );
    expect(statuses(cut)).toEqual({ customers: "truncated", subscriptions: "truncated" });
    expect(cut[0]?.error).toContain("ended after 1 pages, but its first answer had announced 3");
    expect(deleted(path, "customers")).toEqual([]);
    expect(deleted(path, "subscriptions")).toEqual([]);

    await again({ only: customersAndSubscriptions });
    expect(deleted(path, "customers")).toHaveLength(5);
  });

  test("whose listing is truncated without having announced its pages, once that shows", async () => {
    const { path, again, createApi } = await syncedWorld(450, customersAndSubscriptions);
    const silent = bent(createApi(), ({ total_pages: _, ...body }, path) =>
      path === "customers" ? { ...body, has_more: false } : body,
    );
    const rules = { deletes: { percent: 10, records: 20, accepted: true } };
    const reports = await again({ only: ["customers"], rules }, silent);
    expect(statuses(reports)).toEqual({ customers: "truncated" });
    expect(reports[0]?.error).toContain("left out more than 200 records");
    expect(deleted(path, "customers")).toEqual([]);
  });

  test("for the customers whose subscriptions could not be read; those of the others are marked", async () => {
    const { world, path, again, createApi } = await syncedWorld();
    const [refused, other] = [payingCustomer(world, 0), payingCustomer(world, 1)];
    world.subscriptions.set(refused, []);
    const [first] = world.subscriptions.get(other)?.splice(0, 1) ?? [];
    const refusing = intercepted(createApi(), (path) => {
      if (path === `customers/${refused}/subscriptions`) throw new ApiError("no", { status: 422 });
    });
    const reports = await again({ only: customersAndSubscriptions }, refusing);
    expect(statuses(reports)).toEqual({ customers: "complete", subscriptions: "failed" });
    expect(deleted(path, "subscriptions")).toEqual([first?.uuid]);
  });
});

describe("a walk that is resumed after a stop", () => {
  test("marks what neither of its parts has met, as one walk would have", async () => {
    const { world, path, again, createApi } = await syncedWorld(450, customersAndSubscriptions);
    const gone = inListingOrder(world)
      .filter((_, index) => index % 60 === 10)
      .map(({ uuid }) => uuid);
    for (const uuid of gone) deleteCustomer(world, uuid);
    let pages = 0;
    const breaking = intercepted(createApi(), (path) => {
      if (path !== "customers") return;
      pages += 1;
      if (pages === 3) throw new ApiError("out of order", { status: 500 });
    });
    await again({ only: customersAndSubscriptions }, breaking);
    expect(looking(path, (warehouse) => rowsOf(warehouse, "sync_checkpoints"))).toHaveLength(1);

    const asked: string[] = [];
    await again(
      { only: customersAndSubscriptions },
      intercepted(createApi(), (path) => {
        asked.push(path);
      }),
    );
    expect(asked.filter((path) => path === "customers")).toHaveLength(1);
    expect(new Set(deleted(path, "customers"))).toEqual(new Set(gone));
    for (const table of ["sync_checkpoints", "sync_seen_keys"]) {
      expect(looking(path, (warehouse) => rowsOf(warehouse, table))).toEqual([]);
    }
  });
});

describe("the delete limit", () => {
  async function halved() {
    const synced = await syncedWorld(60);
    for (const { uuid } of synced.world.customers.slice(0, 30)) deleteCustomer(synced.world, uuid);
    return synced;
  }

  test("stops a resource with too many missing records, says how many and what to run, and keeps the rest of the run", async () => {
    const { path, again } = await halved();
    const reports = await again();
    const customers = reports.find(({ resource }) => resource === "customers");
    expect(customers).toMatchObject({ status: "delete_limit", deleted: 0 });
    expect(customers?.error).toContain("30 of 60 live records of customers were not found");
    expect(customers?.error).toContain("sync --accept-deletes --account default --only customers");
    expect(deleted(path, "customers")).toEqual([]);
    expect(deleted(path, "subscriptions")).toEqual([]);
    // The listings of the missing customers were not read, so their subscriptions are not fresh either.
    expect(statuses(reports)).toMatchObject({ plans: "complete", subscriptions: "delete_limit" });
    looking(path, ({ sqlite }) =>
      expect(sqlite.prepare("SELECT status FROM sync_runs ORDER BY id DESC").pluck().get()).toBe("failed"),
    );
  });

  test("marks when the deletes are accepted, and is not reached again once they are marked", async () => {
    const { path, again } = await halved();
    await again();
    const accepted = { deletes: { percent: 10, records: 20, accepted: true } };
    const reports = await again({ rules: accepted });
    expect(new Set(Object.values(statuses(reports)))).toEqual(new Set(["complete"]));
    expect(deleted(path, "customers")).toHaveLength(30);
    expect(new Set(Object.values(statuses(await again())))).toEqual(new Set(["complete"]));
  });

  test.for([
    { live: 100, missing: 20, status: "complete", why: "no more than 20" },
    { live: 100, missing: 21, status: "delete_limit", why: "more than 20 and more than 10 %" },
    { live: 300, missing: 30, status: "complete", why: "no more than 10 %" },
    { live: 300, missing: 31, status: "delete_limit", why: "more than 10 % and more than 20" },
  ])("where $missing of $live are missing, $why: $status", async ({ live, missing, status }) => {
    const scene = await beforeFirstSync({ only: ["plans"], plans: live });
    await scene.sync();
    scene.world.plans.splice(0, missing);
    const [report] = await scene.sync();
    expect(report).toMatchObject({ status, deleted: status === "delete_limit" ? 0 : missing });
  });

  test("is the same where no setting says otherwise", () => {
    expect(createRules(readConfig({}, "/nowhere"))).toEqual(defaultRules);
  });

  test("lets a few records go whatever part of the table they are, and a small part however many they are", async () => {
    const { path, again } = await halved();
    const few = { deletes: { percent: 10, records: 30, accepted: false } };
    expect(statuses(await again({ only: ["customers"], rules: few }))).toEqual({ customers: "complete" });
    expect(deleted(path, "customers")).toHaveLength(30);
    const other = await halved();
    const part = { deletes: { percent: 50, records: 20, accepted: false } };
    expect(statuses(await other.again({ only: ["customers"], rules: part }))).toEqual({
      customers: "complete",
    });
  });
});

describe("a merged customer", () => {
  test("says where it went, and no longer does when it is back", async () => {
    const { world, path, again } = await syncedWorld();
    const [from, into, gone] = [0, 1, 2].map((index) => payingCustomer(world, index));
    mergeCustomers(world, from ?? "", into ?? "");
    deleteCustomer(world, gone ?? "");
    await again();
    const merged = () =>
      looking(path, ({ sqlite }) =>
        sqlite
          .prepare("SELECT uuid, merged_into FROM customers WHERE deleted_at IS NOT NULL ORDER BY uuid")
          .all(),
      );
    expect(merged()).toEqual(
      [
        { uuid: from, merged_into: into },
        { uuid: gone, merged_into: null },
      ].sort((one, other) => String(one.uuid).localeCompare(String(other.uuid))),
    );
    // After the merge is undone ChartMogul gives a new uuid: the old one stays where it went.
    unmergeCustomer(world, into ?? "");
    await again();
    expect(merged()).toContainEqual({ uuid: from, merged_into: into });
  });

  test("takes its activities with it when the customer it was merged into is deleted", async () => {
    const { world, path, again } = await syncedWorld();
    const [from = "", into = ""] = [0, 1].map((index) => payingCustomer(world, index));
    const live = () =>
      looking(path, ({ sqlite }) =>
        sqlite
          .prepare("SELECT count(*) FROM activities WHERE customer_uuid IN (?, ?) AND deleted_at IS NULL")
          .pluck()
          .get(from, into),
      );
    mergeCustomers(world, from, into);
    await again();
    expect(live()).toBeGreaterThan(0);
    deleteCustomer(world, into);
    await again({ now: later(2) });
    expect(live()).toBe(0);
  });
});
