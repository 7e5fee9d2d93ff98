import type { Warehouse } from "../database/open.ts";
import { customerName } from "../resources/customer-name.ts";
import type { ReportScope } from "./scopes.ts";

type FigureRow = readonly unknown[];

/**
 * Asks the summary tables for the figures of one scope. `of` is where a summary is read, with its own condition; `own` is the
 * condition for tables that have a row for each account.
 */
function asker({ sqlite }: Warehouse, { account, accounts, currency }: ReportScope) {
  const of = (table: string) =>
    account === undefined
      ? `"${table}_all_accounts" WHERE currency IS :currency`
      : `"${table}" WHERE account = :account`;
  const own = "account IN (SELECT value FROM json_each(:accounts))";
  const ask = <R extends FigureRow>(sql: string): R[] =>
    sqlite
      .prepare<[Readonly<Record<string, string | null>>], R>(sql)
      .raw()
      .all({ account: account ?? null, currency, accounts: JSON.stringify(accounts) });
  return { ask, of, own };
}

/** What the customer of a row of this table is called; one that is unknown has no name. */
const called = (table: string) =>
  `coalesce(customer_name, (SELECT ${customerName("customers")} FROM customers
     WHERE customers.account = ${table}.account AND customers.uuid = ${table}.customer_uuid), customer_uuid)`;

/** Everything that is shown of one scope; amounts in main units, months as their first day. Newest last. */
export function readFigures(warehouse: Warehouse, scope: ReportScope) {
  const { ask, of, own } = asker(warehouse, scope);
  return {
    days: ask<[date: string, mrr: number, first: number | null, restatements: number, customers: number]>(
      `SELECT date, mrr, first_mrr, restatements, customers FROM ${of("mrr_by_day")} ORDER BY date`,
    ),
    months: ask<
      [
        month: string,
        start: number,
        new_business: number,
        expansion: number,
        reactivation: number,
        contraction: number,
        churn: number,
        net: number,
        mrr: number,
      ]
    >(
      `SELECT month, mrr_at_start, new_business, expansion, reactivation, contraction, churn, net, mrr
       FROM ${of("mrr_movements_by_month")} ORDER BY month`,
    ),
    customers: ask<
      [month: string, start: number, won: number, back: number, lost: number, customers: number]
    >(
      `SELECT month, customers_at_start, new_customers, reactivated_customers, churned_customers, customers
       FROM ${of("mrr_movements_by_month")} ORDER BY month`,
    ),
    metrics: ask<
      [month: string, arpa: number | null, ltv: number | null, churn: number | null, quick: number | null]
    >(
      `SELECT month, arpa, ltv, customer_churn_rate, quick_ratio FROM ${of("metrics_by_month")} ORDER BY month`,
    ),
    cohorts: ask<
      [cohort: string, months: number, size: number, customers: number | null, mrr: number | null]
    >(
      `SELECT cohort_month, months_since, customers, customer_retention_percent, mrr_retention_percent
       FROM ${of("retention_by_cohort")} ORDER BY cohort_month, months_since`,
    ),
    plans: ask<[plan: string, subscriptions: number, customers: number, mrr: number, share: number]>(
      `SELECT plan, subscriptions, customers, mrr, share_percent FROM ${of("mrr_by_plan")} ORDER BY mrr DESC, plan`,
    ),
    top: ask<
      [
        account: string,
        customer: string | null,
        country: string | null,
        mrr: number,
        share: number,
        sum: number,
      ]
    >(
      scope.account === undefined
        ? `SELECT account, ${called("top_customers")}, country, mrr, share_percent_all_accounts, cumulative_share_percent_all_accounts
           FROM top_customers WHERE ${own} ORDER BY rank_all_accounts LIMIT 15`
        : `SELECT account, ${called("top_customers")}, country, mrr, share_percent, cumulative_share_percent
           FROM top_customers WHERE ${own} ORDER BY rank LIMIT 15`,
    ),
    unpaid: ask<[overdue_for: string, invoices: number, outstanding: number, currency: string | null]>(
      `SELECT overdue_for, count(*), total(outstanding_in_cents) / 100.0, currency FROM unpaid_invoices WHERE ${own}
       GROUP BY currency, overdue_for ORDER BY currency, min(coalesce(days_overdue, -1))`,
    ),
    overdue: ask<
      [
        account: string,
        invoice: string | null,
        customer: string | null,
        due: string,
        days: number,
        outstanding: number,
        currency: string | null,
      ]
    >(
      `SELECT account, external_id, ${called("unpaid_invoices")}, date(due_date), days_overdue, outstanding, currency
       FROM unpaid_invoices WHERE ${own} AND is_overdue ORDER BY days_overdue DESC, external_id LIMIT 15`,
    ),
    tables: ask<
      [
        account: string,
        table: string,
        rows: number,
        deleted: number,
        confirmed: string | null,
        status: string,
        missing: number,
        resource: string | null,
      ]
    >(
      `SELECT account, table_name, all_rows, deleted_records, substr(fresh_as_of, 1, 16), last_status, suspected_deletes, resource FROM freshness
       WHERE ${own} ORDER BY account, table_name`,
    ),
    runs: ask<
      [
        account: string,
        run: number,
        trigger: string,
        started: string,
        seconds: number | null,
        status: string,
        changed: number,
      ]
    >(
      `SELECT account, id, "trigger", substr(started_at, 1, 16), CAST(round((julianday(finished_at) - julianday(started_at)) * 86400) AS INTEGER), status,
         (SELECT coalesce(sum(inserted + updated + deleted), 0) FROM sync_run_resources AS part
          WHERE part.account = sync_runs.account AND run_id = id)
       FROM sync_runs WHERE ${own} ORDER BY started_at DESC, account, id DESC LIMIT 15`,
    ),
  };
}

export type Figures = ReturnType<typeof readFigures>;
