import { accountDay, datetime, double, integer, required, text } from "../schema/columns.ts";
import { accountTable } from "../schema/table.ts";
import { customerColumns, referencesCustomer } from "./customer-columns.ts";
import { selectMonth } from "./select-month.ts";
import { defineByAccount, defineOverAllAccounts, sumCustomers } from "./summary-table.ts";

export const trials = accountTable(
  "trials",
  {
    ...customerColumns,
    company: text("Company name of the customer."),
    country: text("Country of the customer, as a two-letter code."),
    trial_started_at: datetime("When the free trial began (UTC)."),
    trial_month: accountDay("First day of the month in which the trial began."),
    outcome: text(
      "`converted` if the customer first paid when the trial began or later, `not converted` if it has not paid, otherwise `paid before`.",
    ),
    converted_at: datetime("When the customer first paid (UTC); NULL unless converted."),
    days_to_convert: integer(
      "Full days from the start of the trial to the first payment; NULL unless converted.",
      "days",
    ),
  },
  {
    description: "Free trials of customers, and whether they converted.",
    key: ["customer_uuid"],
    references: referencesCustomer,
    select: `
      SELECT *, CASE outcome WHEN 'converted' THEN customer_since END AS converted_at,
        CASE outcome WHEN 'converted' THEN CAST(julianday(customer_since) - julianday(trial_started_at) AS INTEGER) END
          AS days_to_convert
      FROM (
        SELECT account, uuid AS customer_uuid, name AS customer_name, company, country, customer_since,
          free_trial_started_at AS trial_started_at,
          ${selectMonth("free_trial_started_at")} AS trial_month,
          CASE WHEN coalesce(customer_since, '9999') > read_until THEN 'not converted' WHEN customer_since < free_trial_started_at THEN 'paid before'
            ELSE 'converted' END AS outcome
        FROM customers JOIN today USING (account)
        WHERE free_trial_started_at <= read_until AND deleted_at IS NULL)`,
  },
);

const conversion = {
  description: "Free trials by the month in which they began, and how many have converted since.",
  key: { trial_month: required(accountDay("First day of the month in which the trials began.")) },
  sums: {
    trials: integer("Trials of customers who had not paid before."),
    converted: integer("Trials of customers who have paid since."),
    days_to_convert: integer("Days from trial to first payment, added up over the converted trials.", "days"),
  },
  derived: {
    conversion_percent: {
      column: double("Trials converted, in percent.", "percent"),
      sql: () => "round(100.0 * converted / trials, 2)",
    },
    average_days_to_convert: {
      column: double("Average number of days to convert.", "days"),
      sql: () => "round(1.0 * days_to_convert / nullif(converted, 0), 1)",
    },
  },
  currency: "none" as const,
  select: `
    SELECT account, trial_month, count(*) AS trials, sum(outcome = 'converted') AS converted,
      coalesce(sum(days_to_convert), 0) AS days_to_convert
    FROM trials WHERE outcome <> 'paid before' GROUP BY account, trial_month`,
};

export const trialConversionByMonth = defineByAccount("trial_conversion_by_month", conversion);
export const trialConversionSums = sumCustomers("trial_conversion_by_month", conversion, "trials");
export const trialConversionByMonthAllAccounts = defineOverAllAccounts(
  "trial_conversion_by_month",
  conversion,
);
