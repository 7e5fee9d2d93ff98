import { accountDay, integer, money, required } from "../warehouse/columns.ts";
import { overAllAccounts, perAccount } from "./answer.ts";
import { countedTransactions, transactionAmount } from "./counted.ts";

const cash = {
  description: "Money collected and refunded in each month, by the currency of the invoices.",
  key: { month: required(accountDay("First day of the month of the payment.")) },
  sums: {
    payments: integer("Successful payments."),
    ...money("collected", "What they brought"),
    refunds: integer("Successful refunds."),
    ...money("refunded", "What was given back"),
    ...money("net", "Collected without refunded"),
  },
  currency: "row" as const,
  select: `
    SELECT account, currency, month, sum(type = 'payment') AS payments, sum(CASE type WHEN 'payment' THEN amount ELSE 0 END) AS collected_in_cents,
      sum(type = 'refund') AS refunds, sum(CASE type WHEN 'refund' THEN amount ELSE 0 END) AS refunded_in_cents,
      sum(CASE type WHEN 'refund' THEN -amount ELSE amount END) AS net_in_cents
    FROM (SELECT today.account, invoices.currency, substr(account_day(paid.date, time_zone), 1, 8) || '01' AS month, paid.type,
            ${transactionAmount} AS amount
          FROM ${countedTransactions} JOIN today ON today.account = invoices.account
          WHERE paid.result = 'successful' AND paid.type IN ('payment', 'refund') AND paid.date <= now)
    GROUP BY account, currency, month`,
};

export const cashByMonth = perAccount("cash_by_month", cash);
export const cashByMonthAllAccounts = overAllAccounts("cash_by_month_all_accounts", cash);
