import { expect, test } from "vitest";
import type { Warehouse } from "../../src/database/open.ts";
import { refreshSummaries } from "../../src/summaries/refresh-summaries.ts";
import { ask, inventedAccounts, movement, now, put } from "./invented.ts";

const customersByMonth = `SELECT month, customers_at_start, customers FROM mrr_movements_by_month
  WHERE account = 'us' AND month BETWEEN '2024-01-01' AND '2024-04-01' ORDER BY month`;

test("a customer who has left does not count any more where the roundings of movements leave a cent", () => {
  const warehouse = inventedAccounts();
  const before = ask(warehouse, customersByMonth);
  const counted = (date: string, type: string, amount: number, mrr: number) => ({
    ...movement("us", "rounded", date, type, amount),
    activity_mrr_in_cents: mrr,
  });
  put(
    warehouse,
    "activities",
    counted("2024-01-10 12:00:00", "new_biz", 4004, 4004),
    counted("2024-01-11 12:00:00", "expansion", 4004, 8007),
    counted("2024-02-10 12:00:00", "churn", -8007, 0),
    counted("2024-03-10 12:00:00", "reactivation", 2, 2),
  );
  refreshSummaries(warehouse, now);
  expect(ask(warehouse, customersByMonth)).not.toEqual(before);
  expect(
    ask(
      warehouse,
      `SELECT month, mrr_in_cents, was_paying, is_paying FROM mrr_movements_by_customer
       WHERE customer_uuid = 'rounded' ORDER BY month`,
    ),
  ).toEqual([
    ["2024-01-01", 8008, 0, 1],
    ["2024-02-01", 1, 1, 0],
    ["2024-03-01", 3, 0, 1],
  ]);
  expect(ask(warehouse, customersByMonth)).toEqual([
    ["2024-01-01", 1, 4],
    ["2024-02-01", 4, 2],
    ["2024-03-01", 2, 2],
    ["2024-04-01", 2, 3],
  ]);
  expect(
    ask(
      warehouse,
      `SELECT months_since, customers, retained_customers FROM retention_by_cohort
       WHERE account = 'us' AND cohort_month = '2024-01-01' ORDER BY 1`,
    ),
  ).toEqual([
    [0, 3, 3],
    [1, 3, 1],
    [2, 3, 1],
  ]);
});

test("of movements at one instant the one that leaves nothing is the last, and one without an amount changes nothing", () => {
  const warehouse = inventedAccounts();
  const counted = (uuid: string, date: string, type: string, amount: number | null, mrr: number | null) => ({
    ...movement("us", "pair", date, type, amount ?? 0),
    activity_mrr_movement_in_cents: amount,
    ...{ uuid, activity_mrr_in_cents: mrr },
  });
  put(
    warehouse,
    "activities",
    counted("1", "2024-01-10 12:00:00", "new_biz", 4004, 4004),
    counted("2", "2024-01-10 13:00:00", "expansion", 4004, 8007),
    counted("3", "2024-02-10 12:00:00", "contraction", -4003, 4004),
    counted("4", "2024-02-10 12:00:00", "churn", -4004, 0),
    counted("5", "2024-03-10 12:00:00", "contraction", null, null),
  );
  refreshSummaries(warehouse, now);
  expect(
    ask(
      warehouse,
      "SELECT month, was_paying, is_paying FROM mrr_movements_by_customer WHERE customer_uuid = 'pair' ORDER BY 1",
    ),
  ).toEqual([
    ["2024-01-01", 0, 1],
    ["2024-02-01", 1, 0],
    ["2024-03-01", 0, 0],
  ]);
});

test("activities that still name a customer who was merged count for the one who is left", () => {
  const warehouse = inventedAccounts();
  const merged = (uuid: string, into: string) => ({
    account: "us",
    uuid,
    name: uuid,
    merged_into: into,
    deleted_at: "2024-04-10 00:00:00",
  });
  put(
    warehouse,
    "customers",
    ...[merged("first", "second"), merged("second", "ada"), merged("third", "bo"), merged("fourth", "back")],
    // One who is there again is where the way ends.
    { ...merged("back", "ada"), deleted_at: null },
  );
  put(
    warehouse,
    "activities",
    movement("us", "first", "2023-12-10 12:00:00", "new_biz", 100),
    movement("us", "second", "2024-01-10 12:00:00", "new_biz", 200),
    movement("us", "third", "2024-04-02 12:00:00", "reactivation", 700),
    movement("us", "third", "2024-04-03 12:00:00", "churn", -700),
    { ...movement("us", "fourth", "2024-02-03 12:00:00", "new_biz", 401), activity_mrr_in_cents: 401 },
    { ...movement("us", "fourth", "2024-02-04 12:00:00", "churn", -400), activity_mrr_in_cents: 0 },
  );
  refreshSummaries(warehouse, now);
  expect(
    ask(
      warehouse,
      `SELECT customer_name, month, mrr FROM mrr_movements_by_customer WHERE account = 'us'
       AND customer_uuid IN ('ada', 'first', 'second', 'third') ORDER BY month`,
    ),
  ).toEqual([
    ["Ada", "2023-12-01", 11],
    ["Ada", "2024-01-01", 13],
    ["Ada", "2024-02-01", 18],
  ]);
  expect(ask(warehouse, customersByMonth).at(-1)).toEqual(["2024-04-01", 1, 2]);
  expect(
    ask(
      warehouse,
      "SELECT customer_uuid, mrr_in_cents, is_paying FROM mrr_movements_by_customer WHERE customer_uuid IN ('back', 'fourth')",
    ),
  ).toEqual([["back", 1, 0]]);
  expect(ask(warehouse, "SELECT customer_uuid, last_mrr, churned_at FROM churned_customers")).toEqual([
    ["bo", 7, "2024-04-03 12:00:00"],
  ]);
});

/** Puts a run into the warehouse that read the customers, or tried to. */
function putRun(
  warehouse: Warehouse,
  { account = "us", id = 1, resource = "customers", status = "complete", started = "", fetched = 1 },
): void {
  const finished = started.replace(/:\d\d$/, ":59");
  put(warehouse, "sync_runs", {
    ...{ account, id, process_id: 1, trigger: "test", status, started_at: started, finished_at: finished },
  });
  put(warehouse, "sync_run_resources", {
    ...{ account, run_id: id, resource, status, walk_started_at: status === "complete" ? started : null },
    ...{ pages: 1, fetched, inserted: 1, updated: 0, unchanged: 0, rejected: 0, milliseconds: 1 },
  });
}

test("one ChartMogul account under two names counts once over all accounts: as it was read last", () => {
  const warehouse = inventedAccounts();
  putRun(warehouse, { account: "us", started: "2024-04-14 00:00:00" });
  putRun(warehouse, { account: "eu", started: "2024-04-15 00:00:00" });
  // Whoever was only tried was not read.
  putRun(warehouse, { account: "us", id: 2, started: "2024-04-15 01:00:00", status: "failed", fetched: 0 });
  const day = (account: string, mrr_in_cents: number) => ({ account, date: "2024-04-14", mrr_in_cents });
  put(warehouse, "daily_metrics", day("us", 5500), day("eu", 700));
  const month = (account: string, mrr_in_cents: number) => ({
    ...{ account, interval: "month", date: "2024-03-31", up_to: "2024-03-31", mrr_in_cents, customers: 1 },
  });
  put(warehouse, "period_metrics", month("us", 5500), month("eu", 700));
  const over = () => {
    refreshSummaries(warehouse, now);
    return [
      ask(warehouse, "SELECT mrr FROM mrr_by_day_all_accounts"),
      ask(warehouse, "SELECT mrr FROM metrics_by_month_all_accounts"),
      ask(
        warehouse,
        "SELECT mrr FROM mrr_movements_by_month_all_accounts WHERE currency = 'USD' AND month = '2024-03-01'",
      ),
      ask(
        warehouse,
        `SELECT account, customer_uuid, rank_all_accounts, share_percent_all_accounts FROM top_customers
         WHERE currency = 'USD' ORDER BY 1, 2`,
      ),
    ];
  };
  expect(over()).toEqual([
    [[62]],
    [[62]],
    [[22]],
    [
      ["eu", "eve", 3, 11.2903],
      ["us", "ada", 2, 24.1935],
      ["us", "cy", 1, 64.5161],
    ],
  ]);
  warehouse.sqlite.exec("UPDATE sync_accounts SET chartmogul_id = 'acc_1' WHERE account <> 'jp'");
  expect(over()).toEqual([
    [[7]],
    [[7]],
    [[7]],
    [
      ["eu", "eve", 1, 100],
      ["us", "ada", null, null],
      ["us", "cy", null, null],
    ],
  ]);
});

test("what is dated later than its account was read has not happened", () => {
  const warehouse = inventedAccounts();
  const customers = () => ask(warehouse, customersByMonth).at(-1);
  const asked = new Date("2024-04-25T12:00:00Z");
  refreshSummaries(warehouse, asked);
  // Ada leaves on the 20th of April and pays on that day.
  expect(customers()).toEqual(["2024-04-01", 1, 1]);
  const paid = "SELECT collected FROM cash_by_month WHERE month = '2024-04-01'";
  expect(ask(warehouse, paid)).toEqual([[9]]);

  const started = "2024-04-15 01:00:00";
  putRun(warehouse, { started });
  refreshSummaries(warehouse, asked);
  expect(customers()).toEqual(["2024-04-01", 1, 2]);
  expect(ask(warehouse, paid)).toEqual([]);
  expect(ask(warehouse, "SELECT is_recovered FROM failed_payments WHERE invoice_uuid = 'due today'")).toEqual(
    [[0]],
  );
  expect(ask(warehouse, "SELECT outstanding FROM unpaid_invoices WHERE invoice_uuid = 'due today'")).toEqual([
    [9],
  ]);
  warehouse.sqlite.exec("UPDATE customers SET status = 'Cancelled' WHERE uuid = 'ada'");
  warehouse.sqlite.exec("UPDATE customers SET customer_since = '2024-04-20 12:00:00' WHERE uuid = 'lea'");
  refreshSummaries(warehouse, asked);
  expect(ask(warehouse, "SELECT churned_at FROM churned_customers WHERE customer_uuid = 'ada'")).toEqual([
    [null],
  ]);
  expect(ask(warehouse, "SELECT outcome FROM trials WHERE customer_uuid = 'lea'")).toEqual([
    ["not converted"],
  ]);
  // A run that could read nothing has not seen it either.
  putRun(warehouse, { id: 2, started: "2024-04-25 11:00:00", status: "failed", fetched: 0 });
  refreshSummaries(warehouse, asked);
  expect(customers()).toEqual(["2024-04-01", 1, 2]);
  // During a run, everything read is as fresh as it can be.
  put(warehouse, "sync_runs", {
    ...{
      account: "us",
      id: 3,
      process_id: 1,
      trigger: "test",
      status: "running",
      started_at: "2024-04-25 11:00:00",
    },
  });
  refreshSummaries(warehouse, asked);
  expect(customers()).toEqual(["2024-04-01", 1, 1]);
});

test("a month that was read before its last day was over is not over", () => {
  const warehouse = inventedAccounts();
  put(warehouse, "period_metrics", {
    ...{ account: "us", interval: "month", date: "2024-03-31", up_to: "2024-03-31", mrr_in_cents: 1 },
  });
  const read = (id: number, started: string) => {
    putRun(warehouse, { id, started, resource: "period_metrics" });
    refreshSummaries(warehouse, now);
    return ask(warehouse, "SELECT is_over FROM metrics_by_month");
  };
  expect(read(1, "2024-03-31 12:00:00")).toEqual([[0]]);
  expect(read(2, "2024-04-01 12:00:00")).toEqual([[1]]);
});

test("free subscriptions are active, but nobody pays for them", () => {
  const warehouse = inventedAccounts();
  put(warehouse, "customers", { account: "us", uuid: "fay", name: "Fay", country: "US", status: "Active" });
  put(warehouse, "subscriptions", {
    ...{ account: "us", customer_uuid: "fay", uuid: "free", plan: "Gold", status: "active" },
    ...{ mrr_in_cents: 0, arr_in_cents: 0, billing_cycle: "month", billing_cycle_count: 1 },
  });
  refreshSummaries(warehouse, now);
  expect(
    ask(
      warehouse,
      "SELECT subscriptions, customers FROM mrr_by_country WHERE account = 'us' AND country = 'US'",
    ),
  ).toEqual([[2, 1]]);
});
