import { boolean, datetime, integer, money, required, text } from "../schema/columns.ts";
import { accountTable } from "../schema/table.ts";
import { optionalCustomerColumns, referencesCustomer } from "./customer-columns.ts";
import { invoiceAmount, invoiceIsValid } from "./invoice-amounts.ts";

// MATERIALIZED adds the amounts up once, and not wherever they are named.
const unpaid = `
  WITH billed AS MATERIALIZED (
    SELECT account, uuid, external_id, customer_uuid, date, due_date, status, currency, ${invoiceAmount} AS amount_in_cents
    FROM invoices AS invoice WHERE (status = 'open' OR status IS NULL) AND ${invoiceIsValid}),
  reconciled AS MATERIALIZED (
    SELECT billed.*, (SELECT coalesce(sum(coalesce(paid.amount_in_cents, billed.amount_in_cents)), 0)
      FROM invoice_transactions AS paid WHERE paid.account = billed.account AND paid.invoice_uuid = billed.uuid
        AND paid.type = 'payment' AND paid.result = 'successful' AND coalesce(paid.disabled, 0) = 0 AND paid.date <= read_until) AS paid_in_cents
    FROM billed JOIN today USING (account))
  SELECT account, uuid AS invoice_uuid, external_id, customer_uuid, date, due_date, status, currency, amount_in_cents, paid_in_cents
  FROM reconciled WHERE paid_in_cents < amount_in_cents`;

/** SQL that completes unpaid invoices by the name of their customer, and by what changes from day to day. */
const addAges = (invoices: string) => `
  WITH dated AS MATERIALIZED (
    SELECT unpaid.*, day, account_day(due_date, time_zone) AS due_day, account_day(date, time_zone) AS issued_day
    FROM (${invoices}) AS unpaid JOIN today USING (account)),
  aged AS (
    SELECT *, CASE WHEN due_day < day THEN CAST(julianday(day) - julianday(due_day) AS INTEGER) END AS days_overdue FROM dated)
  SELECT aged.account, invoice_uuid, aged.external_id, aged.customer_uuid, customers.name AS customer_name,
    date, due_date, aged.status, amount_in_cents, paid_in_cents, amount_in_cents - paid_in_cents AS outstanding_in_cents,
    aged.currency, days_overdue IS NOT NULL AS is_overdue, days_overdue,
    CASE WHEN days_overdue IS NULL THEN 'not overdue' WHEN days_overdue < 30 THEN 'under 30 days'
      WHEN days_overdue < 60 THEN '30 to 59 days' WHEN days_overdue < 90 THEN '60 to 89 days'
      ELSE '90 days or more' END AS overdue_for,
    CAST(julianday(day) - julianday(issued_day) AS INTEGER) AS age_days
  FROM aged LEFT JOIN customers ON customers.account = aged.account AND customers.uuid = aged.customer_uuid`;

/** The same rows. Only those of stale invoices are read from the invoices; the others are stored already. */
export const unpaidWithStale = addAges(`
  SELECT * FROM (${unpaid}) UNION ALL
  SELECT account, invoice_uuid, external_id, customer_uuid, date, due_date, status, currency, amount_in_cents, paid_in_cents
  FROM main.unpaid_invoices AS stored
  WHERE NOT EXISTS (SELECT 1 FROM stale_invoices AS stale WHERE stale.account = stored.account AND stale.uuid = stored.invoice_uuid)`);

export const unpaidInvoices = accountTable(
  "unpaid_invoices",
  {
    invoice_uuid: required(text("ChartMogul's identifier of the invoice (`inv_…`).")),
    external_id: text("Identifier in the billing system."),
    ...optionalCustomerColumns,
    date: datetime("When the invoice was issued (UTC)."),
    due_date: datetime("When the invoice is due (UTC)."),
    status: text("`open`; NULL if ChartMogul does not say."),
    ...money("amount", "Amount of the invoice"),
    ...money("paid", "Amount paid, without subtracting refunds"),
    ...money("outstanding", "Amount that remains to be paid"),
    currency: text("Currency of the invoice (ISO 4217)."),
    is_overdue: boolean(
      "Whether the invoice was due before the day of the last sync, in the account's calendar.",
    ),
    days_overdue: integer(
      "Days since the due day, in the account's calendar; NULL if the invoice is not overdue.",
      "days",
    ),
    overdue_for: text(
      "`not overdue`, `under 30 days`, `30 to 59 days`, `60 to 89 days` or `90 days or more`.",
    ),
    age_days: integer(
      "Days since the invoice was issued, in the account's calendar; negative for a future date.",
      "days",
    ),
  },
  {
    description:
      "Invoices that were not fully paid at the last sync: their status is `open` or unknown. Disabled and invalid invoices are not included.",
    key: ["invoice_uuid"],
    references: referencesCustomer,
    select: addAges(unpaid),
  },
);
