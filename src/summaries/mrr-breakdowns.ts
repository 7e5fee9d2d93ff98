import { double, integer, money, required, text } from "../schema/columns.ts";
import { defineByAccount, defineOverAllAccounts, sumCustomers, unknown } from "./summary-table.ts";

/** MRR of the active subscriptions by one of their columns. */
const breakdown = (by: string, column: string, meaning: string) => ({
  description: `MRR of the active subscriptions by ${by}.`,
  key: { [column]: required(text(meaning)) },
  sums: {
    subscriptions: integer("Active subscriptions, including free ones."),
    customers: integer(
      "Customers who pay for these subscriptions. A customer may count in several rows: do not add up.",
    ),
    ...money("mrr", "Monthly recurring revenue"),
    ...money("arr", "ARR (12 times MRR)"),
  },
  derived: {
    share_percent: {
      column: double(
        "Part of all MRR of the account, or over all accounts of the currency, in percent.",
        "percent",
      ),
      sql: (within: string) =>
        `round(100.0 * mrr_in_cents / nullif(sum(mrr_in_cents) OVER (PARTITION BY ${within}), 0), 2)`,
    },
  },
  currency: "account" as const,
  select: `
    SELECT account, currency, coalesce(${column}, '${unknown}') AS ${column}, count(*) AS subscriptions,
      count(DISTINCT CASE WHEN mrr_in_cents > 0 THEN customer_uuid END) AS customers,
      sum(coalesce(mrr_in_cents, 0)) AS mrr_in_cents, sum(coalesce(arr_in_cents, 0)) AS arr_in_cents
    FROM active_subscriptions GROUP BY 1, 3`,
});

const plan = breakdown("plan", "plan", "Name of the plan; `unknown` if ChartMogul gives none.");
export const mrrByPlan = defineByAccount("mrr_by_plan", plan);
export const mrrByPlanSums = sumCustomers("mrr_by_plan", plan, "subscriptions");
export const mrrByPlanAllAccounts = defineOverAllAccounts("mrr_by_plan", plan);

const country = breakdown(
  "country of the customer",
  "country",
  "Country as a two-letter code; `unknown` if ChartMogul knows none.",
);
export const mrrByCountry = defineByAccount("mrr_by_country", country);
export const mrrByCountrySums = sumCustomers("mrr_by_country", country, "subscriptions");
export const mrrByCountryAllAccounts = defineOverAllAccounts("mrr_by_country", country);

const billingCurrency = breakdown(
  "currency in which they are billed",
  "billing_currency",
  "Currency of the invoices (ISO 4217); `unknown` if there are none. The amounts are in `currency`.",
);
export const mrrByCurrency = defineByAccount("mrr_by_currency", billingCurrency);
export const mrrByCurrencySums = sumCustomers("mrr_by_currency", billingCurrency, "subscriptions");
export const mrrByCurrencyAllAccounts = defineOverAllAccounts("mrr_by_currency", billingCurrency);

const interval = breakdown(
  "billing interval",
  "billing_interval",
  "Length of a billing period: `month`, `year`, `3 months` and so on; `unknown` if ChartMogul does not say.",
);
export const mrrByBillingInterval = defineByAccount("mrr_by_billing_interval", interval);
export const mrrByBillingIntervalSums = sumCustomers("mrr_by_billing_interval", interval, "subscriptions");
export const mrrByBillingIntervalAllAccounts = defineOverAllAccounts("mrr_by_billing_interval", interval);
