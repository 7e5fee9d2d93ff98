import { invoicesTable } from "../resources/invoices.ts";
import { boolean, datetime, integer, money, required, text } from "../schema/columns.ts";
import { accountTable } from "../schema/table.ts";
import { optionalCustomerColumns, referencesCustomer } from "./customer-columns.ts";
import { transactionAmount, validTransactions } from "./invoice-amounts.ts";

export const failedPayments = accountTable(
  "failed_payments",
  {
    invoice_uuid: required(text("Invoice whose payment failed (`inv_…`).")),
    position: required(integer("Position in the invoice's list of transactions, from 0.")),
    invoice_external_id: text("Identifier of the invoice in the billing system."),
    ...optionalCustomerColumns,
    failed_at: datetime("When the payment failed (UTC)."),
    ...money("amount", "Amount of the failed payment"),
    currency: text("Currency of the invoice (ISO 4217)."),
    is_recovered: boolean("Whether a later payment of the same invoice succeeded."),
    recovered_at: datetime("When the first later payment succeeded (UTC); NULL if none has."),
  },
  {
    description: "Failed payments, and whether a later payment of the same invoice succeeded.",
    key: ["invoice_uuid", "position"],
    references: [...referencesCustomer, { table: invoicesTable, columns: ["invoice_uuid"] }],
    // MATERIALIZED adds the amounts up once, and not wherever they are named.
    select: `
      WITH failed AS MATERIALIZED (
        SELECT invoice.account, invoice.uuid AS invoice_uuid, paid.position, invoice.external_id AS invoice_external_id,
          invoice.customer_uuid, paid.date AS failed_at, ${transactionAmount} AS amount_in_cents, invoice.currency,
          (SELECT min(later.date) FROM invoice_transactions AS later
           WHERE later.account = paid.account AND later.invoice_uuid = paid.invoice_uuid AND later.type = 'payment'
             AND later.result = 'successful' AND coalesce(later.disabled, 0) = 0 AND later.date >= paid.date
             AND later.date <= read_until) AS recovered_at
        FROM ${validTransactions} JOIN today ON today.account = paid.account
        WHERE paid.result = 'failed' AND paid.type = 'payment')
      SELECT failed.*, customers.name AS customer_name, recovered_at IS NOT NULL AS is_recovered
      FROM failed LEFT JOIN customers ON customers.account = failed.account AND customers.uuid = failed.customer_uuid`,
  },
);
