/** Which invoices count: not those that are deleted, disabled, or that ChartMogul holds invalid. */
export const invoiceCounts = `invoices.deleted_at IS NULL AND coalesce(invoices.disabled, 0) = 0
  AND coalesce(invoices.errors, '{}') = '{}'`;

/** What an invoice is over: its line items that are not disabled. */
export const invoiceAmount = `(SELECT coalesce(sum(amount_in_cents), 0) FROM invoice_line_items AS line
  WHERE line.account = invoices.account AND line.invoice_uuid = invoices.uuid AND coalesce(line.disabled, 0) = 0)`;

/** Transactions that count, of invoices that do. */
export const countedTransactions = `invoices JOIN invoice_transactions AS paid
  ON paid.account = invoices.account AND paid.invoice_uuid = invoices.uuid AND coalesce(paid.disabled, 0) = 0
  AND ${invoiceCounts}`;

/** What a transaction is over; where it says nothing it is all of the invoice. */
export const transactionAmount = `abs(coalesce(paid.amount_in_cents, ${invoiceAmount}))`;
