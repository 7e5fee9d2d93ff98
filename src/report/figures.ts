import type { Warehouse } from "../database/open.ts";
import { selectCustomerName } from "../resources/customer-name.ts";
import type { ReportScope } from "./scopes.ts";

/** MRR of a day. `first` is what ChartMogul said first, null where the day was not stored then. */
export interface DayFigures {
  readonly date: string;
  readonly mrr: number;
  readonly first: number | null;
  readonly restatements: number;
  readonly customers: number;
}

/** MRR movements of a month, from its start to its end. */
export interface MonthFigures {
  readonly month: string;
  readonly start: number;
  readonly new_business: number;
  readonly expansion: number;
  readonly reactivation: number;
  readonly contraction: number;
  readonly churn: number;
  readonly net: number;
  readonly mrr: number;
}

/** Customers of a month, from its start to its end. */
export interface CustomerFigures {
  readonly month: string;
  readonly start: number;
  readonly won: number;
  readonly back: number;
  readonly lost: number;
  readonly customers: number;
}

/** ChartMogul's metrics of a month. */
export interface MetricFigures {
  readonly month: string;
  readonly arpa: number | null;
  readonly ltv: number | null;
  readonly churn: number | null;
  readonly quick: number | null;
}

/** What is left of a cohort after some months, in percent. */
export interface CohortFigures {
  readonly cohort: string;
  readonly months: number;
  readonly size: number;
  readonly customers: number | null;
  readonly mrr: number | null;
}

/** MRR of a plan. */
export interface PlanFigures {
  readonly plan: string | null;
  readonly subscriptions: number;
  readonly customers: number;
  readonly mrr: number;
  readonly share: number;
}

/** A customer who pays much; `sum` is the share of this one and all above. */
export interface TopCustomerFigures {
  readonly account: string;
  readonly customer: string | null;
  readonly country: string | null;
  readonly mrr: number;
  readonly share: number;
  readonly sum: number;
}

/** Open invoices of one currency that have been overdue for about as long. */
export interface UnpaidFigures {
  readonly overdue: string;
  readonly invoices: number;
  readonly outstanding: number;
  readonly currency: string | null;
}

/** One overdue invoice. */
export interface OverdueFigures {
  readonly account: string;
  readonly invoice: string | null;
  readonly customer: string | null;
  readonly due: string;
  readonly days: number;
  readonly outstanding: number;
  readonly currency: string | null;
}

/** How fresh a table is. */
export interface TableFigures {
  readonly account: string;
  readonly table: string;
  readonly rows: number;
  readonly deleted: number;
  readonly fresh_as_of: string | null;
  readonly status: string;
  readonly suspected: number;
  readonly resource: string | null;
}

/** A sync of one account. */
export interface RunFigures {
  readonly account: string;
  readonly run: number;
  readonly trigger: string;
  readonly started: string;
  readonly seconds: number | null;
  readonly status: string;
  readonly changed: number;
}

/** Everything that is shown of one scope. Amounts are in main units, a month is its first day, the newest is last. */
export interface Figures {
  readonly days: readonly DayFigures[];
  readonly months: readonly MonthFigures[];
  readonly customers: readonly CustomerFigures[];
  readonly metrics: readonly MetricFigures[];
  readonly cohorts: readonly CohortFigures[];
  readonly plans: readonly PlanFigures[];
  /** The fifteen who pay most, the largest first. */
  readonly top: readonly TopCustomerFigures[];
  readonly unpaid: readonly UnpaidFigures[];
  /** The fifteen that have been overdue for longest. */
  readonly overdue: readonly OverdueFigures[];
  readonly tables: readonly TableFigures[];
  /** The last fifteen, the newest first. */
  readonly runs: readonly RunFigures[];
}

const rowsShown = 15;

/** Reads the figures of one scope from the summary tables. */
export function readFigures({ sqlite }: Warehouse, scope: ReportScope): Figures {
  const values = {
    account: scope.account ?? null,
    currency: scope.currency,
    accounts: JSON.stringify(scope.accounts),
  };
  const read = <Row>(sql: string) =>
    sqlite.prepare<[Readonly<Record<string, string | null>>], Row>(sql).all(values);
  /** The summary of this scope, with its condition: one of an account, or the one over all accounts. */
  const from = (table: string) =>
    scope.account === undefined
      ? `"${table}_all_accounts" WHERE currency IS :currency`
      : `"${table}" WHERE account = :account`;
  const isOfScope = "account IN (SELECT value FROM json_each(:accounts))";
  const over = scope.account === undefined ? "_all_accounts" : "";
  return {
    days: read(
      `SELECT date, mrr, first_mrr AS first, restatements, customers FROM ${from("mrr_by_day")} ORDER BY date`,
    ),
    months: read(
      `SELECT month, mrr_at_start AS start, new_business, expansion, reactivation, contraction, churn, net, mrr
       FROM ${from("mrr_movements_by_month")} ORDER BY month`,
    ),
    customers: read(
      `SELECT month, customers_at_start AS start, new_customers AS won, reactivated_customers AS back,
         churned_customers AS lost, customers
       FROM ${from("mrr_movements_by_month")} ORDER BY month`,
    ),
    metrics: read(
      `SELECT month, arpa, ltv, customer_churn_rate AS churn, quick_ratio AS quick
       FROM ${from("metrics_by_month")} ORDER BY month`,
    ),
    cohorts: read(
      `SELECT cohort_month AS cohort, months_since AS months, customers AS size,
         customer_retention_percent AS customers, mrr_retention_percent AS mrr
       FROM ${from("retention_by_cohort")} ORDER BY cohort_month, months_since`,
    ),
    plans: read(
      `SELECT plan, subscriptions, customers, mrr, share_percent AS share
       FROM ${from("mrr_by_plan")} ORDER BY mrr DESC, plan`,
    ),
    top: read(
      `SELECT account, ${selectName("top_customers")} AS customer, country, mrr, share_percent${over} AS share,
         cumulative_share_percent${over} AS sum
       FROM top_customers WHERE ${isOfScope} ORDER BY rank${over} LIMIT ${rowsShown}`,
    ),
    unpaid: read(
      `SELECT overdue_for AS overdue, count(*) AS invoices, total(outstanding_in_cents) / 100.0 AS outstanding, currency
       FROM unpaid_invoices WHERE ${isOfScope}
       GROUP BY currency, overdue_for ORDER BY currency, min(coalesce(days_overdue, -1))`,
    ),
    overdue: read(
      `SELECT account, external_id AS invoice, ${selectName("unpaid_invoices")} AS customer, date(due_date) AS due,
         days_overdue AS days, outstanding, currency
       FROM unpaid_invoices WHERE ${isOfScope} AND is_overdue
       ORDER BY days_overdue DESC, external_id LIMIT ${rowsShown}`,
    ),
    tables: read(
      `SELECT account, table_name AS "table", all_rows AS rows, deleted_records AS deleted,
         substr(fresh_as_of, 1, 16) AS fresh_as_of, last_status AS status, suspected_deletes AS suspected, resource
       FROM freshness WHERE ${isOfScope} ORDER BY account, table_name`,
    ),
    runs: read(
      `SELECT account, id AS run, "trigger", substr(started_at, 1, 16) AS started,
         CAST(round((julianday(finished_at) - julianday(started_at)) * 86400) AS INTEGER) AS seconds, status,
         (SELECT coalesce(sum(inserted + updated + deleted), 0) FROM sync_run_resources AS part
          WHERE part.account = sync_runs.account AND run_id = id) AS changed
       FROM sync_runs WHERE ${isOfScope} ORDER BY started_at DESC, account, id DESC LIMIT ${rowsShown}`,
    ),
  };
}

/** SQL for the name of the customer in a row of this table: by default another name of the customer, or its identifier. */
const selectName = (table: string) =>
  `coalesce(customer_name, (SELECT ${selectCustomerName("customers")} FROM customers
     WHERE customers.account = ${table}.account AND customers.uuid = ${table}.customer_uuid), customer_uuid)`;
