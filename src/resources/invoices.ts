import { newestFirst, one } from "../api/paging.ts";
import {
  boolean,
  cents,
  datetime,
  id,
  integer,
  json,
  number,
  parentKey,
  position,
  text,
} from "../schema/fields.ts";
import { recordTable } from "../schema/table.ts";
import { ownedByUuid } from "../store/owned-by-customer.ts";
import { customersTable } from "./customers.ts";
import { plansTable } from "./plans.ts";
import { defineResource } from "./resource.ts";

const inCurrencyOfInvoice = { currency: "`invoices.currency`" };

const transactionFees = {
  transaction_fees_in_cents: cents(
    "Fees of the payment provider, in hundredths of `transaction_fees_currency`.",
    {
      currency: "`transaction_fees_currency`",
      optional: true,
    },
  ),
  transaction_fees_currency: text("Currency of these fees (ISO 4217).", { optional: true, needed: true }),
};

const disabling = {
  disabled: boolean("Whether it was disabled in ChartMogul, and therefore does not count.", {
    optional: true,
  }),
  disabled_at: datetime("When it was disabled (UTC); NULL if it was not.", { optional: true }),
  disabled_by: text("E-mail address of the user who disabled it.", { optional: true }),
  user_created: boolean("Whether a user created it in ChartMogul instead of a billing system.", {
    optional: true,
  }),
};

export const invoicesTable = recordTable(
  "invoices",
  {
    uuid: id("ChartMogul's identifier of the invoice (`inv_…`)."),
    external_id: text("Identifier in the billing system."),
    date: datetime("When the invoice was issued (UTC).", { needed: true }),
    due_date: datetime("When the invoice is due (UTC)."),
    currency: text("Currency of the invoice, its line items and its transactions (ISO 4217).", {
      needed: true,
    }),
    customer_uuid: text("Customer who is billed.", { optional: true }),
    customer_external_id: text("Identifier of the customer in the billing system.", { optional: true }),
    data_source_uuid: text("Data source of the invoice (`ds_…`); NULL if ChartMogul does not say.", {
      optional: true,
    }),
    collection_method: text("`manual` or `automatic`.", { optional: true }),
    status: text("`open`, `paid`, `refunded`, `voided` or `written_off`; NULL if ChartMogul does not say.", {
      optional: true,
    }),
    errors: json("Why ChartMogul considers the invoice invalid, as a JSON object; `{}` for a valid one."),
    ...disabling,
  },
  {
    description: "Invoices, including disabled and invalid ones.",
    key: ["uuid"],
    references: [{ table: customersTable, columns: ["customer_uuid"] }],
    // They contain every column of an invoice that the summary tables need (src/summaries/invoice-amounts.ts).
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
    invoice_uuid: parentKey("Invoice that has the line item."),
    position: position("Position on the invoice, from 0."),
    uuid: text("ChartMogul's identifier of the line item (`li_…`)."),
    external_id: text("Identifier in the billing system."),
    type: text("`subscription`, `one_time` or `trial`."),
    subscription_uuid: text(
      "Subscription that is billed (`sub_…`). This identifier differs from `subscriptions.uuid`.",
      { optional: true },
    ),
    subscription_external_id: text("Identifier of the subscription in the billing system.", {
      optional: true,
    }),
    subscription_set_external_id: text("Identifier of the set of subscriptions in the billing system.", {
      optional: true,
    }),
    plan_uuid: text("Plan that is billed.", { optional: true }),
    plan_external_id: text("Identifier of the plan in the billing system.", { optional: true }),
    prorated: boolean("Whether the amount covers only part of a period.", { optional: true }),
    proration_type: text("How the amount was prorated, such as `full` or `differential`.", {
      optional: true,
    }),
    service_period_start: datetime("Start of the period that is paid for (UTC).", { optional: true }),
    service_period_end: datetime("End of the period that is paid for (UTC).", { optional: true }),
    description: text("What a one-time item is for.", { optional: true }),
    amount_in_cents: cents(
      "Amount after discount, in hundredths of the invoice's currency; may be negative.",
      inCurrencyOfInvoice,
    ),
    quantity: number("Number of units; may have decimals, such as hours."),
    discount_code: text("Code of the discount.", { optional: true }),
    discount_amount_in_cents: cents("Discount, in hundredths of the invoice's currency.", {
      ...inCurrencyOfInvoice,
      optional: true,
    }),
    discount_description: text("Name of the discount.", { optional: true }),
    tax_amount_in_cents: cents("Tax, in hundredths of the invoice's currency.", {
      ...inCurrencyOfInvoice,
      optional: true,
    }),
    ...transactionFees,
    account_code: text("Bookkeeping account of the line item.", { optional: true }),
    event_order: integer("Order among changes at the same instant.", { optional: true }),
    balance_transfer: boolean("Whether the line item only moves a balance.", { optional: true }),
    ...disabling,
  },
  {
    description: "Line items of invoices.",
    key: ["invoice_uuid", "position"],
    references: [ofInvoice, { table: plansTable, columns: ["plan_uuid"] }],
    indexes: [["plan_uuid"]],
  },
);

export const invoiceTransactions = recordTable(
  "invoice_transactions",
  {
    invoice_uuid: parentKey("Invoice that was paid or refunded."),
    position: position("Position in the invoice's list of transactions, from 0."),
    uuid: text("ChartMogul's identifier of the transaction (`tr_…`)."),
    external_id: text("Identifier in the billing system."),
    type: text("`payment` or `refund`."),
    date: datetime("When the transaction took place (UTC).", { needed: true }),
    result: text("`successful` or `failed`."),
    amount_in_cents: cents(
      "Amount in hundredths of the invoice's currency; NULL means the whole amount of the invoice.",
      { ...inCurrencyOfInvoice, optional: true },
    ),
    ...transactionFees,
    ...disabling,
  },
  {
    description: "Payments and refunds of invoices.",
    key: ["invoice_uuid", "position"],
    references: [ofInvoice],
  },
);

/** Parameters that list disabled and invalid invoices too. Without them these look as if they were deleted. */
export const everyInvoice = { with_disabled: true, validation_type: "all" };

/** https://dev.chartmogul.com/reference/invoices/list */
export const invoices = defineResource({
  name: "invoices",
  listing: newestFirst("invoices", "invoices", everyInvoice),
  detail: one((invoice) => `invoices/${invoice}`, everyInvoice),
  table: invoicesTable,
  ownedByCustomer: ownedByUuid,
  // ChartMogul sends these only on request; `invoices.errors` says what is invalid.
  keysWithoutColumn: [
    "edit_history_summary",
    ...["line_items", "transactions"].flatMap((each) => [`${each}.edit_history_summary`, `${each}.errors`]),
  ],
  children: [
    { table: invoiceLineItems, from: "line_items", needed: true },
    { table: invoiceTransactions, from: "transactions", needed: true },
  ],
});
