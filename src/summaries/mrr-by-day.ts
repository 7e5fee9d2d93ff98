import { accountDay, integer, money, required } from "../schema/columns.ts";
import { defineByAccount, defineOverAllAccounts } from "./summary-table.ts";

const mrr = {
  description:
    "MRR of each day: what ChartMogul says now, and what it said first. If the two differ, ChartMogul changed the past.",
  key: { date: required(accountDay("Day in the account's time zone.")) },
  sums: {
    ...money("mrr", "MRR at the end of the day"),
    ...money(
      "first_mrr",
      "First stored MRR of the finished day, or the MRR of the current day so far",
      "NULL if the day was added later",
    ),
    restatements: integer("How often ChartMogul changed the day's MRR after it was stored as over."),
    customers: integer("Paying customers at the end of the day."),
  },
  currency: "account" as const,
  select: `
    SELECT account, today.currency, daily_metrics.date, mrr_in_cents, coalesce(times, 0) AS restatements, customers,
      CASE WHEN times IS NULL THEN mrr_in_cents ELSE CAST(old_value AS INTEGER) END AS first_mrr_in_cents
    FROM daily_metrics JOIN today USING (account)
    LEFT JOIN (
      SELECT account, date, min(observed_at), old_value, count(*) AS times
      FROM daily_metric_restatements WHERE metric = 'mrr_in_cents' GROUP BY account, date) USING (account, date)
    WHERE deleted_at IS NULL`,
  // Accounts differ in time zone and last sync: until an account has a day that another has, its last day counts.
  added: `
    SELECT account, currency, date, mrr_in_cents, first_mrr_in_cents, restatements, customers FROM mrr_by_day
    UNION ALL
    SELECT last.account, last.currency, day.date, last.mrr_in_cents, last.mrr_in_cents, 0, last.customers
    FROM (SELECT account, currency, max(date) AS date, mrr_in_cents, customers FROM mrr_by_day GROUP BY account) AS last
    JOIN (SELECT DISTINCT currency, date FROM mrr_by_day) AS day ON day.currency IS last.currency AND day.date > last.date`,
};

export const mrrByDay = defineByAccount("mrr_by_day", mrr);
export const mrrByDayAllAccounts = defineOverAllAccounts("mrr_by_day", mrr);
