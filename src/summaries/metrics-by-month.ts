import { accountDay, boolean, double, integer, money, required, text } from "../schema/columns.ts";
import { accountTable, fileTable } from "../schema/table.ts";

const currency = (note = "") => text(`Currency of the amounts (ISO 4217)${note}.`);
const month = required(accountDay("First day of the month."));
const quick_ratio = double(
  "MRR gained (new business, expansion, reactivation) for each unit of MRR lost (contraction, churn); NULL if none was lost.",
);

const quickRatio = `round(
  1.0 * (mrr_new_business_in_cents + mrr_expansion_in_cents + mrr_reactivation_in_cents)
  / nullif(-(mrr_contraction_in_cents + mrr_churn_in_cents), 0), 2) AS quick_ratio`;

export const metricsByMonth = accountTable(
  "metrics_by_month",
  {
    month,
    is_over: boolean(
      "Whether the month was over when it was last read. The current month counts up to `up_to`.",
    ),
    up_to: accountDay("Last day that the figures include."),
    currency: currency("; NULL if unknown"),
    ...money("mrr", "MRR at the end of the month"),
    ...money("arr", "ARR at the end of the month"),
    customers: integer("Paying customers at the end of the month."),
    ...money("arpa", "Average MRR of a paying customer (ARPA) at the end of the month"),
    ...money("asp", "Average sale price (ASP) over the month"),
    ...money("ltv", "Customer lifetime value (LTV) over the month", "0 if no customer was lost"),
    customer_churn_rate: double("Customers lost over the month, in percent.", "percent"),
    mrr_churn_rate: double(
      "Net MRR lost over the month, in percent; negative if expansion is larger.",
      "percent",
    ),
    quick_ratio,
  },
  {
    description:
      "ChartMogul's own metrics by month (`period_metrics`), in main units and with the quick ratio.",
    key: ["month"],
    select: `
      WITH reading AS (
        SELECT account, max(coalesce(fresh_as_of, walk_started_at)) AS at FROM sync_run_resources
        WHERE resource = 'period_metrics' AND status = 'complete' GROUP BY account)
      SELECT account, substr(date, 1, 8) || '01' AS month, up_to, today.currency,
        up_to = date AND date < coalesce(account_day(reading.at, time_zone), day) AS is_over,
        mrr_in_cents, arr_in_cents, customers, arpa_in_cents, asp_in_cents, ltv_in_cents, customer_churn_rate, mrr_churn_rate,
        ${quickRatio}
      FROM period_metrics JOIN today USING (account) LEFT JOIN reading USING (account)
      WHERE interval = 'month' AND deleted_at IS NULL`,
  },
);

const summed = [
  "mrr_in_cents",
  "arr_in_cents",
  "customers",
  "mrr_new_business_in_cents",
  "mrr_expansion_in_cents",
  "mrr_reactivation_in_cents",
  "mrr_contraction_in_cents",
  "mrr_churn_in_cents",
];

export const metricsByMonthAllAccounts = fileTable(
  "metrics_by_month_all_accounts",
  {
    currency: required(currency()),
    month,
    accounts: integer("Number of accounts that the row adds up."),
    ...money("mrr", "MRR at the end of the month"),
    ...money("arr", "ARR at the end of the month"),
    customers: integer("Paying customers at the end of the month."),
    ...money("arpa", "Average MRR of a paying customer (ARPA) at the end of the month"),
    ...money(
      "ltv",
      "Customer lifetime value (LTV): ARPA divided by the customer churn rate",
      "NULL if no customer was lost or activities are missing",
    ),
    customer_churn_rate: double(
      "Customers lost over the month, in percent of those at its start; NULL if there were none or activities are missing.",
      "percent",
    ),
    quick_ratio,
  },
  {
    description:
      "`metrics_by_month` over all accounts, by currency. Averages and rates are calculated here from ChartMogul's sums and the churned customers.",
    key: ["currency", "month"],
    // An account that has not reached a month that another has counts with its last one.
    select: `
      WITH own AS (
        SELECT of_month.account, today.currency, substr(date, 1, 8) || '01' AS month, ${summed.map((column) => `of_month.${column}`).join(", ")},
          coalesce(customers_at_start, 0) AS customers_at_start, coalesce(churned_customers, 0) AS churned_customers,
          moved.account IS NOT NULL OR of_month.customers = 0 AS has_movements
        FROM period_metrics AS of_month JOIN today USING (account)
        LEFT JOIN mrr_movements_by_month AS moved
          ON moved.account = of_month.account AND moved.month = substr(date, 1, 8) || '01'
        WHERE interval = 'month' AND deleted_at IS NULL AND today.currency IS NOT NULL AND is_counted),
      last AS (SELECT account, currency, max(month) AS month, mrr_in_cents, arr_in_cents, customers FROM own GROUP BY account),
      every AS (
        SELECT * FROM own
        UNION ALL
        SELECT last.account, last.currency, later.month, mrr_in_cents, arr_in_cents, customers, 0, 0, 0, 0, 0, customers, 0, 1
        FROM last JOIN (SELECT DISTINCT currency, month FROM own) AS later
          ON later.currency IS last.currency AND later.month > last.month)
      SELECT *, round(1.0 * mrr_in_cents / nullif(customers, 0)) AS arpa_in_cents,
        CASE WHEN have_movements THEN
          round(1.0 * mrr_in_cents / nullif(customers, 0) * customers_at_start / nullif(churned_customers, 0)) END AS ltv_in_cents,
        CASE WHEN have_movements THEN round(100.0 * churned_customers / nullif(customers_at_start, 0), 2) END
          AS customer_churn_rate,
        ${quickRatio}
      FROM (
        SELECT currency, month, count(*) AS accounts, min(has_movements) AS have_movements, ${[...summed, "customers_at_start", "churned_customers"].map((column) => `sum(${column}) AS ${column}`).join(", ")}
        FROM every GROUP BY currency, month)`,
  },
);
