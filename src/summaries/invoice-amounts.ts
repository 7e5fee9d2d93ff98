/**
 * Which invoices count: not those that are deleted, disabled, or that ChartMogul holds invalid. An index of `invoices` has all that
 * is asked of them here, in the order in which their items and transactions lie, so that these are read through once: measured on
 * a million invoices, 1 s instead of the 4 s that it takes to seek each in the table, which is in the order of arrival.
 */
export const invoiceIsValid = `invoice.deleted_at IS NULL AND coalesce(invoice.disabled, 0) = 0
  AND coalesce(invoice.errors, '{}') = '{}'`;

/** What an invoice is over: its line items that are not disabled. */
export const invoiceAmount = `(SELECT coalesce(sum(amount_in_cents), 0) FROM invoice_line_items AS line
  WHERE line.account = invoice.account AND line.invoice_uuid = invoice.uuid AND coalesce(line.disabled, 0) = 0)`;

/** Transactions that count, of invoices that do. */
export const validTransactions = `invoices AS invoice CROSS JOIN invoice_transactions AS paid
  ON paid.account = invoice.account AND paid.invoice_uuid = invoice.uuid AND coalesce(paid.disabled, 0) = 0
  AND ${invoiceIsValid}`;

const paidAmount = `coalesce(paid.amount_in_cents, ${invoiceAmount})`;

/** What a transaction is over; where it says nothing it is all of the invoice. Refunds are positive, however they are written. */
export const transactionAmount = `(CASE paid.type WHEN 'refund' THEN max(${paidAmount}, -${paidAmount})
  ELSE ${paidAmount} END)`;
