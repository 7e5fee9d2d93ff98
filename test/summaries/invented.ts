import type { Warehouse } from "../../src/database/open.ts";
import { refreshSummaries } from "../../src/summaries/refresh-summaries.ts";
import { temporaryWarehouse } from "../support/warehouse.ts";

type Row = Readonly<Record<string, string | number | null>>;

/** Puts rows into a table of the warehouse. */
export function put({ sqlite }: Warehouse, table: string, ...rows: readonly Row[]): void {
  for (const row of rows) {
    const columns = Object.keys(row);
    sqlite
      .prepare(`INSERT INTO "${table}" (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`)
      .run(...Object.values(row));
  }
}

/** The rows of a query, each as a list of its values. */
export function ask({ sqlite }: Warehouse, sql: string): unknown[] {
  return sqlite.prepare(sql).raw().all();
}

export const movement = (account: string, customer: string, date: string, type: string, amount: number) => ({
  account,
  uuid: `${customer} ${date}`,
  customer_uuid: customer,
  date,
  type,
  activity_mrr_movement_in_cents: amount,
});

const subscription = (
  account: string,
  customer: string,
  plan: string,
  [count, unit]: [number, string],
  mrr: number,
) => ({
  account,
  customer_uuid: customer,
  uuid: `${customer} ${plan}`,
  external_id: `S-${customer}`,
  plan,
  mrr_in_cents: mrr,
  arr_in_cents: mrr * 12,
  status: "active",
  billing_cycle: unit,
  billing_cycle_count: count,
  end_date: "2024-05-01 00:00:00",
});

const invoice = (uuid: string, more: Row) => ({
  account: "us",
  uuid,
  customer_uuid: "ada",
  currency: "USD",
  date: "2024-02-01 12:00:00",
  status: "open",
  errors: "{}",
  ...more,
});

const line = (invoice: string, position: number, amount: number, more: Row = {}) => ({
  account: "us",
  invoice_uuid: invoice,
  position,
  amount_in_cents: amount,
  ...more,
});

/** When the invented accounts are looked at: noon of the 15th of April in UTC. */
export const now = new Date("2024-04-15T12:00:00Z");

/** Three small accounts: `us` and `eu` in dollars, `jp` in yen, whose figures can be computed by hand. */
export function inventedAccounts(at = now): Warehouse {
  const warehouse = temporaryWarehouse();
  fill(warehouse);
  refreshSummaries(warehouse, at);
  return warehouse;
}

function fill(warehouse: Warehouse): void {
  const zones = { us: "America/New_York", eu: "UTC", jp: "Asia/Tokyo" };
  for (const [account, time_zone] of Object.entries(zones)) {
    put(warehouse, "sync_accounts", { account, linked_at: "2024-04-01 00:00:00" });
    put(warehouse, "accounts", { account, currency: account === "jp" ? "JPY" : "USD", time_zone });
  }
  put(
    warehouse,
    "customers",
    ...[
      { account: "us", uuid: "ada", name: "Ada", country: "US", status: "Active", mrr_in_cents: 1500 },
      { account: "us", uuid: "bo", name: "Bo", country: "DE", status: "Cancelled", mrr_in_cents: 0 },
      { account: "us", uuid: "cy", name: "Cy", country: "DE", status: "Active", mrr_in_cents: 4000 },
      { account: "us", uuid: "lea", name: "Lea", country: "DE", status: "New Lead", mrr_in_cents: 0 },
      { account: "eu", uuid: "eve", name: "Eve", country: null, status: "Active", mrr_in_cents: 700 },
      { account: "jp", uuid: "tomo", name: "Tomo", country: "JP", status: "Active", mrr_in_cents: 100_000 },
    ],
    {
      account: "us",
      uuid: "gone",
      name: "Gone",
      status: "Active",
      mrr_in_cents: 9999,
      deleted_at: "2024-04-01 00:00:00",
    },
  );
  const set = (customer: string, column: string, value: string) =>
    warehouse.sqlite.prepare(`UPDATE customers SET ${column} = ? WHERE uuid = ?`).run(value, customer);
  set("ada", "customer_since", "2024-01-01 03:00:00");
  set("bo", "customer_since", "2024-01-15 12:00:00");
  set("ada", "free_trial_started_at", "2023-12-20 03:00:00");
  set("bo", "free_trial_started_at", "2024-02-01 12:00:00");
  set("lea", "free_trial_started_at", "2024-03-01 12:00:00");
  set("gone", "free_trial_started_at", "2024-03-01 12:00:00");
  put(
    warehouse,
    "activities",
    // Three in the morning in UTC is the evening before in New York.
    movement("us", "ada", "2024-01-01 03:00:00", "new_biz", 1000),
    movement("us", "ada", "2024-02-10 12:00:00", "expansion", 500),
    // Still to come, in this month and in the next.
    movement("us", "ada", "2024-04-20 12:00:00", "churn", -1500),
    movement("us", "ada", "2024-05-01 12:00:00", "reactivation", 7777),
    movement("us", "bo", "2024-01-15 12:00:00", "new_biz", 2000),
    movement("us", "bo", "2024-02-20 12:00:00", "contraction", -500),
    movement("us", "bo", "2024-03-10 12:00:00", "churn", -1500),
    movement("us", "cy", "2024-01-20 12:00:00", "new_biz", 3000),
    movement("us", "cy", "2024-02-05 12:00:00", "churn", -3000),
    movement("us", "cy", "2024-04-01 05:00:00", "reactivation", 4000),
    {
      ...movement("us", "gone", "2024-01-20 12:00:00", "new_biz", 9999),
      deleted_at: "2024-04-01 00:00:00",
    },
    movement("eu", "eve", "2024-03-31 23:30:00", "new_biz", 700),
    movement("jp", "tomo", "2024-03-31 16:00:00", "new_biz", 100_000),
  );
  put(
    warehouse,
    "subscriptions",
    subscription("us", "ada", "Gold", [1, "month"], 1500),
    subscription("us", "cy", "Silver", [1, "year"], 3000),
    subscription("us", "cy", "Gold", [3, "month"], 1000),
    { ...subscription("us", "bo", "Gold", [1, "month"], 1500), status: "inactive" },
    subscription("us", "gone", "Gold", [1, "month"], 9999),
    subscription("eu", "eve", "Gold", [1, "month"], 700),
    subscription("jp", "tomo", "Gold", [1, "month"], 100_000),
  );
  put(
    warehouse,
    "invoices",
    invoice("part paid", { due_date: "2024-03-01 12:00:00" }),
    invoice("not due", { due_date: "2024-05-01 12:00:00", date: "2024-04-01 12:00:00", currency: "EUR" }),
    invoice("paid late", { status: "paid", customer_uuid: "cy", currency: "EUR" }),
    invoice("disabled", { disabled: 1 }),
    invoice("invalid", { errors: '{"currency":["?"]}' }),
    invoice("deleted", { deleted_at: "2024-04-01 00:00:00" }),
    invoice("unknown", { status: null }),
    invoice("unknown, paid", { status: null }),
    invoice("open, paid", { due_date: "2024-03-01 12:00:00" }),
    invoice("credit", { due_date: "2024-03-01 12:00:00", date: "2024-03-01 12:00:00" }),
    invoice("due today", { due_date: "2024-04-15 20:00:00", date: "2024-04-15 03:00:00" }),
    ...["voided", "written_off", "refunded"].map((status) =>
      invoice(status, { status, due_date: "2024-03-01 12:00:00" }),
    ),
  );
  put(
    warehouse,
    "invoice_line_items",
    line("part paid", 0, 6000, { subscription_external_id: "S-ada" }),
    line("part paid", 1, -1000),
    line("part paid", 2, 999, { disabled: 1 }),
    line("not due", 0, 250),
    line("paid late", 0, 4000, { subscription_external_id: "S-cy" }),
    line("disabled", 0, 10),
    line("invalid", 0, 20),
    line("deleted", 0, 30),
    line("unknown", 0, 100),
    line("unknown, paid", 0, 100),
    line("open, paid", 0, 700),
    line("credit", 0, -300),
    line("due today", 0, 900),
    ...["voided", "written_off", "refunded"].map((status) => line(status, 0, 40)),
  );
  const paid = { type: "payment", result: "successful" };
  put(
    warehouse,
    "invoice_transactions",
    line("part paid", 0, 2000, { ...paid, date: "2024-02-01 12:00:00" }),
    line("part paid", 1, 500, { ...paid, date: "2024-02-01 12:00:00", disabled: 1 }),
    { ...line("paid late", 0, 0), type: "payment", result: "failed", date: "2024-01-30 12:00:00" },
    { ...line("paid late", 1, 0), ...paid, date: "2024-02-01 03:00:00" },
    line("paid late", 2, 1000, { type: "refund", result: "successful", date: "2024-03-05 12:00:00" }),
    line("disabled", 0, 10, { ...paid, date: "2024-02-01 12:00:00" }),
    { ...line("open, paid", 0, 0), ...paid, date: "2024-03-02 12:00:00" },
    { ...line("credit", 0, 0), ...paid, date: "2024-03-03 12:00:00" },
    line("due today", 0, 900, { ...paid, date: "2024-04-20 12:00:00" }),
    line("due today", 1, 900, {
      type: "payment",
      result: "failed",
      date: "2024-04-14 12:00:00",
      disabled: 1,
    }),
    line("due today", 2, 300, { type: "payment", result: "failed", date: "2024-04-15 01:00:00" }),
    { ...line("unknown, paid", 0, 0), ...paid, date: "2024-02-02 12:00:00" },
  );
  // Nothing said: all of the invoice.
  warehouse.sqlite.exec("UPDATE invoice_transactions SET amount_in_cents = NULL WHERE amount_in_cents = 0");
}
