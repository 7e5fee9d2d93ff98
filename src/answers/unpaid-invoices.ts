import { boolean, datetime, integer, money, required, text } from "../warehouse/columns.ts";
import { accountTable } from "../warehouse/table.ts";
import { invoiceAmount, invoiceCounts } from "./counted.ts";
import { references, whomIfKnown } from "./customer-columns.ts";

export const unpaidInvoices = accountTable(
  "unpaid_invoices",
  {
    invoice_uuid: required(text("ChartMogul's identifier of the invoice (`inv_…`).")),
    external_id: text("Identifier in the billing system."),
    ...whomIfKnown,
    date: datetime("When it was issued (UTC)."),
    due_date: datetime("When it is due (UTC)."),
    status: text("`open`, or NULL where ChartMogul says nothing and less than its amount was paid."),
    ...money("amount", "What it is over"),
    ...money("paid", "What was paid of it"),
    ...money("outstanding", "What remains to be paid"),
    currency: text("Currency of the invoice (ISO 4217)."),
    is_overdue: boolean("Whether it was due before the day of the last sync."),
    days_overdue: integer(
      "Days since the one on which it was due, by the account's calendar; NULL where it is not overdue.",
      "days",
    ),
    overdue_for: text(
      "`not overdue`, `under 30 days`, `30 to 59 days`, `60 to 89 days` or `90 days or more`.",
    ),
    age_days: integer("Days since the one on which it was issued.", "days"),
  },
  {
    description:
      "Invoices that are open or overdue at the last sync, without those that are disabled or invalid.",
    key: ["invoice_uuid"],
    references,
    select: `
      SELECT *,
        CASE WHEN days_overdue IS NULL THEN 'not overdue' WHEN days_overdue < 30 THEN 'under 30 days'
          WHEN days_overdue < 60 THEN '30 to 59 days' WHEN days_overdue < 90 THEN '60 to 89 days'
          ELSE '90 days or more' END AS overdue_for
      FROM (
        SELECT own.account, own.uuid AS invoice_uuid, own.external_id, own.customer_uuid, customers.name AS customer_name,
          date, due_date, own.status, amount_in_cents, paid_in_cents,
          amount_in_cents - paid_in_cents AS outstanding_in_cents, own.currency,
          coalesce(due_day < day, 0) AS is_overdue,
          CASE WHEN due_day < day THEN CAST(julianday(day) - julianday(due_day) AS INTEGER) END AS days_overdue,
          CAST(julianday(day) - julianday(account_day(date, time_zone)) AS INTEGER) AS age_days
        FROM (
          SELECT billed.*, day, time_zone, account_day(due_date, time_zone) AS due_day, (SELECT coalesce(sum(abs(coalesce(paid.amount_in_cents, billed.amount_in_cents))), 0)
            FROM invoice_transactions AS paid WHERE paid.account = billed.account AND paid.invoice_uuid = billed.uuid
            AND paid.type = 'payment' AND paid.result = 'successful' AND coalesce(paid.disabled, 0) = 0) AS paid_in_cents
          FROM (SELECT account, uuid, external_id, customer_uuid, date, due_date, status, currency,
                  ${invoiceAmount} AS amount_in_cents
                FROM invoices WHERE (status = 'open' OR status IS NULL) AND ${invoiceCounts}) AS billed JOIN today USING (account)
        ) AS own
        LEFT JOIN customers ON customers.account = own.account AND customers.uuid = own.customer_uuid
        WHERE own.status = 'open' OR paid_in_cents < amount_in_cents)`,
  },
);
