import { accountDay, integer, money, required } from "../schema/columns.ts";
import { transactionAmount, validTransactions } from "./invoice-amounts.ts";
import { selectMonth } from "./select-month.ts";
import { defineByAccount, defineOverAllAccounts, unknown } from "./summary-table.ts";

const cash = {
  description: "Money collected and refunded in each month, by currency of the invoices.",
  key: { month: required(accountDay("First day of the month in which the money moved.")) },
  sums: {
    payments: integer("Number of successful payments."),
    ...money("collected", "Money collected by successful payments"),
    refunds: integer("Number of successful refunds."),
    ...money("refunded", "Money returned by successful refunds"),
    ...money("net", "Collected minus refunded"),
  },
  currency: "row" as const,
  select: `
    SELECT account, currency, month,
      sum(CASE type WHEN 'payment' THEN times ELSE 0 END) AS payments,
      sum(CASE type WHEN 'payment' THEN amount ELSE 0 END) AS collected_in_cents,
      sum(CASE type WHEN 'refund' THEN times ELSE 0 END) AS refunds,
      sum(CASE type WHEN 'refund' THEN amount ELSE 0 END) AS refunded_in_cents,
      sum(CASE type WHEN 'refund' THEN -amount ELSE amount END) AS net_in_cents
    FROM cash GROUP BY account, currency, month`,
};

/**
 * Adds up all transactions as they are read. GROUP BY would sort them first: 2.2 s of 3.5 s for a million, instead of 0.9 s.
 */
export const successfulPayments = `
CREATE TEMP TABLE cash (account TEXT, currency TEXT, month TEXT, type TEXT, times INTEGER, amount INTEGER,
  PRIMARY KEY (month, currency, type, account)) WITHOUT ROWID;
INSERT INTO cash
SELECT paid.account, coalesce(invoice.currency, '${unknown}'), ${selectMonth("paid.date")}, paid.type, 1, ${transactionAmount}
FROM ${validTransactions} JOIN today ON today.account = paid.account
WHERE paid.result = 'successful' AND paid.type IN ('payment', 'refund') AND paid.date <= read_until
ON CONFLICT DO UPDATE SET times = times + 1, amount = amount + excluded.amount`;

export const cashByMonth = defineByAccount("cash_by_month", cash);
export const cashByMonthAllAccounts = defineOverAllAccounts("cash_by_month", cash);
