import { datetime, double, money, required, text } from "../schema/columns.ts";
import { accountTable } from "../schema/table.ts";
import { customerColumns, referencesCustomer } from "./customer-columns.ts";
import { invoiceIsValid } from "./invoice-amounts.ts";

export const activeSubscriptions = accountTable(
  "active_subscriptions",
  {
    ...customerColumns,
    subscription_uuid: required(text("ChartMogul's identifier of the subscription.")),
    external_id: text("Identifier in the billing system."),
    company: text("Company name of the customer."),
    country: text("Country of the customer, as a two-letter code."),
    plan: text("Name of the plan."),
    billing_interval: text("Length of a billing period: `month`, `year`, `3 months` and so on."),
    billing_currency: text(
      "Currency of the last invoice that bills the subscription, or of the customer's last invoice (ISO 4217); NULL if there is none.",
    ),
    quantity: double("Number of units of the plan."),
    ...money("mrr", "Monthly recurring revenue"),
    ...money("arr", "ARR (12 times MRR)"),
    currency: text("Account's currency (ISO 4217); NULL if unknown."),
    start_date: datetime("When the subscription began (UTC)."),
    paid_until: datetime("End of the paid period (UTC)."),
  },
  {
    description: "Active subscriptions. Their MRR adds up to the MRR of the account.",
    key: ["customer_uuid", "subscription_uuid"],
    references: referencesCustomer,
    select: `
      WITH last AS MATERIALIZED (
        SELECT account, customer_uuid, currency, max(date), count(DISTINCT currency) > 1 AS several
        FROM invoices AS invoice WHERE ${invoiceIsValid} AND currency IS NOT NULL GROUP BY account, customer_uuid)
      SELECT own.account, own.customer_uuid, customers.name AS customer_name, own.uuid AS subscription_uuid,
        own.external_id, company, country, plan,
        CASE billing_cycle_count WHEN 1 THEN billing_cycle ELSE billing_cycle_count || ' ' || billing_cycle || 's' END
          AS billing_interval,
        CASE WHEN several THEN coalesce(
          (SELECT invoice.currency FROM invoices AS invoice
           WHERE invoice.account = own.account AND invoice.customer_uuid = own.customer_uuid AND ${invoiceIsValid}
             AND EXISTS (SELECT 1 FROM invoice_line_items AS line WHERE line.account = own.account
               AND line.invoice_uuid = invoice.uuid AND line.subscription_external_id = own.external_id)
           ORDER BY invoice.date DESC LIMIT 1), last.currency) ELSE last.currency END AS billing_currency,
        quantity, own.mrr_in_cents, own.arr_in_cents, today.currency, start_date, end_date AS paid_until
      FROM subscriptions AS own JOIN today USING (account)
      LEFT JOIN customers ON customers.account = own.account AND customers.uuid = own.customer_uuid
      LEFT JOIN last ON last.account = own.account AND last.customer_uuid = own.customer_uuid
      WHERE own.status = 'active' AND own.deleted_at IS NULL AND customers.deleted_at IS NULL`,
  },
);
