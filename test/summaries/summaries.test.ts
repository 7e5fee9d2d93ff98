import { expect, test } from "vitest";
import { getShape } from "../../src/schema/table.ts";
import { summaries } from "../../src/summaries/index.ts";
import { refreshSummaries, writeStatements } from "../../src/summaries/refresh-summaries.ts";
import { rowsOf, temporaryWarehouse } from "../support/warehouse.ts";
import { ask, inventedAccounts, now, put } from "./invented.ts";

test("each movement counts in the month of its account's time zone, and months add up", () => {
  const rows = ask(
    inventedAccounts(),
    `SELECT account, month, mrr_at_start, new_business, expansion, contraction, churn, reactivation, net, mrr
     FROM mrr_movements_by_month ORDER BY account, month`,
  );
  expect(rows).toEqual([
    ["eu", "2024-03-01", 0, 7, 0, 0, 0, 0, 7, 7],
    ["eu", "2024-04-01", 7, 0, 0, 0, 0, 0, 0, 7],
    ["jp", "2024-04-01", 0, 1000, 0, 0, 0, 0, 1000, 1000],
    ["us", "2023-12-01", 0, 10, 0, 0, 0, 0, 10, 10],
    ["us", "2024-01-01", 10, 50, 0, 0, 0, 0, 50, 60],
    ["us", "2024-02-01", 60, 0, 5, -5, -30, 0, -30, 30],
    ["us", "2024-03-01", 30, 0, 0, 0, -15, 0, -15, 15],
    ["us", "2024-04-01", 15, 0, 0, 0, 0, 40, 40, 55],
  ]);
});

test("customers are counted at the start of a month, as they come and go, and at its end", () => {
  const rows = ask(
    inventedAccounts(),
    `SELECT month, customers_at_start, new_customers, churned_customers, reactivated_customers, customers
     FROM mrr_movements_by_month WHERE account = 'us' ORDER BY month`,
  );
  expect(rows).toEqual([
    ["2023-12-01", 0, 1, 0, 0, 1],
    ["2024-01-01", 1, 2, 0, 0, 3],
    ["2024-02-01", 3, 0, 1, 0, 2],
    ["2024-03-01", 2, 0, 1, 0, 1],
    ["2024-04-01", 1, 0, 0, 1, 2],
  ]);
});

test("over all accounts only amounts of one currency are added up", () => {
  const rows = ask(
    inventedAccounts(),
    `SELECT currency, month, accounts, new_business_in_cents, net_in_cents, mrr_in_cents, customers
     FROM mrr_movements_by_month_all_accounts WHERE month >= '2024-03-01' ORDER BY currency, month`,
  );
  expect(rows).toEqual([
    ["JPY", "2024-04-01", 1, 100_000, 100_000, 100_000, 1],
    ["USD", "2024-03-01", 2, 700, -800, 2200, 2],
    ["USD", "2024-04-01", 2, 0, 4000, 6200, 3],
  ]);
});

test("expansion and contraction are shown by customer", () => {
  const rows = ask(
    inventedAccounts(),
    `SELECT customer_name, sum(expansion), sum(contraction) FROM mrr_movements_by_customer
     WHERE account = 'us' GROUP BY customer_uuid ORDER BY 1`,
  );
  expect(rows).toEqual([
    ["Ada", 5, 0],
    ["Bo", 0, -5],
    ["Cy", 0, 0],
  ]);
});

test("a cohort keeps what is left of its customers and their MRR at the end of each month that is over", () => {
  const rows = ask(
    inventedAccounts(),
    `SELECT account, cohort_month, months_since, customers, retained_customers, signup_mrr, retained_mrr,
       customer_retention_percent, mrr_retention_percent
     FROM retention_by_cohort ORDER BY 1, 2, 3`,
  );
  expect(rows).toEqual([
    ["eu", "2024-03-01", 0, 1, 1, 7, 7, 100, 100],
    ["us", "2023-12-01", 0, 1, 1, 10, 10, 100, 100],
    ["us", "2023-12-01", 1, 1, 1, 10, 10, 100, 100],
    ["us", "2023-12-01", 2, 1, 1, 10, 15, 100, 150],
    ["us", "2023-12-01", 3, 1, 1, 10, 15, 100, 150],
    ["us", "2024-01-01", 0, 2, 2, 50, 50, 100, 100],
    ["us", "2024-01-01", 1, 2, 1, 50, 15, 50, 30],
    ["us", "2024-01-01", 2, 2, 0, 50, 0, 0, 0],
  ]);
});

test("cohorts of several accounts are added up before the percentage is taken", () => {
  const warehouse = inventedAccounts();
  put(warehouse, "activities", {
    account: "eu",
    uuid: "extra",
    customer_uuid: "eva",
    date: "2024-01-10 12:00:00",
    type: "new_biz",
    activity_mrr_movement_in_cents: 5000,
  });
  refreshSummaries(warehouse, now);
  expect(
    ask(
      warehouse,
      `SELECT accounts, customers, retained_customers, customer_retention_percent, mrr_retention_percent
       FROM retention_by_cohort_all_accounts WHERE cohort_month = '2024-01-01' AND months_since = 1`,
    ),
  ).toEqual([[2, 3, 2, 66.67, 65]]);
});

test("subscriptions count while they and their customer are live", () => {
  const rows = ask(
    inventedAccounts(),
    `SELECT customer_name, plan, billing_interval, billing_currency, mrr_in_cents, mrr, arr, currency
     FROM active_subscriptions ORDER BY account, customer_uuid, plan`,
  );
  expect(rows).toEqual([
    ["Eve", "Gold", "month", null, 700, 7, 84, "USD"],
    ["Tomo", "Gold", "month", null, 100_000, 1000, 12_000, "JPY"],
    ["Ada", "Gold", "month", "USD", 1500, 15, 180, "USD"],
    ["Cy", "Gold", "3 months", "EUR", 1000, 10, 120, "USD"],
    ["Cy", "Silver", "year", "EUR", 3000, 30, 360, "USD"],
  ]);
});

test.each([
  ["plan", ["Gold", "Silver"], [2500, 3000]],
  ["country", ["DE", "US"], [4000, 1500]],
  ["billing_currency", ["EUR", "USD"], [4000, 1500]],
  ["billing_interval", ["3 months", "month", "year"], [1000, 1500, 3000]],
])("MRR is shown by %s, and adds up to that of the account", (column, values, amounts) => {
  const warehouse = inventedAccounts();
  const table = `mrr_by_${column === "billing_currency" ? "currency" : column}`;
  const rows = ask(warehouse, `SELECT ${column}, mrr_in_cents FROM ${table} WHERE account = 'us' ORDER BY 1`);
  expect(rows).toEqual(values.map((value, index) => [value, amounts[index]]));
  expect(ask(warehouse, `SELECT round(sum(share_percent)) FROM ${table} GROUP BY account`)).toEqual([
    [100],
    [100],
    [100],
  ]);
  expect(
    ask(warehouse, `SELECT currency, sum(mrr_in_cents) FROM ${table}_all_accounts GROUP BY 1 ORDER BY 1`),
  ).toEqual([
    ["JPY", 100_000],
    ["USD", 6200],
  ]);
});

test("the largest customers come first, with their share of the MRR", () => {
  const rows = ask(
    inventedAccounts(),
    `SELECT customer_name, rank, mrr, share_percent, cumulative_share_percent, rank_all_accounts,
       share_percent_all_accounts, cumulative_share_percent_all_accounts
     FROM top_customers ORDER BY currency, rank_all_accounts`,
  );
  expect(rows).toEqual([
    ["Tomo", 1, 1000, 100, 100, 1, 100, 100],
    ["Cy", 1, 40, 72.7273, 72.7273, 1, 64.5161, 64.5161],
    ["Ada", 2, 15, 27.2727, 100, 2, 24.1935, 88.7097],
    ["Eve", 1, 7, 100, 100, 3, 11.2903, 100],
  ]);
});

test("a churned customer is shown with its last MRR and its lifetime", () => {
  const rows = ask(
    inventedAccounts(),
    `SELECT customer_name, last_plan, last_mrr, churned_at, churn_month, lifetime_days, lifetime_months
     FROM churned_customers`,
  );
  expect(rows).toEqual([["Bo", "Gold", 15, "2024-03-10 12:00:00", "2024-03-01", 55, 1.8]]);
});

test("trials are shown with their outcome; a customer who paid before is not a conversion", () => {
  const warehouse = inventedAccounts();
  expect(
    ask(warehouse, "SELECT customer_name, trial_month, outcome, days_to_convert FROM trials ORDER BY 1"),
  ).toEqual([
    ["Ada", "2023-12-01", "converted", 12],
    ["Bo", "2024-02-01", "paid before", null],
    ["Lea", "2024-03-01", "not converted", null],
  ]);
  const byMonth = "trial_month, trials, converted, conversion_percent, average_days_to_convert";
  const expected = [
    ["2023-12-01", 1, 1, 100, 12],
    ["2024-03-01", 1, 0, 0, null],
  ];
  expect(ask(warehouse, `SELECT ${byMonth} FROM trial_conversion_by_month ORDER BY 1`)).toEqual(expected);
  expect(ask(warehouse, `SELECT ${byMonth} FROM trial_conversion_by_month_all_accounts ORDER BY 1`)).toEqual(
    expected,
  );
});

test("unpaid invoices are shown with what remains and for how long they are overdue", () => {
  const rows = ask(
    inventedAccounts(),
    `SELECT invoice_uuid, status, amount, paid, outstanding, currency, is_overdue, days_overdue, overdue_for, age_days
     FROM unpaid_invoices ORDER BY 1`,
  );
  expect(rows).toEqual([
    ["due today", "open", 9, 0, 9, "USD", 0, null, "not overdue", 1],
    ["not due", "open", 2.5, 0, 2.5, "EUR", 0, null, "not overdue", 14],
    ["part paid", "open", 50, 20, 30, "USD", 1, 45, "30 to 59 days", 74],
    ["unknown", null, 1, 0, 1, "USD", 0, null, "not overdue", 74],
  ]);
});

test("cash counts in the month of the payment; a payment without an amount is over the whole invoice", () => {
  const warehouse = inventedAccounts();
  const expected = [
    ["EUR", "2024-01-01", 1, 40, 0, 0, 40],
    ["EUR", "2024-03-01", 0, 0, 1, 10, -10],
    ["USD", "2024-02-01", 2, 21, 0, 0, 21],
    // A payment of a credit note goes the other way.
    ["USD", "2024-03-01", 2, 4, 0, 0, 4],
  ];
  const columns = "currency, month, payments, collected, refunds, refunded, net";
  expect(ask(warehouse, `SELECT ${columns} FROM cash_by_month ORDER BY 1, 2`)).toEqual(expected);
  expect(ask(warehouse, `SELECT ${columns} FROM cash_by_month_all_accounts ORDER BY 1, 2`)).toEqual(expected);
});

test("a failed payment is recovered by a later one that was successful, not by one that is still to come", () => {
  const rows = ask(
    inventedAccounts(),
    "SELECT invoice_uuid, customer_name, amount, currency, is_recovered, recovered_at FROM failed_payments ORDER BY 1",
  );
  expect(rows).toEqual([
    ["due today", "Ada", 3, "USD", 0, null],
    ["paid late", "Cy", 40, "EUR", 1, "2024-02-01 03:00:00"],
  ]);
});

test("a day's MRR is shown as it is now and as it was first", () => {
  const warehouse = inventedAccounts();
  const [date, metric] = ["2024-04-01", "mrr_in_cents"];
  put(
    warehouse,
    "daily_metrics",
    { account: "us", date, mrr_in_cents: 5500, customers: 2 },
    { account: "eu", date, mrr_in_cents: 700, customers: 1 },
  );
  put(
    warehouse,
    "daily_metric_restatements",
    { account: "us", date, metric, observed_at: "2024-04-03 00:00:00", old_value: 5000, new_value: 5200 },
    { account: "us", date, metric, observed_at: "2024-04-04 00:00:00", old_value: 5200, new_value: 5500 },
  );
  refreshSummaries(warehouse, now);
  expect(
    ask(warehouse, "SELECT account, mrr, first_mrr, restatements FROM mrr_by_day ORDER BY 1 DESC"),
  ).toEqual([
    ["us", 55, 50, 2],
    ["eu", 7, 7, 0],
  ]);
  expect(
    ask(warehouse, "SELECT currency, mrr, first_mrr, restatements, customers FROM mrr_by_day_all_accounts"),
  ).toEqual([["USD", 62, 57, 2, 3]]);
});

test("over all accounts, the last day of an account also counts on later days that only another account has", () => {
  const warehouse = inventedAccounts();
  const day = (account: string, date: string, mrr_in_cents: number, customers: number) => ({
    ...{ account, date, mrr_in_cents, customers },
  });
  put(
    warehouse,
    "daily_metrics",
    day("us", "2024-04-14", 5000, 1),
    day("us", "2024-04-15", 5500, 2),
    day("eu", "2024-04-14", 700, 1),
    day("jp", "2024-04-16", 100_000, 1),
  );
  const month = (account: string, date: string, mrr_in_cents: number, customers: number) => ({
    ...{
      account,
      interval: "month",
      date,
      up_to: date,
      mrr_in_cents,
      arr_in_cents: mrr_in_cents * 12,
      customers,
    },
  });
  put(
    warehouse,
    "period_metrics",
    month("us", "2024-03-31", 1500, 1),
    month("eu", "2024-03-31", 700, 1),
    month("us", "2024-04-30", 5500, 2),
  );
  refreshSummaries(warehouse, now);
  expect(
    ask(
      warehouse,
      "SELECT currency, date, accounts, mrr, customers FROM mrr_by_day_all_accounts ORDER BY 1, 2",
    ),
  ).toEqual([
    ["JPY", "2024-04-16", 1, 1000, 1],
    ["USD", "2024-04-14", 2, 57, 2],
    ["USD", "2024-04-15", 2, 62, 3],
  ]);
  expect(
    ask(
      warehouse,
      "SELECT month, accounts, mrr, arr, customers FROM metrics_by_month_all_accounts ORDER BY 1",
    ),
  ).toEqual([
    ["2024-03-01", 2, 22, 264, 2],
    ["2024-04-01", 2, 62, 744, 3],
  ]);
});

test("ARPA, LTV and quick ratio are ChartMogul's own by account, and computed over all accounts", () => {
  const warehouse = inventedAccounts();
  const month = (account: string, date: string, mrr: number, customers: number, moves: number[]) => ({
    account,
    interval: "month",
    date,
    up_to: date === "2024-04-30" ? "2024-04-15" : date,
    mrr_in_cents: mrr,
    arr_in_cents: mrr * 12,
    arpa_in_cents: Math.round(mrr / customers),
    ltv_in_cents: 1234,
    customers,
    mrr_new_business_in_cents: moves[0] ?? 0,
    mrr_expansion_in_cents: moves[1] ?? 0,
    mrr_contraction_in_cents: moves[2] ?? 0,
    mrr_churn_in_cents: moves[3] ?? 0,
    mrr_reactivation_in_cents: moves[4] ?? 0,
  });
  put(
    warehouse,
    "period_metrics",
    month("us", "2024-02-29", 3000, 2, [0, 500, -500, -3000, 0]),
    month("us", "2024-03-31", 1500, 1, [0, 0, 0, -1500, 0]),
    month("eu", "2024-03-31", 700, 1, [700, 0, 0, 0, 0]),
    month("us", "2024-04-30", 5500, 2, [0, 0, 0, 0, 4000]),
  );
  refreshSummaries(warehouse, now);
  expect(
    ask(
      warehouse,
      "SELECT account, month, is_over, arpa, ltv, quick_ratio FROM metrics_by_month ORDER BY account, month",
    ),
  ).toEqual([
    ["eu", "2024-03-01", 1, 7, 12.34, null],
    ["us", "2024-02-01", 1, 15, 12.34, 0.14],
    ["us", "2024-03-01", 1, 15, 12.34, 0],
    ["us", "2024-04-01", 0, 27.5, 12.34, null],
  ]);
  // March: 22 from 2 customers; of 2 at the start 1 left, so that one stays for two months.
  expect(
    ask(
      warehouse,
      `SELECT accounts, mrr, arr, customers, arpa, ltv, customer_churn_rate, quick_ratio
       FROM metrics_by_month_all_accounts WHERE month = '2024-03-01'`,
    ),
  ).toEqual([[2, 22, 264, 2, 11, 22, 50, 0.47]]);
});

test("cohorts of a month are shown once it is over for all accounts; it begins when it begins for one", () => {
  // In Tokyo it is May, in New York not yet.
  const warehouse = inventedAccounts(new Date("2024-04-30T23:00:00Z"));
  const last = (table: string, column: string) =>
    ask(warehouse, `SELECT account, max(${column}) FROM ${table} GROUP BY account ORDER BY account`);
  expect(last("mrr_movements_by_month", "month")).toEqual([
    ["eu", "2024-05-01"],
    ["jp", "2024-05-01"],
    ["us", "2024-05-01"],
  ]);
  expect(
    ask(warehouse, "SELECT max(months_since) FROM retention_by_cohort WHERE cohort_month = '2023-12-01'"),
  ).toEqual([[3]]);
});

test("a month is over once its last day is", () => {
  const warehouse = inventedAccounts();
  const month = (date: string, up_to: string) => ({
    account: "us",
    interval: "month",
    date,
    up_to,
    mrr_in_cents: 1,
  });
  put(warehouse, "period_metrics", month("2024-03-31", "2024-03-31"), month("2024-04-30", "2024-04-30"));
  put(warehouse, "period_metrics", {
    ...month("2024-02-29", "2024-02-29"),
    deleted_at: "2024-03-01 00:00:00",
  });
  const isOver = (at: string) => {
    refreshSummaries(warehouse, new Date(at));
    return ask(warehouse, "SELECT month, is_over FROM metrics_by_month ORDER BY month");
  };
  expect(isOver("2024-04-30T23:00:00Z")).toEqual([
    ["2024-03-01", 1],
    ["2024-04-01", 0],
  ]);
  expect(isOver("2024-05-01T05:00:00Z")).toEqual([
    ["2024-03-01", 1],
    ["2024-04-01", 1],
  ]);
});

test("amounts whose currency is not known are not added up over accounts", () => {
  const warehouse = inventedAccounts();
  warehouse.sqlite.exec("DELETE FROM accounts");
  refreshSummaries(warehouse, now);
  expect(ask(warehouse, "SELECT count(*) FROM mrr_movements_by_month")).toEqual([[8]]);
  for (const table of ["mrr_movements_by_month", "mrr_by_plan", "retention_by_cohort", "mrr_by_day"]) {
    expect(ask(warehouse, `SELECT * FROM ${table}_all_accounts`)).toEqual([]);
  }
  expect(
    ask(warehouse, "SELECT DISTINCT rank_all_accounts, share_percent_all_accounts FROM top_customers"),
  ).toEqual([[null, null]]);
  // Where the account itself was not read, its customers say in which currency it counts.
  warehouse.sqlite.exec("UPDATE customers SET currency = 'USD' WHERE account <> 'jp'");
  refreshSummaries(warehouse, now);
  expect(ask(warehouse, "SELECT DISTINCT currency FROM mrr_movements_by_month_all_accounts")).toEqual([
    ["USD"],
  ]);
});

test("every account that was ever synced has the freshness of each table", () => {
  const warehouse = inventedAccounts();
  const run = { process_id: 1, trigger: "test", started_at: "2024-04-15 01:00:00" };
  const counts = {
    pages: 1,
    fetched: 1,
    inserted: 1,
    updated: 0,
    unchanged: 0,
    rejected: 0,
    milliseconds: 1,
  };
  const reading = { resource: "plans", ...counts };
  put(
    warehouse,
    "sync_runs",
    { account: "us", id: 1, status: "complete", ...run },
    { account: "us", id: 2, status: "failed", ...run, started_at: "2024-04-16 01:00:00" },
    { account: "wrong", id: 2, status: "failed", ...run },
  );
  put(
    warehouse,
    "sync_run_resources",
    {
      ...{ account: "us", run_id: 1, status: "complete", ...reading },
      ...{ walk_started_at: "2024-04-15 01:00:05", fresh_as_of: "2024-04-10 00:00:00" },
    },
    { account: "us", run_id: 2, status: "failed", error: "no answer", ...reading },
    { account: "wrong", run_id: 2, status: "failed", error: "401", ...reading },
  );
  put(
    warehouse,
    "plans",
    { account: "us", uuid: "a" },
    { account: "us", uuid: "b", deleted_at: "2024-04-01 00:00:00" },
  );
  put(warehouse, "sync_tombstones", {
    account: "us",
    resource: "plans",
    key: "b",
    deleted_at: "2024-04-01 00:00:00",
  });
  refreshSummaries(warehouse, now);
  expect(
    ask(
      warehouse,
      `SELECT account, table_name, resource, all_rows, deleted_records, fresh_as_of, last_complete_at, last_status,
         last_error, summaries_refreshed_at FROM freshness ORDER BY account`,
    ),
  ).toEqual([
    [
      ...["us", "plans", "plans", 2, 1, "2024-04-10 00:00:00", "2024-04-15 01:00:05", "failed", "no answer"],
      "2024-04-15 12:00:00",
    ],
    ["wrong", "plans", "plans", 0, 0, null, null, "failed", "401", "2024-04-15 12:00:00"],
  ]);
});

test("the rows of a summary table are compared by all of its key, however many there are", () => {
  const { sqlite } = inventedAccounts();
  const searchedBy = (statement: string, table: string) => {
    const plan = sqlite.prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${statement}`).all();
    const search = plan
      .map(({ detail }) => detail)
      .find((detail) => new RegExp(`^SEARCH ${table} USING (COVERING )?INDEX`).test(detail));
    return search?.match(/=\?/g)?.length;
  };
  for (const shape of summaries.map(getShape)) {
    const { name, key, columns } = shape;
    const { compare, remove } = writeStatements(shape);
    sqlite.exec(`CREATE TEMP TABLE fresh AS SELECT ${Object.keys(columns).join(", ")} FROM main."${name}"`);
    expect([name, searchedBy(compare, "stored")]).toEqual([name, key.length]);
    const [index = "", removal = ""] = remove.split(";");
    sqlite.exec(index);
    expect([name, searchedBy(removal, "fresh")]).toEqual([name, key.length]);
    sqlite.exec("DROP TABLE temp.fresh");
  }
});

test("rows that stayed the same are not written again, and rows that are gone are removed", () => {
  const warehouse = inventedAccounts();
  for (const { name } of summaries.map(getShape)) {
    for (const event of ["INSERT", "DELETE", "UPDATE"]) {
      warehouse.sqlite.exec(
        `CREATE TRIGGER "${event} ${name}" BEFORE ${event} ON "${name}" BEGIN SELECT RAISE(ABORT, '${event} ${name}'); END`,
      );
    }
  }
  refreshSummaries(warehouse, now);
  warehouse.sqlite.exec("UPDATE customers SET deleted_at = '2024-04-10 00:00:00' WHERE uuid = 'bo'");
  expect(() => refreshSummaries(warehouse, now)).toThrow("DELETE churned_customers");
  warehouse.sqlite.exec('DROP TRIGGER "DELETE churned_customers"; DROP TRIGGER "DELETE trials"');
  refreshSummaries(warehouse, now);
  expect(ask(warehouse, "SELECT count(*) FROM churned_customers")).toEqual([[0]]);
});

test("a summary table that cannot be computed leaves all of them as they were", () => {
  const warehouse = inventedAccounts();
  const before = rowsOf(warehouse, "active_subscriptions");
  warehouse.sqlite.exec("UPDATE subscriptions SET deleted_at = '2024-04-10 00:00:00'");
  warehouse.sqlite.exec("ALTER TABLE failed_payments RENAME TO elsewhere");
  expect(() => refreshSummaries(warehouse, now)).toThrow("failed_payments");
  expect(before).not.toEqual([]);
  expect(rowsOf(warehouse, "active_subscriptions")).toEqual(before);
  warehouse.sqlite.exec("ALTER TABLE elsewhere RENAME TO failed_payments");
  refreshSummaries(warehouse, now);
  expect(rowsOf(warehouse, "active_subscriptions")).toEqual([]);
});

test("an empty warehouse has no summaries, and an account without a profile is in UTC", () => {
  const warehouse = temporaryWarehouse();
  refreshSummaries(warehouse, now);
  put(warehouse, "sync_accounts", { account: "new", linked_at: "2024-04-01 00:00:00" });
  put(warehouse, "activities", {
    account: "new",
    uuid: "one",
    customer_uuid: "x",
    date: "2024-03-31 23:59:59",
    type: "new_biz",
    activity_mrr_movement_in_cents: 5,
  });
  refreshSummaries(warehouse, now);
  expect(ask(warehouse, "SELECT month, mrr FROM mrr_movements_by_month ORDER BY 1")).toEqual([
    ["2024-03-01", 0.05],
    ["2024-04-01", 0.05],
  ]);
});

test("each amount in hundredths stands beside the same in main units, of the same currency", () => {
  for (const { name, columns } of summaries.map(getShape)) {
    for (const [column, { hundredths, unit }] of Object.entries(columns)) {
      if (column.endsWith("_in_cents")) {
        const main = column.replace(/_in_cents$/, "");
        expect({ name, column, main: columns[main]?.hundredths }).toEqual({ name, column, main: column });
        expect(unit).toBe(`hundredths of ${columns[main]?.unit}`);
        expect(Object.keys(columns)).toContain("currency");
      }
      if (hundredths !== undefined) expect(Object.keys(columns)).toContain(hundredths);
    }
  }
});
