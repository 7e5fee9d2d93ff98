import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { simulateBusyDay } from "../../src/sandbox/busy-day.ts";
import { refreshSummaries } from "../../src/summaries/refresh-summaries.ts";
import { today } from "../support/accounts.ts";
import { looking, newWarehouse } from "../support/syncing.ts";
import { syncedWorld, unsyncedWorld } from "../support/worlds.ts";

let syncedFile: Buffer | undefined;

/** A synced account whose days begin and end at other times than those of UTC; synced once, since no test changes it. */
async function openSynced() {
  const path = newWarehouse();
  syncedFile ??= await syncFile();
  writeFileSync(path, syncedFile);
  return (sql: string) => looking(path, ({ sqlite }) => sqlite.prepare(sql).raw().all());
}

async function syncFile(): Promise<Buffer> {
  const { world, path, sync } = await unsyncedWorld();
  world.account.time_zone = "Pacific/Auckland";
  await sync();
  looking(path, (warehouse) => refreshSummaries(warehouse, today));
  return readFileSync(path);
}

test("the movements and the MRR made from them are ChartMogul's own, month by month", async () => {
  const ask = await openSynced();
  const differing = ask(
    `SELECT moved.month, mrr, reported.mrr_in_cents FROM mrr_movements_by_month AS moved
     JOIN period_metrics AS reported ON reported.account = moved.account AND interval = 'month'
       AND substr(reported.date, 1, 8) || '01' = moved.month
     WHERE moved.mrr_in_cents <> reported.mrr_in_cents OR moved.customers <> reported.customers
       OR new_business_in_cents <> mrr_new_business_in_cents OR expansion_in_cents <> mrr_expansion_in_cents
       OR contraction_in_cents <> mrr_contraction_in_cents OR churn_in_cents <> mrr_churn_in_cents
       OR reactivation_in_cents <> mrr_reactivation_in_cents`,
  );
  expect(differing).toEqual([]);
  const [[months, reported] = []] = ask(
    `SELECT (SELECT count(*) FROM mrr_movements_by_month),
       (SELECT count(*) FROM period_metrics WHERE interval = 'month' AND mrr_in_cents > 0)`,
  ) as number[][];
  expect(months).toBe(reported);
  expect(months).toBeGreaterThan(12);
});

test("customers are ChartMogul's also after a merge, although old activities still name the one who went", async () => {
  const { world, path, again } = await syncedWorld(80);
  simulateBusyDay(world);
  await again();
  const [[activities, own, reported] = []] = looking(path, (warehouse) => {
    refreshSummaries(warehouse, today);
    return warehouse.sqlite
      .prepare(
        `SELECT (SELECT count(*) FROM activities JOIN customers ON customers.account = activities.account AND customers.uuid = customer_uuid
             WHERE merged_into IS NOT NULL AND activities.deleted_at IS NULL),
           (SELECT customers FROM mrr_movements_by_month ORDER BY month DESC LIMIT 1),
           (SELECT customers FROM daily_metrics ORDER BY date DESC LIMIT 1)`,
      )
      .raw()
      .all();
  }) as number[][];
  expect(activities).toBeGreaterThan(0);
  expect(own).toBe(reported);
});

test("the MRR of subscriptions, plans, countries, currencies, intervals and customers is that of the last day", async () => {
  const ask = await openSynced();
  const [[last] = []] = ask(
    "SELECT mrr_in_cents FROM daily_metrics ORDER BY date DESC LIMIT 1",
  ) as number[][];
  expect(last).toBeGreaterThan(0);
  const tables = ["active_subscriptions", "mrr_by_plan", "mrr_by_country", "mrr_by_currency"];
  for (const table of [...tables, "mrr_by_billing_interval", "top_customers"]) {
    expect([table, ask(`SELECT sum(mrr_in_cents) FROM ${table}`)]).toEqual([table, [[last]]]);
  }
  expect(ask("SELECT mrr_in_cents FROM mrr_by_day ORDER BY date DESC LIMIT 1")).toEqual([[last]]);
});

test("over all accounts ARPA and churn rate are computed as ChartMogul does it", async () => {
  const ask = await openSynced();
  const differing = ask(
    `SELECT month, own.arpa, every.arpa, own.customer_churn_rate, every.customer_churn_rate
     FROM metrics_by_month AS own JOIN metrics_by_month_all_accounts AS every USING (month)
     WHERE abs(own.arpa - every.arpa) > 0.01 OR own.quick_ratio IS NOT every.quick_ratio
       OR abs(own.customer_churn_rate - coalesce(every.customer_churn_rate, 0)) > 0.01`,
  );
  expect(differing).toEqual([]);
});

test("those who signed up are those who have churned and those who pay", async () => {
  const ask = await openSynced();
  const [counted] = ask(
    `SELECT (SELECT sum(new_customers + reactivated_customers - churned_customers) FROM mrr_movements_by_month),
       (SELECT count(*) FROM top_customers), (SELECT count(*) FROM churned_customers)`,
  ) as number[][];
  expect(counted?.[0]).toBe(counted?.[1]);
  expect(counted?.[2]).toBeGreaterThan(0);
  expect(ask("SELECT count(*) FROM churned_customers WHERE last_mrr IS NULL")).toEqual([[0]]);
});
