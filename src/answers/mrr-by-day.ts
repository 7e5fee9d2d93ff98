import { accountDay, integer, money, required } from "../warehouse/columns.ts";
import { overAllAccounts, perAccount } from "./answer.ts";

const mrr = {
  description:
    "MRR of each day as ChartMogul says it now, and as it said it first: where the two differ, history was rewritten.",
  key: { date: required(accountDay("Calendar day of the account.")) },
  sums: {
    ...money("mrr", "MRR at the end of the day"),
    ...money("first_mrr", "MRR of that day as it was first stored"),
    restatements: integer("How often the day's MRR was changed afterwards."),
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
};

export const mrrByDay = perAccount("mrr_by_day", mrr);
export const mrrByDayAllAccounts = overAllAccounts("mrr_by_day", mrr);
