import { newestFirst, one } from "../api/paging.ts";
import {
  boolean,
  centsOf,
  datetime,
  id,
  integer,
  json,
  needed,
  number,
  optional,
  parentKey,
  position,
  text,
} from "../schema/fields.ts";
import { recordTable } from "../schema/table.ts";
import { ownedByUuid } from "../store/owned-by-customer.ts";
import { customersTable } from "./customers.ts";
import { plansTable } from "./plans.ts";
import { defineResource } from "./resource.ts";

const centsOfInvoice = (description: string) => centsOf("`invoices.currency`", description);
const transactionFees = centsOf(
  "`transaction_fees_currency`",
  "Fees of the payment provider, in hundredths.",
);

const disabling = {
  disabled: optional(boolean("Whether it was disabled in ChartMogul and no longer counts.")),
  disabled_at: optional(datetime("When it was disabled (UTC).")),
  disabled_by: optional(text("E-mail address of the user who disabled it.")),
  user_created: optional(boolean("Whether a user made it in ChartMogul instead of a billing system.")),
};

export const invoicesTable = recordTable(
  "invoices",
  {
    uuid: id("ChartMogul's identifier of the invoice (`inv_…`)."),
    external_id: text("Identifier in the billing system."),
    date: needed(datetime("When the invoice was issued (UTC).")),
    due_date: datetime("When it is due (UTC)."),
    currency: needed(text("Currency of the invoice and of its line items and transactions (ISO 4217).")),
    customer_uuid: optional(text("Customer who is billed.")),
    customer_external_id: optional(text("The customer's identifier in the billing system.")),
    data_source_uuid: optional(text("Data source of the invoice (`ds_…`), where ChartMogul says it.")),
    collection_method: optional(text("`manual` or `automatic`.")),
    status: optional(text("`open`, `paid`, `refunded`, `voided` or `written_off`.")),
    errors: json("Why ChartMogul holds the invoice invalid, as a JSON object; `{}` for a valid one."),
    ...disabling,
  },
  {
    description: "Invoices, also disabled and invalid ones.",
    key: ["uuid"],
    references: [{ table: customersTable, columns: ["customer_uuid"] }],
    // They hold all that is asked of each invoice where the summary tables are worked out (src/summaries/invoice-amounts.ts).
    indexes: [
      ["customer_uuid", "date", "currency", "deleted_at", "disabled", "errors"],
      ["uuid", "currency", "deleted_at", "disabled", "errors"],
    ],
  },
);

const ofInvoice = { table: invoicesTable, columns: ["invoice_uuid"] };

export const invoiceLineItems = recordTable(
  "invoice_line_items",
  {
    invoice_uuid: parentKey("Invoice that the line item stands on."),
    position: position("Place on the invoice, from 0."),
    uuid: text("ChartMogul's identifier of the line item (`li_…`)."),
    external_id: text("Identifier in the billing system."),
    type: text("`subscription`, `one_time` or `trial`."),
    subscription_uuid: optional(
      text("Subscription billed (`sub_…`); another identifier than `subscriptions.uuid`."),
    ),
    subscription_external_id: optional(text("The subscription's identifier in the billing system.")),
    subscription_set_external_id: optional(
      text("Identifier of the set of subscriptions in the billing system."),
    ),
    plan_uuid: optional(text("Plan billed.")),
    plan_external_id: optional(text("The plan's identifier in the billing system.")),
    prorated: optional(boolean("Whether the amount covers only part of a period.")),
    proration_type: optional(text("How it was prorated, such as `full` or `differential`.")),
    service_period_start: optional(datetime("Begin of the period that is paid for (UTC).")),
    service_period_end: optional(datetime("End of the period that is paid for (UTC).")),
    description: optional(text("What a one-time item is for.")),
    amount_in_cents: centsOfInvoice(
      "Amount after discount, in hundredths of the invoice's currency; may be negative.",
    ),
    quantity: number("How many units; hours and the like may have decimals."),
    discount_code: optional(text("Code of the discount.")),
    discount_amount_in_cents: optional(centsOfInvoice("Discount, in hundredths of the invoice's currency.")),
    discount_description: optional(text("Name of the discount.")),
    tax_amount_in_cents: optional(centsOfInvoice("Tax, in hundredths of the invoice's currency.")),
    transaction_fees_in_cents: optional(transactionFees),
    transaction_fees_currency: optional(needed(text("Currency of these fees."))),
    account_code: optional(text("Account in the bookkeeping.")),
    event_order: optional(integer("Order among changes at the same instant.")),
    balance_transfer: optional(boolean("Whether it only moves a balance.")),
    ...disabling,
  },
  {
    description: "Line items of invoices.",
    key: ["invoice_uuid", "position"],
    clustered: true,
    references: [ofInvoice, { table: plansTable, columns: ["plan_uuid"] }],
    indexes: [["plan_uuid"]],
  },
);

export const invoiceTransactions = recordTable(
  "invoice_transactions",
  {
    invoice_uuid: parentKey("Invoice that was paid or refunded."),
    position: position("Place in the invoice's list of transactions, from 0."),
    uuid: text("ChartMogul's identifier of the transaction (`tr_…`)."),
    external_id: text("Identifier in the billing system."),
    type: text("`payment` or `refund`."),
    date: needed(datetime("When it happened (UTC).")),
    result: text("`successful` or `failed`."),
    amount_in_cents: optional(
      centsOfInvoice(
        "Amount in hundredths of the invoice's currency; NULL means the whole amount of the invoice.",
      ),
    ),
    transaction_fees_in_cents: optional(transactionFees),
    transaction_fees_currency: optional(needed(text("Currency of these fees."))),
    ...disabling,
  },
  {
    description: "Payments and refunds of invoices.",
    key: ["invoice_uuid", "position"],
    clustered: true,
    references: [ofInvoice],
  },
);

/** Parameters without which disabled and invalid invoices are hidden, which looks as if they were deleted. */
export const everyInvoice = { with_disabled: true, validation_type: "all" };

/** https://dev.chartmogul.com/reference/invoices/list */
export const invoices = defineResource({
  name: "invoices",
  extract: newestFirst("invoices", "invoices", everyInvoice),
  detail: one((invoice) => `invoices/${invoice}`, everyInvoice),
  table: invoicesTable,
  ownedByCustomer: ownedByUuid,
  // Only there where they are asked for; a whole invoice says what is invalid in it.
  leftOut: [
    "edit_history_summary",
    ...["line_items", "transactions"].flatMap((each) => [`${each}.edit_history_summary`, `${each}.errors`]),
  ],
  children: [
    { table: invoiceLineItems, from: ["line_items"], needed: true },
    { table: invoiceTransactions, from: ["transactions"], needed: true },
  ],
});
