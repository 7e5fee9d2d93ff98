import type { Invoice } from "../api/records.ts";
import { everyInvoice, invoices } from "../resources/invoices.ts";
import { defineList } from "./list-function.ts";
import { customerUuid } from "./parameters.ts";
import { newestFirst, type Segment, selectEveryRecord } from "./stored-list.ts";

/** https://dev.chartmogul.com/reference/invoices/list */
export const listInvoices = defineList<Invoice>()({
  name: "list_invoices",
  description:
    "Lists invoices with their line items and transactions, newest first; also disabled ones (`disabled`) and invalid ones (`errors`), which do not count.",
  filters: {
    customer_uuid: customerUuid().optional().describe("Only invoices of this customer (cus_…)."),
  },
  resource: invoices,
  keys: ["entries", "invoices"],
  stored: ({ customer_uuid }) =>
    customer_uuid === undefined ? selectEveryRecord(invoices.name) : ofCustomer(customer_uuid),
  listing: ({ customer_uuid }) => ({
    path: "invoices",
    list: "invoices",
    query: { ...everyInvoice, ...(customer_uuid !== undefined && { customer_uuid }) },
    fits: (invoice) => customer_uuid === undefined || (invoice as Invoice).customer_uuid === customer_uuid,
  }),
});

const ofCustomer = (customer_uuid: string): readonly Segment[] => [
  {
    // CROSS JOIN: SQLite would rather go through the whole list, because that is in order already.
    from: `invoices CROSS JOIN raw_records AS record ON record.account = invoices.account
      AND record.resource = '${invoices.name}' AND record.key = invoices.uuid`,
    where: "invoices.account = @account AND customer_uuid = @customer_uuid AND deleted_at IS NULL",
    values: { customer_uuid },
    ...newestFirst,
  },
];
