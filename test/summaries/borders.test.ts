import { expect, test } from "vitest";
import type { Warehouse } from "../../src/database/open.ts";
import { getShape } from "../../src/schema/table.ts";
import { summaries } from "../../src/summaries/index.ts";
import { refreshSummaries } from "../../src/summaries/refresh-summaries.ts";
import { ask, inventedAccounts, movement, now, put } from "./invented.ts";

type Row = Record<string, string | number | null>;

/** What the summaries are made from. */
const sources = [
  "customers",
  "activities",
  "subscriptions",
  "invoices",
  "invoice_line_items",
  "invoice_transactions",
  "daily_metrics",
  "daily_metric_restatements",
  "period_metrics",
];

function rowsOf({ sqlite }: Warehouse, table: string): Row[] {
  return sqlite.prepare<[], Row>(`SELECT * FROM "${table}" WHERE account = 'us'`).all();
}

/** The accounts of `invented.ts` with metrics, a payment that failed and was recovered, and a churn. */
function fullAccounts(): Warehouse {
  const warehouse = inventedAccounts();
  const month = { account: "us", interval: "month", customers: 2, arr_in_cents: 66_000, mrr_in_cents: 5500 };
  put(
    warehouse,
    "period_metrics",
    { ...month, date: "2024-02-29", up_to: "2024-02-29" },
    { ...month, date: "2024-03-31", up_to: "2024-03-31", mrr_in_cents: 5600 },
  );
  const day = { account: "us", customers: 2 };
  put(
    warehouse,
    "daily_metrics",
    { ...day, date: "2024-04-13", mrr_in_cents: 5500 },
    { ...day, date: "2024-04-14", mrr_in_cents: 5600 },
  );
  const restated = { account: "us", date: "2024-04-13" };
  put(
    warehouse,
    "daily_metric_restatements",
    {
      ...restated,
      metric: "mrr_in_cents",
      observed_at: "2024-04-14 01:00:00",
      old_value: "1",
      new_value: "2",
    },
    {
      ...restated,
      metric: "mrr_in_cents",
      observed_at: "2024-04-14 02:00:00",
      old_value: "2",
      new_value: "5500",
    },
    {
      ...restated,
      metric: "arr_in_cents",
      observed_at: "2024-04-14 00:30:00",
      old_value: "7",
      new_value: "8",
    },
  );
  const lookingBack = { account: "us", customer_uuid: "bo", status: "inactive" };
  put(
    warehouse,
    "subscriptions",
    { ...lookingBack, uuid: "first", plan: "Bronze", end_date: "2024-02-01 00:00:00" },
    { ...lookingBack, uuid: "last", plan: "Silver", end_date: "2024-03-10 00:00:00" },
  );
  const billed = { account: "us", customer_uuid: "ada", errors: "{}", status: "paid" };
  put(
    warehouse,
    "invoices",
    { ...billed, uuid: "older", currency: "CHF", date: "2023-11-01 12:00:00" },
    { ...billed, uuid: "newer", currency: "SEK", date: "2024-04-10 12:00:00" },
    { ...billed, uuid: "of no subscription", currency: "NOK", date: "2024-04-12 12:00:00" },
  );
  put(
    warehouse,
    "invoice_line_items",
    ...["older", "newer"].map((invoice_uuid) => ({
      ...{ account: "us", invoice_uuid, position: 0, amount_in_cents: 1, subscription_external_id: "S-ada" },
    })),
  );
  const rounded = (date: string, type: string, amount: number, activity_mrr_in_cents: number) => ({
    ...movement("us", "rounded", date, type, amount),
    activity_mrr_in_cents,
  });
  put(
    warehouse,
    "activities",
    rounded("2024-01-10 12:00:00", "new_biz", 4004, 4004),
    rounded("2024-01-11 12:00:00", "expansion", 4004, 8007),
    rounded("2024-02-10 12:00:00", "churn", -8007, 0),
    rounded("2024-03-10 12:00:00", "reactivation", 2, 2),
  );
  refreshSummaries(warehouse, now);
  return warehouse;
}

/** The rows of every summary table except `freshness`. */
const allOf = (warehouse: Warehouse) =>
  summaries
    .map(getShape)
    .filter(({ name }) => name !== "freshness")
    .map(({ name, key }) => [name, ask(warehouse, `SELECT * FROM ${name} ORDER BY ${key.join()}`)]);

/** The figures of the account `us` by itself in every summary table. */
function figuresOfUs(warehouse: Warehouse): unknown {
  return Object.fromEntries(
    summaries.map(getShape).flatMap(({ name, key, columns }) => {
      if (!("account" in columns) || name === "freshness") return [];
      const own = Object.keys(columns).filter((column) => !column.endsWith("_all_accounts"));
      return [
        [
          name,
          ask(warehouse, `SELECT ${own.join(", ")} FROM ${name} WHERE account = 'us' ORDER BY ${key.join()}`),
        ],
      ];
    }),
  );
}

/** A value that a twin may have where another account has this one. */
function otherThan(value: string | number | null, column: string, moved: (instant: string) => string | null) {
  if (column === "activity_mrr_in_cents") return value === 0 ? 5 : 0;
  if (typeof value === "number") return column.endsWith("_in_cents") ? value * 3 : value;
  if (value === null) return null;
  if (/^\d{4}-\d\d-\d\d \d\d:/.test(value)) return moved(value);
  return ["name", "plan", "country", "currency"].includes(column) ? `${value} of the twin` : value;
}

test.each(["-40 minutes", "+0 minutes", "+40 minutes"])(
  "an account with the same identifiers, with times %s, does not change another",
  (shift) => {
    const warehouse = fullAccounts();
    const before = figuresOfUs(warehouse);
    put(warehouse, "sync_accounts", { account: "twin", linked_at: "2024-04-01 00:00:00" });
    put(warehouse, "accounts", { account: "twin", currency: "SEK", time_zone: "America/New_York" });
    const shifted = warehouse.sqlite.prepare<[string, string], string>("SELECT datetime(?, ?)").pluck();
    const moved = (instant: string) => shifted.get(instant, shift) ?? null;
    for (const table of sources) {
      for (const row of rowsOf(warehouse, table)) {
        const columns = Object.entries(row).map(([column, value]) => [
          column,
          otherThan(value, column, moved),
        ]);
        put(warehouse, table, { ...(Object.fromEntries(columns) as Row), account: "twin" });
      }
    }
    put(warehouse, "invoice_line_items", {
      ...{ account: "twin", invoice_uuid: "of no subscription", position: 0, amount_in_cents: 1 },
      subscription_external_id: "S-ada",
    });
    refreshSummaries(warehouse, now);
    expect(figuresOfUs(warehouse)).toEqual(before);
    expect(ask(warehouse, "SELECT count(*) FROM unpaid_invoices WHERE account = 'twin'")).not.toEqual([[0]]);
  },
);

test("a deleted record changes nothing, whichever record it belongs to", () => {
  const warehouse = fullAccounts();
  const before = allOf(warehouse);
  const deleted_at = "2024-04-02 00:00:00";
  for (const table of ["customers", "activities", "subscriptions", "invoices"]) {
    for (const row of rowsOf(warehouse, table)) {
      // A customer whose churn movement is deleted has not left.
      const activity_mrr_in_cents = row["activity_mrr_in_cents"] === 0 ? 5 : 0;
      const other = table === "activities" ? { activity_mrr_in_cents } : {};
      put(warehouse, table, { ...row, ...other, uuid: `${row["uuid"]}, deleted`, deleted_at });
    }
  }
  put(warehouse, "activities", { ...movement("us", "bo", "2024-04-01 12:00:00", "churn", -5), deleted_at });
  for (const table of ["invoice_line_items", "invoice_transactions"]) {
    for (const row of rowsOf(warehouse, table))
      put(warehouse, table, { ...row, invoice_uuid: `${row["invoice_uuid"]}, deleted` });
  }
  // A live subscription of a customer who is gone.
  const [subscription = {}] = rowsOf(warehouse, "subscriptions");
  put(warehouse, "subscriptions", { ...subscription, customer_uuid: "ada, deleted", uuid: "left behind" });
  put(warehouse, "subscriptions", {
    ...{ account: "us", customer_uuid: "bo", uuid: "of the future", plan: "Gone", status: "inactive" },
    ...{ end_date: "2025-01-01 00:00:00", deleted_at },
  });
  for (const row of rowsOf(warehouse, "daily_metrics")) {
    put(warehouse, "daily_metrics", { ...row, date: `${row["date"]}`.replace("2024", "2023"), deleted_at });
  }
  for (const row of rowsOf(warehouse, "period_metrics")) {
    const date = `${row["date"]}`.replace("2024", "2023").replace("29", "28");
    put(warehouse, "period_metrics", { ...row, date, up_to: date, deleted_at });
  }
  refreshSummaries(warehouse, now);
  expect(allOf(warehouse)).toEqual(before);
});

test("what was paid of an unpaid invoice is what payments brought that succeeded, and no refund", () => {
  const warehouse = inventedAccounts();
  const transaction = (position: number, more: Row) => ({
    ...{ account: "us", invoice_uuid: "part paid", position, date: "2024-02-02 12:00:00" },
    ...{ result: "successful", type: "payment", amount_in_cents: 100, ...more },
  });
  put(
    warehouse,
    "invoice_transactions",
    transaction(10, { type: "refund", amount_in_cents: 700 }),
    transaction(11, { type: "refund", amount_in_cents: -700 }),
    transaction(12, { type: "refund", amount_in_cents: null }),
    transaction(13, { result: "failed" }),
    transaction(14, { type: "authorization" }),
    transaction(15, { disabled: 1 }),
  );
  refreshSummaries(warehouse, now);
  const sql = "SELECT paid, outstanding FROM unpaid_invoices WHERE invoice_uuid = 'part paid'";
  expect(ask(warehouse, sql)).toEqual([[20, 30]]);
  put(warehouse, "invoice_transactions", transaction(16, {}));
  refreshSummaries(warehouse, now);
  expect(ask(warehouse, sql)).toEqual([[21, 29]]);
});

test("an invoice is overdue from the day after it was due, and in each class from its first day to its last", () => {
  const warehouse = inventedAccounts();
  // Looked at on the 15th of April.
  const due: [string, string, number | null][] = [
    ["2024-04-16", "not overdue", null],
    ["2024-04-15", "not overdue", null],
    ["2024-04-14", "under 30 days", 1],
    ["2024-03-17", "under 30 days", 29],
    ["2024-03-16", "30 to 59 days", 30],
    ["2024-02-16", "30 to 59 days", 59],
    ["2024-02-15", "60 to 89 days", 60],
    ["2024-01-17", "60 to 89 days", 89],
    ["2024-01-16", "90 days or more", 90],
    ["2024-01-15", "90 days or more", 91],
  ];
  for (const [day] of due) {
    const invoice = {
      account: "us",
      uuid: day,
      customer_uuid: "ada",
      currency: "USD",
      status: "open",
      errors: "{}",
    };
    put(warehouse, "invoices", { ...invoice, date: "2024-01-01 12:00:00", due_date: `${day} 16:00:00` });
    put(warehouse, "invoice_line_items", {
      account: "us",
      invoice_uuid: day,
      position: 0,
      amount_in_cents: 5,
    });
  }
  refreshSummaries(warehouse, now);
  expect(
    ask(
      warehouse,
      `SELECT substr(due_date, 1, 10), overdue_for, days_overdue FROM unpaid_invoices
       WHERE invoice_uuid LIKE '2024-%' ORDER BY due_date DESC`,
    ),
  ).toEqual(due);
  expect(
    ask(warehouse, "SELECT count(*) FROM unpaid_invoices WHERE is_overdue AND invoice_uuid LIKE '2024-%'"),
  ).toEqual([[8]]);
});

test("a failed payment is recovered by a payment, of the same instant at the earliest, and by nothing else", () => {
  const warehouse = inventedAccounts();
  const transaction = (position: number, more: Row) => ({
    ...{ account: "us", invoice_uuid: "part paid", position, amount_in_cents: 100 },
    ...{ date: "2024-03-03 12:00:00", result: "successful", type: "payment", ...more },
  });
  put(
    warehouse,
    "invoice_transactions",
    transaction(10, { result: "failed" }),
    transaction(11, { result: "failed", type: "refund" }),
    transaction(12, { type: "refund" }),
    transaction(13, { disabled: 1 }),
    transaction(14, { date: "2024-03-03 11:59:59" }),
  );
  refreshSummaries(warehouse, now);
  const sql =
    "SELECT position, is_recovered, recovered_at FROM failed_payments WHERE invoice_uuid = 'part paid'";
  expect(ask(warehouse, sql)).toEqual([[10, 0, null]]);
  put(
    warehouse,
    "invoice_transactions",
    transaction(15, {}),
    transaction(16, { date: "2024-03-04 12:00:00" }),
  );
  refreshSummaries(warehouse, now);
  expect(ask(warehouse, sql)).toEqual([[10, 1, "2024-03-03 12:00:00"]]);
});

test("a refund is subtracted whatever its sign, and what is neither payment nor refund is not cash", () => {
  const warehouse = inventedAccounts();
  const april =
    "SELECT payments, collected, refunds, refunded, net FROM cash_by_month WHERE month = '2024-04-01'";
  expect(ask(warehouse, april)).toEqual([]);
  const transaction = (position: number, more: Row) => ({
    ...{ account: "us", invoice_uuid: "part paid", position, amount_in_cents: 100 },
    ...{ date: "2024-04-03 12:00:00", result: "successful", type: "refund", ...more },
  });
  put(
    warehouse,
    "invoice_transactions",
    transaction(10, {}),
    transaction(11, { amount_in_cents: -300 }),
    transaction(12, { type: "payment", amount_in_cents: 1000 }),
    transaction(13, { type: "authorization" }),
    transaction(14, { type: "authorization", result: "failed" }),
    transaction(15, { type: "payment", result: "failed" }),
  );
  refreshSummaries(warehouse, now);
  expect(ask(warehouse, april)).toEqual([[1, 10, 2, 4, 6]]);
});

test("who pays from the instant of the trial on has converted, also at the instant of the last reading", () => {
  const warehouse = inventedAccounts();
  const trial = (uuid: string, free_trial_started_at: string, customer_since: string) => ({
    ...{ account: "us", uuid, status: "Active", mrr_in_cents: 0, free_trial_started_at, customer_since },
  });
  const [last, next] = ["2024-04-15 12:00:00", "2024-04-15 12:00:01"];
  put(
    warehouse,
    "customers",
    trial("at once", "2024-03-03 12:00:00", "2024-03-03 12:00:00"),
    trial("before", "2024-03-03 12:00:00", "2024-03-03 11:59:59"),
    trial("just now", last, last),
    trial("soon", last, next),
    trial("not begun", next, next),
  );
  refreshSummaries(warehouse, now);
  const sql =
    "SELECT customer_uuid, outcome FROM trials WHERE customer_uuid NOT IN ('ada', 'bo', 'lea') ORDER BY 1";
  expect(ask(warehouse, sql)).toEqual([
    ["at once", "converted"],
    ["before", "paid before"],
    ["just now", "converted"],
    ["soon", "not converted"],
  ]);
});

test("the plan that ended last and the currency billed last are shown, that of the subscription before that of the customer", () => {
  const warehouse = fullAccounts();
  const billed = { account: "eu", customer_uuid: "eve", errors: "{}", status: "paid" };
  put(
    warehouse,
    "invoices",
    { ...billed, uuid: "1", currency: "GBP", date: "2024-03-01 12:00:00" },
    { ...billed, uuid: "2", currency: "PLN", date: "2024-04-01 12:00:00" },
    { ...billed, uuid: "3", currency: "GBP", date: "2024-02-01 12:00:00" },
  );
  refreshSummaries(warehouse, now);
  expect(ask(warehouse, "SELECT last_plan FROM churned_customers WHERE customer_uuid = 'bo'")).toEqual([
    ["Gold"],
  ]);
  const sql = "SELECT billing_currency FROM active_subscriptions WHERE customer_uuid = ?";
  const currencyOf = (customer: string) => warehouse.sqlite.prepare(sql).pluck().get(customer);
  expect(currencyOf("ada")).toBe("SEK");
  expect(currencyOf("eve")).toBe("PLN");
});

test("metrics of other intervals are not months, and a currency has the months of its own accounts", () => {
  const warehouse = fullAccounts();
  const before = allOf(warehouse);
  const end = { date: "2024-03-31", up_to: "2024-03-31" };
  for (const interval of ["week", "quarter", "year"])
    put(warehouse, "period_metrics", { account: "us", interval, ...end, mrr_in_cents: 1, customers: 1 });
  refreshSummaries(warehouse, now);
  expect(allOf(warehouse)).toEqual(before);

  const month = { interval: "month", mrr_in_cents: 100, customers: 1 };
  put(warehouse, "period_metrics", { ...month, account: "jp", date: "2024-02-29", up_to: "2024-02-29" });
  refreshSummaries(warehouse, now);
  const months = "SELECT month FROM metrics_by_month_all_accounts WHERE currency = 'JPY'";
  expect(ask(warehouse, months)).toEqual([["2024-02-01"]]);
});

test("an account without customers or movements keeps no churn rate from the others, one with customers does", () => {
  const warehouse = fullAccounts();
  const rate = () => {
    refreshSummaries(warehouse, now);
    const march =
      "SELECT customer_churn_rate FROM metrics_by_month_all_accounts WHERE currency = 'USD' AND month = '2024-03-01'";
    return ask(warehouse, march)[0];
  };
  const before = rate();
  expect(before).not.toEqual([null]);
  put(warehouse, "sync_accounts", { account: "new", linked_at: "2024-04-01 00:00:00" });
  put(warehouse, "accounts", { account: "new", currency: "USD", time_zone: "UTC" });
  const end = { date: "2024-03-31", up_to: "2024-03-31" };
  put(warehouse, "period_metrics", {
    account: "new",
    interval: "month",
    ...end,
    mrr_in_cents: 0,
    customers: 0,
  });
  expect(rate()).toEqual(before);
  warehouse.sqlite.exec("UPDATE period_metrics SET customers = 1 WHERE account = 'new'");
  expect(rate()).toEqual([null]);
});

test("a day's first MRR and its restatements are those of its MRR, not of another metric", () => {
  const sql =
    "SELECT date, first_mrr_in_cents, mrr_in_cents, restatements FROM mrr_by_day WHERE account = 'us' ORDER BY 1";
  expect(ask(fullAccounts(), sql)).toEqual([
    ["2024-04-13", 1, 5500, 2],
    ["2024-04-14", 5600, 5600, 0],
  ]);
});
