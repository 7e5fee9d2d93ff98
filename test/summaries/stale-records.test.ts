import { expect, test } from "vitest";
import type { Warehouse } from "../../src/database/open.ts";
import { getShape } from "../../src/schema/table.ts";
import { formatTimestamp } from "../../src/schema/timestamp.ts";
import { summaries } from "../../src/summaries/index.ts";
import { refreshSummaries } from "../../src/summaries/refresh-summaries.ts";
import { rowsOf } from "../support/warehouse.ts";
import { ask, inventedAccounts, movement, now, put } from "./invented.ts";

/** Numbers from 0 to below `limit`, the same for the same seed. */
function createRandom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return Math.floor((state / 0x8000_0000) * limit);
  };
}

const accounts = ["us", "eu", "jp"];
const hour = 3_600_000;

/** Changes records at random, as a sync, a later version of it and its operator may. */
function createChanges(warehouse: Warehouse, seed: number) {
  const { sqlite } = warehouse;
  const random = createRandom(seed);
  const pick = <T>(values: readonly T[]): T => values[random(values.length)] as T;
  let made = 0;
  let clock = now.getTime();
  const account = () => pick(accounts);
  // Most days are past, some are still to come, and some are at the end of a month.
  const instant = () => formatTimestamp(new Date(clock + (random(24 * 120) - 24 * 115) * hour));
  const perhaps = <T>(value: T) => (random(4) === 0 ? null : value);
  const known = [
    "ada",
    "bo",
    "cy",
    "lea",
    "eve",
    "tomo",
    "gone",
    ...Array.from({ length: 20 }, (_, at) => `c${at}`),
  ];
  const customer = () => pick(known);
  const invoice = () => `i${random(40)}`;
  const amount = () => random(5000) - 500;
  const deleted = () => (random(3) === 0 ? formatTimestamp(new Date(clock)) : null);
  const set = (table: string, key: string, values: Readonly<Record<string, string | number | null>>) =>
    sqlite
      .prepare(
        `UPDATE ${table} SET ${Object.keys(values).map((column) => `${column} = ?`)} WHERE account = ? AND ${key}`,
      )
      .run(...Object.values(values), account());
  const upsert = (table: string, key: string, row: Readonly<Record<string, string | number | null>>) =>
    sqlite
      .prepare(
        `INSERT INTO ${table} (${Object.keys(row)}) VALUES (${Object.keys(row).map(() => "?")})
         ON CONFLICT (${key}) DO UPDATE SET ${Object.keys(row).map((column) => `${column} = excluded.${column}`)}`,
      )
      .run(...Object.values(row));
  const kinds = ["new_biz", "expansion", "contraction", "churn", "reactivation", "unknown"];
  const changes: readonly (() => void)[] = [
    () =>
      upsert("customers", "account, uuid", {
        account: account(),
        uuid: customer(),
        name: `Name ${random(9)}`,
        country: perhaps(pick(["DE", "US"])),
        status: pick(["Active", "Cancelled", "New Lead"]),
        mrr_in_cents: amount(),
        customer_since: perhaps(instant()),
        free_trial_started_at: perhaps(instant()),
        deleted_at: deleted(),
      }),
    () => {
      const from = random(known.length - 1);
      // Hardly ever merged in a circle.
      const into = random(30) === 0 ? customer() : pick(known.slice(from + 1));
      const merged_into = random(3) === 0 ? null : into;
      const deleted_at = merged_into === null ? deleted() : formatTimestamp(new Date(clock));
      set("customers", `uuid = '${known[from]}'`, { merged_into, deleted_at });
    },
    () => set("customers", `uuid = '${customer()}'`, { name: `Renamed ${random(9)}` }),
    () =>
      upsert("activities", "account, uuid", {
        account: account(),
        uuid: `a${random(60)}`,
        customer_uuid: perhaps(customer()),
        date: perhaps(instant()),
        type: pick(kinds),
        activity_mrr_movement_in_cents: perhaps(random(4) === 0 ? 1 : amount()),
        activity_mrr_in_cents: perhaps(random(3) * 50),
        deleted_at: deleted(),
      }),
    () =>
      sqlite
        .prepare("DELETE FROM activities WHERE account = ? AND uuid = ?")
        .run(account(), `a${random(60)}`),
    () =>
      upsert("subscriptions", "account, customer_uuid, uuid", {
        account: account(),
        customer_uuid: customer(),
        uuid: `s${random(20)}`,
        external_id: `S-${customer()}`,
        plan: perhaps(pick(["Gold", "Silver"])),
        status: pick(["active", "active", "inactive"]),
        mrr_in_cents: perhaps(amount()),
        arr_in_cents: perhaps(amount()),
        billing_cycle: pick(["month", "year"]),
        billing_cycle_count: 1 + random(3),
        end_date: perhaps(instant()),
        deleted_at: deleted(),
      }),
    () =>
      upsert("invoices", "account, uuid", {
        account: account(),
        uuid: invoice(),
        external_id: `I-${random(99)}`,
        customer_uuid: perhaps(customer()),
        currency: perhaps(pick(["USD", "EUR"])),
        date: perhaps(instant()),
        due_date: perhaps(instant()),
        status: perhaps(pick(["open", "paid"])),
        errors: random(6) === 0 ? '{"date":["?"]}' : "{}",
        disabled: perhaps(random(8) === 0 ? 1 : 0),
        deleted_at: deleted(),
      }),
    () => set("invoices", `uuid = '${invoice()}'`, { synced_at: instant() }),
    () => {
      const [of, at] = [account(), invoice()];
      for (const table of ["invoice_line_items", "invoice_transactions"])
        if (random(2) === 0)
          sqlite.prepare(`DELETE FROM ${table} WHERE account = ? AND invoice_uuid = ?`).run(of, at);
    },
    ...Array.from({ length: 3 }, () => () => {
      const own = { account: account(), invoice_uuid: invoice(), position: random(3) };
      upsert("invoice_line_items", "account, invoice_uuid, position", {
        ...own,
        amount_in_cents: perhaps(amount()),
        subscription_external_id: perhaps(`S-${customer()}`),
        disabled: random(5) === 0 ? 1 : 0,
      });
      upsert("invoice_transactions", "account, invoice_uuid, position", {
        ...own,
        type: pick(["payment", "payment", "refund"]),
        result: pick(["successful", "successful", "failed"]),
        date: perhaps(instant()),
        amount_in_cents: perhaps(amount()),
        disabled: random(5) === 0 ? 1 : 0,
      });
    }),
  ];
  return {
    /** Changes some records, lets time pass, and begins and ends a run. Gives the time of the refresh. */
    change(): Date {
      if (random(2) === 0) sqlite.exec("DELETE FROM sync_suspected_deletes");
      for (let left = random(25); left > 0; left -= 1) pick(changes)();
      clock += random(40) * hour;
      const finished_at = formatTimestamp(new Date(clock));
      made += 1;
      const run = {
        trigger: "test",
        status: "complete",
        started_at: finished_at,
        finished_at,
        process_id: 1,
        id: made,
      } as const;
      const counts = {
        pages: 1,
        fetched: 1,
        inserted: 0,
        updated: 0,
        unchanged: 1,
        rejected: 0,
        milliseconds: 1,
      };
      for (const of of accounts.filter(() => random(3) > 0)) {
        put(warehouse, "sync_runs", { account: of, ...run });
        const ofRun = { account: of, run_id: made, resource: "invoices", status: "complete", ...counts };
        put(warehouse, "sync_run_resources", ofRun);
      }
      return new Date(clock + random(2) * hour);
    },
    /** What makes the next refresh calculate everything. */
    shake(): void {
      const zones = ["Asia/Tokyo", "America/New_York", "Europe/Berlin"];
      const shakes: readonly (() => void)[] = [
        () =>
          sqlite.prepare("UPDATE accounts SET time_zone = ? WHERE account = ?").run(pick(zones), account()),
        () =>
          sqlite
            .prepare("UPDATE accounts SET currency = ? WHERE account = ?")
            .run(pick(["USD", "EUR"]), account()),
        () => {
          clock += 20 * 24 * hour;
        },
        () =>
          upsert("sync_suspected_deletes", "account, resource, key", {
            account: account(),
            resource: pick(["customers", "invoices", "activities"]),
            key: pick([customer(), invoice()]),
            run_id: 1,
            suspected_since: formatTimestamp(new Date(clock)),
          }),
        () => sqlite.exec('DROP TRIGGER IF EXISTS "sync_stale_customers_update"'),
        () => sqlite.exec("UPDATE sync_accounts SET chartmogul_id = 'same' WHERE account <> 'jp'"),
      ];
      pick(shakes)();
    },
  };
}

type Tables = Readonly<Record<string, readonly Record<string, unknown>[]>>;

const readSummaries = (warehouse: Warehouse): Tables =>
  Object.fromEntries(
    summaries.map((table) => [getShape(table).name, rowsOf(warehouse, getShape(table).name)]),
  );

/** What the summary tables are if everything is calculated; they stay as they are. */
function calculateAll(warehouse: Warehouse, at: Date): Tables {
  const { sqlite } = warehouse;
  sqlite.exec("BEGIN; DELETE FROM sync_summarised_accounts");
  refreshSummaries(warehouse, at);
  const all = readSummaries(warehouse);
  sqlite.exec("ROLLBACK");
  return all;
}

// No query makes this row, and none reads it. A refresh of all rows removes it.
const witness = { account: "us", customer_uuid: "witness", outcome: "paid before" };
const seesWitness = (warehouse: Warehouse) =>
  ask(warehouse, "SELECT 1 FROM trials WHERE customer_uuid = 'witness'").length > 0;
const withoutWitness = ({ trials = [], ...others }: Tables): Tables => ({
  ...others,
  trials: trials.filter(({ customer_uuid }) => customer_uuid !== "witness"),
});

test.each([1, 2])("a refresh of what changed gives what a refresh of everything gives (%i)", (seed) => {
  const warehouse = inventedAccounts();
  const { change, shake } = createChanges(warehouse, seed);
  let partly = 0;
  for (let round = 0; round < 60; round += 1) {
    if (round % 7 === 6) shake();
    const at = change();
    if (!seesWitness(warehouse)) put(warehouse, "trials", witness);
    refreshSummaries(warehouse, at);
    if (seesWitness(warehouse)) partly += 1;
    const refreshed = withoutWitness(readSummaries(warehouse));
    expect({ round, ...refreshed }).toEqual({ round, ...calculateAll(warehouse, at) });
  }
  expect(partly).toBeGreaterThan(20);
});

test("a change that was not recorded is not found: the tables then differ", () => {
  const warehouse = inventedAccounts();
  const { change } = createChanges(warehouse, 4);
  let differing = 0;
  for (let round = 0; round < 10; round += 1) {
    const at = change();
    warehouse.sqlite.exec("DELETE FROM sync_stale_records; DELETE FROM sync_counted_payments");
    refreshSummaries(warehouse, at);
    if (JSON.stringify(readSummaries(warehouse)) !== JSON.stringify(calculateAll(warehouse, at)))
      differing += 1;
  }
  expect(differing).toBeGreaterThan(0);
});

test("customers who were merged and left at the same instant count together, whichever is read first", () => {
  const warehouse = inventedAccounts();
  const left = { account: "us", name: "Z", status: "Cancelled", mrr_in_cents: 0 };
  const merged = { ...left, uuid: "aa", merged_into: "zz", deleted_at: "2024-04-01 00:00:00" };
  put(warehouse, "customers", { ...left, uuid: "zz" }, merged);
  const churn = (customer: string, amount: number) =>
    movement("us", customer, "2024-03-05 00:00:00", "churn", amount);
  put(warehouse, "activities", churn("zz", -100), churn("aa", -999));
  const lost = "SELECT last_mrr_in_cents FROM churned_customers WHERE customer_uuid = 'zz'";
  refreshSummaries(warehouse, now);
  expect(ask(warehouse, lost)).toEqual([[1099]]);
  warehouse.sqlite.exec("UPDATE customers SET country = 'FR' WHERE uuid = 'zz'");
  refreshSummaries(warehouse, now);
  expect(ask(warehouse, lost)).toEqual([[1099]]);
});

test("a customer with an activity from before 1970 has the same months after a refresh of what changed", () => {
  const warehouse = inventedAccounts();
  put(warehouse, "customers", {
    account: "eu",
    uuid: "old",
    name: "Old",
    status: "Active",
    mrr_in_cents: 15,
  });
  put(
    warehouse,
    "activities",
    movement("eu", "old", "1969-12-31 23:59:59", "new_biz", 10),
    movement("eu", "old", "2024-02-05 00:00:00", "expansion", 5),
  );
  refreshSummaries(warehouse, now);
  warehouse.sqlite.exec("UPDATE customers SET name = 'New' WHERE uuid IN ('eve', 'old')");
  refreshSummaries(warehouse, now);
  expect(readSummaries(warehouse)).toEqual(calculateAll(warehouse, now));
});

test("amounts beyond 64 bits are unknown, not 0", () => {
  const warehouse = inventedAccounts();
  for (const uuid of ["b1", "b2"])
    warehouse.sqlite
      .prepare(
        `INSERT INTO subscriptions (account, customer_uuid, uuid, plan, status, mrr_in_cents, billing_cycle, billing_cycle_count)
         VALUES ('us', ?, ?, 'Huge', 'active', 9000000000000000000, 'month', 1)`,
      )
      .run(uuid, uuid);
  refreshSummaries(warehouse, now);
  const huge = "SELECT json_array(mrr_in_cents, share_percent) FROM mrr_by_plan WHERE plan = 'Huge'";
  expect(ask(warehouse, huge)).toEqual([["[null,null]"]]);
});
