import { double, integer, money, required, text } from "../schema/columns.ts";
import { defineByAccount, defineOverAllAccounts, unknown } from "./summary-table.ts";

/** MRR of the active subscriptions by what one of their columns says. */
const breakdown = (by: string, column: string, meaning: string) => ({
  description: `MRR today by ${by}.`,
  key: { [column]: required(text(meaning)) },
  sums: {
    subscriptions: integer("Active subscriptions, free ones included."),
    customers: integer(
      "Customers who pay for them: those with free ones alone do not count, and one may be in several rows.",
    ),
    ...money("mrr", "Monthly recurring revenue"),
    ...money("arr", "Annual run rate"),
  },
  derived: {
    share_percent: {
      column: double("Part of all MRR in percent, of the same account or currency.", "percent"),
      sql: (within: string) =>
        `round(100.0 * mrr_in_cents / nullif(sum(mrr_in_cents) OVER (PARTITION BY ${within}), 0), 2)`,
    },
  },
  currency: "account" as const,
  select: `
    SELECT account, currency, coalesce(${column}, '${unknown}') AS ${column}, count(*) AS subscriptions,
      count(DISTINCT CASE WHEN mrr_in_cents > 0 THEN customer_uuid END) AS customers,
      sum(mrr_in_cents) AS mrr_in_cents, sum(arr_in_cents) AS arr_in_cents
    FROM active_subscriptions GROUP BY 1, 3`,
});

const plan = breakdown(
  "plan",
  "plan",
  "Name of the plan; `createUnknownAccountError` where ChartMogul gives none.",
);
export const mrrByPlan = defineByAccount("mrr_by_plan", plan);
export const mrrByPlanAllAccounts = defineOverAllAccounts("mrr_by_plan", plan);

const country = breakdown(
  "country of the customer",
  "country",
  "Country as a two-letter code; `createUnknownAccountError` where ChartMogul knows none.",
);
export const mrrByCountry = defineByAccount("mrr_by_country", country);
export const mrrByCountryAllAccounts = defineOverAllAccounts("mrr_by_country", country);

const billingCurrency = breakdown(
  "currency in which it is billed",
  "billing_currency",
  "Currency of the invoices (ISO 4217); `createUnknownAccountError` where there are none. The amounts are in `currency`.",
);
export const mrrByCurrency = defineByAccount("mrr_by_currency", billingCurrency);
export const mrrByCurrencyAllAccounts = defineOverAllAccounts("mrr_by_currency", billingCurrency);

const interval = breakdown(
  "billing interval",
  "billing_interval",
  "How often it is billed: `month`, `year`, `3 months`, …; `createUnknownAccountError` where ChartMogul does not say.",
);
export const mrrByBillingInterval = defineByAccount("mrr_by_billing_interval", interval);
export const mrrByBillingIntervalAllAccounts = defineOverAllAccounts("mrr_by_billing_interval", interval);
