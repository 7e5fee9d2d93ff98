import { accountDay, double, integer, money, required } from "../schema/columns.ts";
import {
  type CustomerSums,
  defineByAccount,
  defineOverAllAccounts,
  selectByAccount,
} from "./summary-table.ts";

/** The movements of each cohort in each month with movements. What is stored lacks the current month, which is not needed. */
const cohortSums: CustomerSums = {
  key: ["cohort_month", "month"],
  sums: ["mrr_in_cents", "customers", "signups", "signup_mrr_in_cents"],
  select: `
    SELECT account, cohort_month, month, sum(net_in_cents) AS mrr_in_cents,
      sum(is_paying - was_paying) AS customers,
      sum(month = cohort_month) AS signups,
      sum(CASE month WHEN cohort_month THEN coalesce(new_business_in_cents, 0) ELSE 0 END) AS signup_mrr_in_cents
    FROM mrr_movements_by_customer JOIN (
      SELECT account, customer_uuid, min(month) AS cohort_month FROM mrr_movements_by_customer GROUP BY account, customer_uuid)
      USING (account, customer_uuid)
    GROUP BY account, cohort_month, month`,
  stored: `
    SELECT account, cohort_month, date(cohort_month, '+' || months_since || ' months') AS month,
      retained_mrr_in_cents - lag(retained_mrr_in_cents, 1, 0) OVER so_far AS mrr_in_cents,
      retained_customers - lag(retained_customers, 1, 0) OVER so_far AS customers,
      CASE months_since WHEN 0 THEN customers ELSE 0 END AS signups,
      CASE months_since WHEN 0 THEN signup_mrr_in_cents ELSE 0 END AS signup_mrr_in_cents
    FROM main.retention_by_cohort WINDOW so_far AS (PARTITION BY account, cohort_month ORDER BY months_since)`,
  complete: (sums) => `
    WITH moved AS (${sums}),
    cohorts AS (
      SELECT account, cohort_month, sum(signups) AS customers, sum(signup_mrr_in_cents) AS signup_mrr_in_cents
      FROM moved GROUP BY account, cohort_month HAVING sum(signups) <> 0)
    SELECT account, today.currency, cohort_month, row_number() OVER so_far - 1 AS months_since,
      cohorts.customers, sum(coalesce(moved.customers, 0)) OVER so_far AS retained_customers,
      cohorts.signup_mrr_in_cents, sum(coalesce(moved.mrr_in_cents, 0)) OVER so_far AS retained_mrr_in_cents
    FROM cohorts JOIN today USING (account)
    JOIN months ON months.month >= cohort_month AND months.month < (SELECT min(this_month) FROM today)
    LEFT JOIN moved USING (account, cohort_month, month)
    WINDOW so_far AS (PARTITION BY account, cohort_month ORDER BY month)`,
};

const retention = {
  description:
    "How many customers of each cohort still pay, and how much of their MRR remains, at the end of each month since.",
  key: {
    cohort_month: required(accountDay("First day of the month of the customers' first movement.")),
    months_since: required(integer("Months since the cohort's first month; 0 is the end of that month.")),
  },
  sums: {
    customers: integer("All customers of the cohort."),
    retained_customers: integer("Customers of the cohort who pay at the end of the month."),
    ...money("signup_mrr", "New business of the cohort in its first month"),
    ...money(
      "retained_mrr",
      "MRR of the cohort at the end of the month, including expansion and contraction",
    ),
  },
  derived: {
    customer_retention_percent: {
      column: double("Customers retained, in percent of the cohort.", "percent"),
      sql: () => "round(100.0 * retained_customers / nullif(customers, 0), 2)",
    },
    mrr_retention_percent: {
      column: double(
        "MRR retained, in percent of `signup_mrr`; above 100 if expansion exceeds the losses.",
        "percent",
      ),
      sql: () => "round(100.0 * retained_mrr_in_cents / nullif(signup_mrr_in_cents, 0), 2)",
    },
  },
  currency: "account" as const,
  select: cohortSums.complete(cohortSums.select),
};

export const retentionSums: CustomerSums = {
  ...cohortSums,
  complete: (sums) => selectByAccount(retention, cohortSums.complete(sums)),
};
export const retentionByCohort = defineByAccount("retention_by_cohort", retention);
export const retentionByCohortAllAccounts = defineOverAllAccounts("retention_by_cohort", retention);
