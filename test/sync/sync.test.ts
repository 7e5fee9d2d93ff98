import { describe, expect, onTestFinished, test } from "vitest";
import { lockWarehouse } from "../../src/database/lock.ts";
import { ApiError, InterruptedError, WarehouseBusyError } from "../../src/errors.ts";
import { resources } from "../../src/resources/index.ts";
import { deleteCustomer } from "../../src/sandbox/edits.ts";
import type { World } from "../../src/sandbox/world.ts";
import { sync } from "../../src/sync/sync.ts";
import { connectTo, intercepted, serve, smallWorld, today } from "../support/accounts.ts";
import { askDirectly } from "../support/direct.ts";
import { contents, looking, newWarehouse, statuses, syncInto } from "../support/syncing.ts";
import { rowsOf } from "../support/warehouse.ts";

const countOf = (world: World) => ({
  customers: world.customers.length,
  subscriptions: [...world.subscriptions.values()].flat().length,
  plans: world.plans.length,
  invoices: world.invoices.length,
  invoice_line_items: world.invoices.flatMap(({ line_items }) => line_items).length,
  invoice_transactions: world.invoices.flatMap(({ transactions }) => transactions).length,
});

describe("a complete sync", () => {
  test("has as many rows of each table as the accounts have records, and a second one changes nothing", async () => {
    const worlds = [smallWorld("default", 40), smallWorld("tokyo-branch", 25)];
    const sandbox = await serve(...worlds);
    const path = newWarehouse();
    const accounts = () => Object.fromEntries(worlds.map((world) => [world.name, connectTo(sandbox, world)]));

    const first = await syncInto(path, accounts());
    expect(first.map(({ status }) => status)).toEqual(first.map(() => "complete"));
    looking(path, ({ sqlite }) => {
      for (const world of worlds) {
        for (const [table, rows] of Object.entries(countOf(world))) {
          const stored = sqlite
            .prepare(`SELECT count(*) FROM ${table} WHERE account = ?`)
            .pluck()
            .get(world.name);
          expect(`${world.name} ${table} ${stored}`).toBe(`${world.name} ${table} ${rows}`);
        }
      }
    });

    const before = contents(path);
    const second = await syncInto(path, accounts(), { rules: { full: true } });
    expect(second.every(({ inserted, updated, rejected }) => inserted + updated + rejected === 0)).toBe(true);
    expect(second.map(({ unchanged }) => unchanged)).toEqual(first.map(({ fetched }) => fetched));
    expect(contents(path)).toEqual(before);
  });

  test("has a row for each day of history whose last MRR is that of the customers", async () => {
    const world = smallWorld();
    const path = newWarehouse();
    await syncInto(path, { default: connectTo(await serve(world), world) });
    looking(path, ({ sqlite }) => {
      const days = sqlite
        .prepare("SELECT date, mrr_in_cents AS mrr FROM daily_metrics ORDER BY date")
        .all() as {
        date: string;
        mrr: number;
      }[];
      const paid = sqlite.prepare("SELECT sum(mrr_in_cents) FROM customers").pluck().get();
      expect(days[0]?.mrr).toBe(0);
      expect(days.at(-1)).toEqual({ date: "2025-06-30", mrr: paid });
      const length = (Date.parse("2025-06-30") - Date.parse(days[0]?.date ?? "")) / 86_400_000 + 1;
      expect(days).toHaveLength(length);
    });
  });

  test("asks for nothing but GET and leaves one file without a journal beside it", async () => {
    const world = smallWorld();
    const sandbox = await serve(world);
    const path = newWarehouse();
    await syncInto(path, { default: connectTo(sandbox, world) });
    expect(new Set(sandbox.requests.map(({ method }) => method))).toEqual(new Set(["GET"]));
    looking(path, ({ sqlite }) => {
      expect(sqlite.prepare("SELECT count(*) FROM sync_checkpoints").pluck().get()).toBe(0);
      expect(sqlite.prepare("PRAGMA foreign_key_check").all()).toEqual([]);
      const secondary = sqlite.prepare(
        "SELECT count(*) FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL",
      );
      expect(secondary.pluck().get()).toBeGreaterThan(0);
    });
  });

  test("replaces a changed record and its children, and nothing else", async () => {
    const world = smallWorld();
    const sandbox = await serve(world);
    const path = newWarehouse();
    await syncInto(path, { default: connectTo(sandbox, world) });
    const [invoice] = world.invoices.filter(({ line_items }) => line_items.length > 0);
    if (!invoice) throw new Error("the world has no invoice with line items");
    invoice.line_items.splice(1);
    Object.assign(invoice, { external_id: "renumbered", transactions: [] });

    const reports = await syncInto(path, { default: connectTo(sandbox, world) });
    expect(reports.map(({ updated, inserted }) => updated + inserted).reduce((sum, one) => sum + one)).toBe(
      1,
    );
    looking(path, ({ sqlite }) => {
      const count = (table: string) =>
        sqlite.prepare(`SELECT count(*) FROM ${table} WHERE invoice_uuid = ?`).pluck().get(invoice.uuid);
      expect([count("invoice_line_items"), count("invoice_transactions")]).toEqual([1, 0]);
      expect(
        sqlite.prepare("SELECT external_id FROM invoices WHERE uuid = ?").pluck().get(invoice.uuid),
      ).toBe("renumbered");
    });
  });
});

describe("a sync that is stopped", () => {
  test("resumes where it was stopped and ends with the rows of one clean run, wherever that was", async () => {
    const world = smallWorld("default", 12);
    const sandbox = await serve(world, { largestPage: 5 });
    const clean = newWarehouse();
    let requestsOfOneRun = 0;
    const counting = intercepted(askDirectly(sandbox, world), () => {
      requestsOfOneRun += 1;
    });
    await syncInto(clean, { default: counting });
    const resumed = new Set<unknown>();

    for (let stopAt = 1; stopAt < requestsOfOneRun; stopAt += Math.ceil(requestsOfOneRun / 15)) {
      const path = newWarehouse();
      const controller = new AbortController();
      let requests = 0;
      const api = intercepted(askDirectly(sandbox, world, controller.signal), () => {
        requests += 1;
        if (requests === stopAt) controller.abort(new InterruptedError());
      });
      const stopped = await syncInto(path, { default: api }, { signal: controller.signal });
      expect(stopped.some(({ status }) => status === "interrupted")).toBe(true);
      expect(stopped.some(({ status }) => status === "failed")).toBe(false);
      for (const { resource, cursor } of looking(path, (warehouse) => rowsOf(warehouse, "sync_checkpoints")))
        if (cursor !== "") resumed.add(resource);
      const finished = await syncInto(path, { default: askDirectly(sandbox, world) });
      expect(finished.every(({ status }) => status === "complete")).toBe(true);
      expect(contents(path)).toEqual(contents(clean));
    }
    expect([...resumed]).toEqual(expect.arrayContaining(["customers", "invoices", "activities"]));
  }, 90_000);

  test("has stored no part of a page where the refresh queue could not be written with it", async () => {
    const { path, sync, breakTable } = await renamedWorld();
    breakTable("sync_refresh_queue");
    expect(statuses(await sync())["customers"]).toBe("failed");
    const stored = looking(path, (warehouse) => rowsOf(warehouse, "customers"));
    expect(stored.filter(({ name }) => String(name).includes("(renamed)"))).toEqual([]);
  });

  test("has failed where its position could not be saved, and the next one stores everything", async () => {
    const { path, sync, breakTable, mendTable } = await renamedWorld();
    breakTable("sync_checkpoints");
    expect(statuses(await sync())["plans"]).toBe("failed");
    mendTable();
    expect(statuses(await sync())["plans"]).toBe("complete");
    const stored = looking(path, (warehouse) => rowsOf(warehouse, "plans"));
    expect(stored.filter(({ name }) => !String(name).includes("(renamed)"))).toEqual([]);
  });

  test("does not read again the pages that it had finished", async () => {
    const world = smallWorld("default", 120);
    const sandbox = await serve(world);
    const path = newWarehouse();
    const controller = new AbortController();
    let invoicePages = 0;
    const api = intercepted(askDirectly(sandbox, world, controller.signal), (path) => {
      if (path === "invoices") invoicePages += 1;
      if (invoicePages === 3) controller.abort(new InterruptedError());
    });
    await syncInto(path, { default: api }, { only: ["invoices"], signal: controller.signal });
    sandbox.requests.length = 0;
    const [report] = await syncInto(path, { default: askDirectly(sandbox, world) }, { only: ["invoices"] });
    expect(report).toMatchObject({ status: "complete", inserted: world.invoices.length - 400 });
    expect(
      sandbox.requests.filter(({ path }) => path.endsWith("/invoices")).map(({ query }) => query)[0],
    ).toContain("cursor=");
  });

  test("starts over when its checkpoint is a day old, or when the server refuses the saved cursor", async () => {
    const world = smallWorld("default", 120);
    const sandbox = await serve(world);
    const stopInThirdPage = async (path: string) => {
      const controller = new AbortController();
      let pages = 0;
      const api = intercepted(askDirectly(sandbox, world, controller.signal), () => {
        pages += 1;
        if (pages === 3) controller.abort(new InterruptedError());
      });
      await syncInto(path, { default: api }, { only: ["invoices"], signal: controller.signal });
    };

    const old = newWarehouse();
    await stopInThirdPage(old);
    const tomorrow = new Date(today.getTime() + 25 * 3_600_000);
    const late = await syncInto(
      old,
      { default: askDirectly(sandbox, world) },
      { only: ["invoices"], now: tomorrow },
    );
    expect(late).toMatchObject([{ status: "complete", fetched: world.invoices.length }]);

    const strict = newWarehouse();
    await stopInThirdPage(strict);
    const anHourLater = { now: new Date(today.getTime() + 3_600_000), only: ["invoices"] };
    const rules = { resumableHours: 1 };
    const over = await syncInto(strict, { default: askDirectly(sandbox, world) }, { ...anHourLater, rules });
    expect(over).toMatchObject([{ status: "complete", fetched: world.invoices.length }]);

    const refused = newWarehouse();
    await stopInThirdPage(refused);
    looking(refused, ({ sqlite }) => sqlite.prepare("UPDATE sync_checkpoints SET cursor = 'nonsense'").run());
    const again = await syncInto(refused, { default: askDirectly(sandbox, world) }, { only: ["invoices"] });
    expect(again).toMatchObject([{ status: "complete", fetched: world.invoices.length }]);
  });

  test.each([
    ["reads more than it did", "customers@2 mode=full"],
    ["belongs to another version of a resource", "customers@2 mode=full subscriptions@0 refresh=all"],
  ])("is not resumed where the walk %s", async (_why, fingerprint) => {
    const world = smallWorld("default", 30);
    const sandbox = await serve(world);
    const path = newWarehouse();
    looking(path, ({ sqlite }) =>
      sqlite
        .prepare(
          `INSERT INTO sync_checkpoints (account, resource, fingerprint, cursor, run_id, started_at, saved_at)
           VALUES ('default', 'customers', ?, 'MjAyNS0wMS0wMVQwMDowMDowMC4wMDAwMDAwMDBaJjE=', 1, '2025-06-30 14:00:00', '2025-06-30 14:00:00')`,
        )
        .run(fingerprint),
    );
    const reports = await syncInto(path, { default: askDirectly(sandbox, world) });
    const { customers, subscriptions } = countOf(world);
    expect(reports.find(({ resource }) => resource === "customers")?.fetched).toBe(customers);
    expect(reports.find(({ resource }) => resource === "subscriptions")?.fetched).toBe(subscriptions);
  });
});

describe("a sync in which something fails", () => {
  test("does all the rest and says what failed", async () => {
    const world = smallWorld();
    const sandbox = await serve(world);
    const path = newWarehouse();
    const api = intercepted(askDirectly(sandbox, world), (path) => {
      if (path === "invoices") throw new ApiError("no invoices today", { status: 500, hint: "Wait." });
    });
    const reports = await syncInto(path, { default: api });
    const complete = Object.fromEntries(resources.map(({ name }) => [name, "complete"]));
    expect(statuses(reports)).toEqual({ ...complete, invoices: "failed" });
    looking(path, ({ sqlite }) => {
      expect(sqlite.prepare("SELECT status FROM sync_runs").pluck().all()).toEqual(["failed"]);
      expect(
        sqlite.prepare("SELECT error FROM sync_run_resources WHERE resource = 'invoices'").pluck().get(),
      ).toBe("no invoices today. Wait.");
    });
  });

  test("does not stop at a customer whose subscriptions are refused, and keeps what that customer had", async () => {
    const world = smallWorld();
    const sandbox = await serve(world);
    const path = newWarehouse();
    await syncInto(path, { default: askDirectly(sandbox, world) });
    const before = contents(path);
    const [victim] = [...world.subscriptions].find(([, list]) => list.length > 0) ?? [""];
    const api = intercepted(askDirectly(sandbox, world), (path) => {
      if (path === `customers/${victim}/subscriptions`) throw new ApiError("not this one", { status: 422 });
    });
    const reports = await syncInto(path, { default: api });
    expect(statuses(reports)).toMatchObject({ customers: "complete", subscriptions: "failed" });
    expect(reports.find(({ resource }) => resource === "subscriptions")?.error).toContain(victim);
    expect(contents(path)).toEqual(before);
  });

  test("stores the subscriptions that were being read when the listing of customers broke", async () => {
    const world = smallWorld("default", 250);
    const sandbox = await serve(world);
    const path = newWarehouse();
    let pages = 0;
    const api = intercepted(askDirectly(sandbox, world), (path) => {
      if (path !== "customers") return;
      pages += 1;
      if (pages === 2) throw new ApiError("no more customers", { status: 500 });
    });
    const reports = await syncInto(path, { default: api }, { only: ["customers", "subscriptions"] });
    const listings = reports.find(({ resource }) => resource === "subscriptions");
    expect(listings).toMatchObject({ status: "failed", pages: 200 });
    looking(path, ({ sqlite }) =>
      expect(sqlite.prepare("SELECT count(*) FROM subscriptions").pluck().get()).toBe(listings?.inserted),
    );
  });

  test("comes back to a refused customer even if it is stopped later in the same walk", async () => {
    const world = smallWorld("default", 250);
    const sandbox = await serve(world);
    const path = newWarehouse();
    const [refused] = world.customers
      .map(({ uuid }) => uuid)
      .filter((uuid) => (world.subscriptions.get(uuid) ?? []).length > 0);
    const controller = new AbortController();
    let listings = 0;
    const api = intercepted(askDirectly(sandbox, world, controller.signal), (path) => {
      if (path === `customers/${refused}/subscriptions`) throw new ApiError("not now", { status: 422 });
      if (path.endsWith("/subscriptions")) listings += 1;
      if (listings === 230) controller.abort(new InterruptedError());
    });
    await syncInto(
      path,
      { default: api },
      { only: ["customers", "subscriptions"], signal: controller.signal },
    );
    await syncInto(path, { default: askDirectly(sandbox, world) }, { only: ["customers", "subscriptions"] });
    looking(path, ({ sqlite }) =>
      expect(sqlite.prepare("SELECT count(*) FROM subscriptions").pluck().get()).toBe(
        countOf(world).subscriptions,
      ),
    );
  });

  test("does not fail when a customer is gone by the time its subscriptions are requested", async () => {
    const world = smallWorld();
    const sandbox = await serve(world);
    const gone = world.customers[0]?.uuid ?? "";
    const api = intercepted(askDirectly(sandbox, world), (path) => {
      if (path === `customers/${gone}/subscriptions`) deleteCustomer(world, gone);
    });
    const path = newWarehouse();
    const reports = await syncInto(path, { default: api }, { only: ["customers", "subscriptions"] });
    expect(statuses(reports)).toEqual({ customers: "complete", subscriptions: "complete" });
    looking(path, (warehouse) => {
      const row = rowsOf(warehouse, "customers").find(({ uuid }) => uuid === gone);
      expect(row?.["deleted_at"]).not.toBeNull();
      expect(rowsOf(warehouse, "sync_retries")).toEqual([]);
    });
  });

  test("fails when ChartMogul has no listing of subscriptions for any customer", async () => {
    const world = smallWorld();
    const sandbox = await serve(world);
    const api = intercepted(askDirectly(sandbox, world), (path) => {
      if (path.endsWith("/subscriptions")) throw new ApiError("no such path", { status: 404 });
    });
    const reports = await syncInto(
      newWarehouse(),
      { default: api },
      { only: ["customers", "subscriptions"] },
    );
    expect(statuses(reports)).toEqual({ customers: "complete", subscriptions: "failed" });
  });

  test("requests the listings of only a few customers when the server breaks", async () => {
    const world = smallWorld("default", 250);
    const sandbox = await serve(world);
    let asked = 0;
    const api = intercepted(askDirectly(sandbox, world), (path) => {
      if (!path.endsWith("/subscriptions")) return;
      asked += 1;
      throw new ApiError("out of order", { status: 502 });
    });
    const reports = await syncInto(
      newWarehouse(),
      { default: api },
      { only: ["customers", "subscriptions"] },
    );
    expect(statuses(reports)).toEqual({ customers: "complete", subscriptions: "failed" });
    expect(asked).toBeLessThan(40);
  });

  test("fails when most records do not validate, since the wire format has changed", async () => {
    const world = smallWorld();
    const sandbox = await serve(world);
    for (const opportunity of world.opportunities) Object.assign(opportunity, { amount_in_cents: "much" });
    const path = newWarehouse();
    const reports = await syncInto(
      path,
      { default: askDirectly(sandbox, world) },
      { only: ["opportunities"] },
    );
    expect(reports).toMatchObject([{ status: "failed", rejected: world.opportunities.length, inserted: 0 }]);
    looking(path, (warehouse) =>
      expect(rowsOf(warehouse, "rejected_records")[0]?.["reason"]).toContain("amount_in_cents"),
    );
  });

  test("says so when its checkpoint cannot be written, and still ends the others in order", async () => {
    const world = smallWorld("default", 250);
    const sandbox = await serve(world);
    const path = newWarehouse();
    looking(path, ({ sqlite }) =>
      sqlite.exec(
        "CREATE TRIGGER broken BEFORE INSERT ON sync_checkpoints BEGIN SELECT RAISE(ABORT, 'no checkpoints today'); END",
      ),
    );
    const reports = await syncInto(path, { default: askDirectly(sandbox, world) });
    expect(statuses(reports)).toMatchObject({
      customers: "failed",
      plans: "complete",
      daily_metrics: "complete",
    });
    looking(path, ({ sqlite }) =>
      expect(sqlite.prepare("SELECT DISTINCT status FROM sync_runs").pluck().all()).toEqual(["failed"]),
    );
  });

  test("maps every record again when the version of its resource has been raised", async () => {
    const world = smallWorld();
    const sandbox = await serve(world);
    const path = newWarehouse();
    await syncInto(path, { default: askDirectly(sandbox, world) }, { only: ["plans"] });
    const plans = resources.filter(({ name }) => name === "plans");
    const [report] = await sync({
      path,
      accounts: [{ name: "default", api: askDirectly(sandbox, world) }],
      resources: plans.map((resource) => ({ ...resource, version: resource.version + 1 })),
      trigger: "test",
      signal: new AbortController().signal,
    });
    expect(report).toMatchObject({ updated: world.plans.length, unchanged: 0 });
  });

  test("fails the subscriptions too when the customers cannot be read to the end", async () => {
    const world = smallWorld();
    const sandbox = await serve(world);
    const api = intercepted(askDirectly(sandbox, world), (path) => {
      if (path === "customers") throw new ApiError("no customers", { status: 500 });
    });
    const reports = await syncInto(
      newWarehouse(),
      { default: api },
      { only: ["customers", "subscriptions"] },
    );
    expect(statuses(reports)).toEqual({ customers: "failed", subscriptions: "failed" });
  });

  test("refuses an account that is another one than before, and leaves its rows alone", async () => {
    const [first, second] = [smallWorld("default", 20), smallWorld("other", 20)];
    const sandbox = await serve(first, second);
    const path = newWarehouse();
    await syncInto(path, { default: askDirectly(sandbox, first) });
    const before = contents(path);
    const reports = await syncInto(path, { default: askDirectly(sandbox, second) });
    expect(reports.every(({ status }) => status === "failed")).toBe(true);
    expect(reports[0]?.error).toContain("belongs to ChartMogul account");
    expect(contents(path)).toEqual(before);
  });

  test("keeps a record that does not validate aside, stores the rest of its page, and takes it in once it is good", async () => {
    const world = smallWorld();
    const sandbox = await serve(world);
    const path = newWarehouse();
    const [customer] = world.customers;
    if (!customer) throw new Error("the world has no customer");
    const mrr = customer.mrr;
    Object.assign(customer, { mrr: "a lot" });
    const [report] = await syncInto(path, { default: askDirectly(sandbox, world) }, { only: ["customers"] });
    expect(report).toMatchObject({ rejected: 1, inserted: world.customers.length - 1, status: "complete" });
    const rejected = () => looking(path, (warehouse) => rowsOf(warehouse, "rejected_records"));
    expect(rejected()).toMatchObject([{ key: customer.uuid, resolved_at: null }]);
    expect(rejected()[0]?.["reason"]).toContain("mrr");

    Object.assign(customer, { mrr });
    const [better] = await syncInto(path, { default: askDirectly(sandbox, world) }, { only: ["customers"] });
    expect(better).toMatchObject({ rejected: 0, inserted: 1 });
    expect(rejected()).toMatchObject([{ key: customer.uuid, resolved_at: "2025-06-30 15:00:00" }]);
  });
});

describe("two syncs on one file", () => {
  test("the second names the process that is writing and changes nothing", async () => {
    const world = smallWorld();
    const sandbox = await serve(world);
    const path = newWarehouse();
    const unlock = lockWarehouse(path, () => undefined);
    onTestFinished(unlock);
    await expect(syncInto(path, { default: askDirectly(sandbox, world) })).rejects.toThrow(
      WarehouseBusyError,
    );
    expect(sandbox.requests).toEqual([]);
  });

  test("one that was cut off is recorded as interrupted by the next", async () => {
    const world = smallWorld();
    const sandbox = await serve(world);
    const path = newWarehouse();
    looking(path, ({ sqlite }) =>
      sqlite
        .prepare(
          `INSERT INTO sync_runs (account, id, trigger, status, started_at, process_id)
           VALUES ('default', 1, 'test', 'running', '2025-06-29 02:00:00', 1)`,
        )
        .run(),
    );
    await syncInto(path, { default: askDirectly(sandbox, world) }, { only: ["plans"] });
    looking(path, (warehouse) =>
      expect(rowsOf(warehouse, "sync_runs").map(({ status }) => status)).toEqual(["interrupted", "complete"]),
    );
  });
});

/** A synced world whose customers and plans have other names since then. A table that is broken takes no rows. */
async function renamedWorld() {
  const world = smallWorld("default", 12);
  const sandbox = await serve(world, { largestPage: 5 });
  const path = newWarehouse();
  const sync = () => syncInto(path, { default: askDirectly(sandbox, world) });
  await sync();
  for (const each of [...world.customers, ...world.plans]) each.name = `${each.name} (renamed)`;
  const execute = (sql: string) => looking(path, ({ sqlite }) => sqlite.exec(sql));
  return {
    path,
    sync,
    breakTable: (table: string) =>
      execute(`CREATE TRIGGER broken BEFORE INSERT ON ${table} BEGIN SELECT RAISE(ABORT, 'not today'); END`),
    mendTable: () => execute("DROP TRIGGER broken"),
  };
}
