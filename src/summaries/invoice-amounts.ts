/**
 * SQL for the invoices that count: not deleted, not disabled, and not invalid in ChartMogul. An index of `invoices` contains every column
 * named here, and so the table itself is not read.
 */
export const invoiceIsValid = `invoice.deleted_at IS NULL AND coalesce(invoice.disabled, 0) = 0
  AND coalesce(invoice.errors, '{}') = '{}'`;

/** SQL for the amount of an invoice: the sum of its line items that are not disabled. */
export const invoiceAmount = `(SELECT coalesce(sum(amount_in_cents), 0) FROM invoice_line_items AS line
  WHERE line.account = invoice.account AND line.invoice_uuid = invoice.uuid AND coalesce(line.disabled, 0) = 0)`;

/**
 * SQL for the transactions that count, of invoices that count. CROSS JOIN reads the transactions in the order in which they are stored and
 * looks up each invoice in an index. The other way round each transaction is sought in an index and then in the table: twice the time.
 */
export const validTransactions = `invoice_transactions AS paid CROSS JOIN invoices AS invoice
  ON invoice.account = paid.account AND invoice.uuid = paid.invoice_uuid AND coalesce(paid.disabled, 0) = 0
  AND ${invoiceIsValid}`;

const paidAmount = `coalesce(paid.amount_in_cents, ${invoiceAmount})`;

/** SQL for the amount of a transaction; without one it is the whole invoice. Refunds are positive, whichever sign ChartMogul sends. */
export const transactionAmount = `(CASE paid.type WHEN 'refund' THEN max(${paidAmount}, -${paidAmount})
  ELSE ${paidAmount} END)`;
