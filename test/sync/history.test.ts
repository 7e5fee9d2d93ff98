import { describe, expect, test } from "vitest";
import type { ApiClient } from "../../src/api/api-client.ts";
import { deleteCustomer } from "../../src/sandbox/edits.ts";
import { bent } from "../support/accounts.ts";
import { looking } from "../support/syncing.ts";
import { rowsOf } from "../support/warehouse.ts";
import { customersAndSubscriptions, later, payingCustomer, syncedWorld } from "../support/worlds.ts";

/** A world that was synced yesterday, and the changes recorded since. */
async function watchedWorld() {
  const synced = await syncedWorld();
  const changes = () =>
    looking(synced.path, (warehouse) =>
      rowsOf(warehouse, "record_changes").map(
        ({ account: _, run_id: __, changed_at: ___, ...change }) => change,
      ),
    );
  return { ...synced, changes };
}

describe("record_changes", () => {
  test("has nothing for the first sync, nor for one in which nothing has changed", async () => {
    const { again, changes } = await watchedWorld();
    expect(changes()).toEqual([]);
    await again();
    expect(changes()).toEqual([]);
  });

  test("has inserted records, changed fields with their old and new values, and deleted and restored records", async () => {
    const { world, again, changes } = await watchedWorld();
    const [renamed, gone] = world.customers;
    const [plan] = world.plans;
    if (!renamed || !gone || !plan) throw new Error("a world without customers and plans");
    const nameBefore = renamed.name;
    const kept = structuredClone(gone);
    renamed.name = "Renamed & Sons";
    renamed.attributes.tags.push("vip");
    renamed.attributes.custom = { ...renamed.attributes.custom, Seats: 12 };
    world.plans.push({ ...plan, uuid: "pl_new", external_id: "new", name: "Brand new" });
    const listed = world.subscriptions.get(gone.uuid) ?? [];
    deleteCustomer(world, gone.uuid);
    await again({ only: ["plans", "customers"] });

    const plain = { old_value: null, new_value: null, field: "record" };
    expect(changes()).toContainEqual({ resource: "plans", key: "pl_new", kind: "inserted", ...plain });
    expect(changes()).toContainEqual({ resource: "customers", key: gone.uuid, kind: "deleted", ...plain });
    for (const { uuid } of listed) {
      const key = `${gone.uuid}/${uuid}`;
      expect(changes()).toContainEqual({ resource: "subscriptions", key, kind: "deleted", ...plain });
    }
    expect(changes().filter(({ key, kind }) => key === renamed.uuid && kind === "updated")).toEqual([
      {
        resource: "customers",
        key: renamed.uuid,
        kind: "updated",
        field: "customer_attributes.custom.Seats.type",
        old_value: null,
        new_value: "integer",
      },
      {
        resource: "customers",
        key: renamed.uuid,
        kind: "updated",
        field: "customer_attributes.custom.Seats.value",
        old_value: null,
        new_value: "12",
      },
      {
        resource: "customers",
        key: renamed.uuid,
        kind: "updated",
        field: "customer_tags.vip",
        old_value: null,
        new_value: "vip",
      },
      {
        resource: "customers",
        key: renamed.uuid,
        kind: "updated",
        field: "name",
        old_value: nameBefore,
        new_value: "Renamed & Sons",
      },
    ]);

    world.customers.push(kept);
    await again({ only: ["customers"], now: later(2) });
    expect(changes()).toContainEqual({ resource: "customers", key: gone.uuid, kind: "restored", ...plain });
  });

  test("has no changes of volatile fields, unless a setting asks for them", async () => {
    const { world, again, changes } = await watchedWorld();
    const [customer] = world.customers;
    if (!customer) throw new Error("a world without customers");
    const { mrr } = customer;
    Object.assign(customer, { mrr: mrr + 700, arr: (mrr + 700) * 12 });
    await again({ only: ["customers"] });
    expect(changes()).toEqual([]);
    Object.assign(customer, { mrr: mrr + 800 });
    await again({ only: ["customers"], rules: { changes: { days: 400, everyField: true } } });
    expect(changes()).toMatchObject([
      { field: "mrr_in_cents", old_value: String(mrr + 700), new_value: String(mrr + 800) },
    ]);
  });

  test("names the run and the time, and is forgotten when it has become too old", async () => {
    const { world, path, again, changes } = await watchedWorld();
    const [plan] = world.plans;
    Object.assign(plan ?? {}, { name: "Once" });
    await again({ only: ["plans"] });
    looking(path, (warehouse) =>
      expect(rowsOf(warehouse, "record_changes")).toMatchObject([
        { run_id: 2, changed_at: "2025-07-01 15:00:00" },
      ]),
    );
    const kept = { changes: { days: 10, everyField: false } };
    await again({ only: ["plans"], now: later(10), rules: kept });
    expect(changes()).toHaveLength(1);
    await again({ only: ["plans"], now: later(12), rules: kept });
    expect(changes()).toEqual([]);
  });

  test("has nothing for a record that is on a page twice, the first time with another content", async () => {
    const { world, path, again, createApi, changes } = await watchedWorld();
    const twice = bent(createApi(), (body, asked) => {
      if (asked !== "plans") return body;
      const [first, ...others] = body["plans"] as readonly object[];
      return { ...body, plans: [{ ...first, name: "Between" }, ...others, first] };
    });
    await again({ only: ["plans"] }, twice);
    const names = looking(path, (warehouse) => rowsOf(warehouse, "plans").map(({ name }) => name));
    expect(new Set(names)).toEqual(new Set(world.plans.map(({ name }) => name)));
    expect(changes()).toEqual([]);
  });

  test("has each new subscription once where its customer is listed twice", async () => {
    const { world, again, createApi, changes } = await watchedWorld();
    const owner = payingCustomer(world);
    const owned = world.subscriptions.get(owner) ?? [];
    const [model] = owned;
    if (!model) throw new Error("a customer without subscriptions");
    // Enough of them for a second reading to begin before the first one has stored them.
    const added = Array.from({ length: 60 }, (_, index) => ({
      ...model,
      uuid: `new-${index}`,
      id: 900_000 + index,
    }));
    world.subscriptions.set(owner, [...owned, ...added]);
    const twice = bent(createApi(), (body, asked) => {
      if (asked !== "customers") return body;
      const entries = body["entries"] as readonly { readonly uuid: string }[];
      return {
        ...body,
        entries: entries.flatMap((entry) => (entry.uuid === owner ? [entry, entry] : [entry])),
      };
    });
    const reports = await again({ only: customersAndSubscriptions }, twice);
    expect(reports).toMatchObject([
      { resource: "customers", status: "complete", inserted: 0 },
      { resource: "subscriptions", status: "complete", inserted: 60 },
    ]);
    const inserted = changes().filter(({ kind }) => kind === "inserted");
    expect(new Set(inserted.map(({ key }) => key))).toEqual(
      new Set(added.map(({ uuid }) => `${owner}/${uuid}`)),
    );
    expect(inserted).toHaveLength(60);
  });
});

describe("daily_metric_restatements", () => {
  /** The same account, whose MRR of one day is another one. */
  const restated = (api: ApiClient, date: string, mrr: number) =>
    bent(api, (body, path) => {
      if (path !== "metrics/mrr") return body;
      const entries = body["entries"] as readonly { readonly date: string }[];
      return { ...body, entries: entries.map((entry) => (entry.date === date ? { ...entry, mrr } : entry)) };
    });

  test("has a row for each value of a past day that has changed, each time it does", async () => {
    const { path, again, changes, createApi } = await watchedWorld();
    const date = "2025-05-10";
    const before = looking(path, ({ sqlite }) =>
      sqlite.prepare("SELECT mrr_in_cents FROM daily_metrics WHERE date = ?").pluck().get(date),
    );
    await again({ only: ["daily_metrics"] }, restated(createApi(), date, 123_456));
    await again({ only: ["daily_metrics"], now: later(2) });
    expect(looking(path, (warehouse) => rowsOf(warehouse, "daily_metric_restatements"))).toEqual([
      {
        account: "default",
        date,
        metric: "mrr_in_cents",
        observed_at: "2025-07-01 15:00:00",
        old_value: before,
        new_value: 123_456,
      },
      {
        account: "default",
        date,
        metric: "mrr_in_cents",
        observed_at: "2025-07-02 15:00:00",
        old_value: 123_456,
        new_value: before,
      },
    ]);
    expect(changes()).toEqual([]);
  });

  test("has none for the day that was not over when it was stored", async () => {
    const { path, again, createApi } = await watchedWorld();
    await again({ only: ["daily_metrics"] }, restated(createApi(), "2025-06-30", 99_999));
    expect(looking(path, (warehouse) => rowsOf(warehouse, "daily_metric_restatements"))).toEqual([]);
    const stored = looking(path, ({ sqlite }) =>
      sqlite.prepare("SELECT mrr_in_cents FROM daily_metrics WHERE date = '2025-06-30'").pluck().get(),
    );
    expect(stored).toBe(99_999);
  });

  test("has the values of past days that are new because the history now begins earlier, as coming from nothing", async () => {
    const { world, path, again } = await watchedWorld();
    const first = looking(path, ({ sqlite }) =>
      sqlite.prepare("SELECT min(date) FROM daily_metrics").pluck().get(),
    );
    const [customer] = world.customers.filter((each) => each["customer-since"] !== null);
    if (!customer) throw new Error("a world without paying customers");
    const [activity] = world.activities.filter((each) => each["customer-uuid"] === customer.uuid);
    customer["customer-since"] = "2015-03-10T00:00:00+00:00";
    Object.assign(activity ?? {}, { date: "2015-03-10T00:00:00+00:00" });
    await again({ only: ["daily_metrics"] });
    looking(path, ({ sqlite }) => {
      const rows = sqlite
        .prepare(
          "SELECT metric, old_value, new_value FROM daily_metric_restatements WHERE date = '2015-03-10'",
        )
        .all() as { metric: string; old_value: number | null; new_value: number }[];
      expect(first).not.toBe("2015-03-09");
      expect(rows.map(({ metric }) => metric)).toContain("mrr_new_business_in_cents");
      expect(rows.every(({ old_value, new_value }) => old_value === null && new_value !== 0)).toBe(true);
    });
  });

  test("keeps the days from before the first customer of today: they are restated, not deleted", async () => {
    const { world, path, again } = await watchedWorld();
    const inOrder = world.customers
      .filter((customer) => customer["customer-since"] !== null)
      .sort((one, other) => String(one["customer-since"]).localeCompare(String(other["customer-since"])));
    for (const { uuid } of inOrder.slice(0, 3)) deleteCustomer(world, uuid);
    const first = looking(path, ({ sqlite }) =>
      sqlite.prepare("SELECT min(date) FROM daily_metrics WHERE mrr_in_cents > 0").pluck().get(),
    );
    await again({ only: ["daily_metrics"] });
    looking(path, (warehouse) => {
      const { sqlite } = warehouse;
      expect(
        sqlite.prepare("SELECT count(*) FROM daily_metrics WHERE deleted_at IS NOT NULL").pluck().get(),
      ).toBe(0);
      const row = sqlite.prepare("SELECT * FROM daily_metric_restatements WHERE date = ? AND metric = ?");
      expect(row.get(first, "mrr_in_cents")).toMatchObject({ new_value: 0 });
    });
  });
});
