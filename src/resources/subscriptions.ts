import { pagesOfEach } from "../api/paging.ts";
import { cents, datetime, id, integer, name, number, parentKey, text } from "../schema/fields.ts";
import { recordTable } from "../schema/table.ts";
import { attributeValues, readAttributes } from "./attributes.ts";
import { customersTable } from "./customers.ts";
import { findCustomersPastPaidPeriod } from "./paid-until.ts";
import { defineResource } from "./resource.ts";

export const subscriptionsTable = recordTable(
  "subscriptions",
  {
    customer_uuid: parentKey("Customer who has the subscription."),
    uuid: id(
      "ChartMogul's identifier of the subscription. It differs from `subscription_uuid` of line items.",
    ),
    id: integer("ChartMogul's internal number of the subscription; it may change.", { volatile: true }),
    external_id: text("Identifier in the billing system; equals `subscription_external_id` of line items."),
    subscription_set_external_id: text("Identifier of the set of subscriptions in the billing system.", {
      optional: true,
    }),
    subscription_set_uuid: text("ChartMogul's identifier of that set; NULL if ChartMogul gives none.", {
      optional: true,
    }),
    plan: text("Name of the plan; ChartMogul gives no identifier here."),
    quantity: number("Number of units of the plan."),
    mrr_in_cents: cents(
      "Monthly recurring revenue in hundredths of the account's currency. An inactive subscription keeps its last value: add up active ones only.",
      { from: "mrr" },
    ),
    arr_in_cents: cents("ARR (12 times MRR), in hundredths of the account's currency.", {
      from: "arr",
      volatile: true,
    }),
    status: text("`active` or `inactive`."),
    billing_cycle: text("Unit of the billing period: `day`, `month` or `year`.", { from: "billing-cycle" }),
    billing_cycle_count: integer("Length of a billing period, in `billing_cycle`.", {
      from: "billing-cycle-count",
    }),
    start_date: datetime("When the subscription began (UTC).", { from: "start-date" }),
    end_date: datetime(
      "When the subscription ended or, while it is active, when the paid period ends (UTC).",
      {
        from: "end-date",
        volatile: true,
      },
    ),
    currency: text("Account's currency (ISO 4217).", { needed: true }),
    currency_sign: text("Sign of that currency.", { from: "currency-sign" }),
  },
  {
    description: "Subscriptions of each customer.",
    key: ["customer_uuid", "uuid"],
    references: [{ table: customersTable, columns: ["customer_uuid"] }],
    indexes: [["status", "customer_uuid"], ["start_date"], ["external_id"]],
  },
);

export const subscriptionAttributes = recordTable(
  "subscription_attributes",
  {
    subscription: parentKey("`customer_uuid` and `subscription_uuid`, joined by `/`."),
    name: name("Name of the attribute."),
    customer_uuid: parentKey("Customer who has the subscription.", { part: 0 }),
    subscription_uuid: parentKey("Subscription with the attribute (`subscriptions.uuid`).", { part: 1 }),
    type: text("`string`, `integer`, `decimal`, `boolean`, `timestamp` or, for lists and objects, `json`."),
    value: text(
      "Value as text: numbers with ChartMogul's own digits, booleans as `true` or `false`, timestamps in UTC.",
    ),
  },
  {
    description: "Custom attributes of subscriptions.",
    key: ["subscription", "name"],
    references: [{ table: subscriptionsTable, columns: ["customer_uuid", "subscription_uuid"] }],
    indexes: [["customer_uuid", "subscription_uuid"]],
  },
);

/** https://dev.chartmogul.com/reference/customers/list-subscriptions */
export const subscriptions = defineResource({
  name: "subscriptions",
  listing: pagesOfEach("customers", (customer) => `customers/${customer}/subscriptions`, "entries"),
  table: subscriptionsTable,
  children: [
    {
      table: subscriptionAttributes,
      from: "custom_attributes",
      elements: attributeValues.transform(readAttributes),
      expected: "an object",
      optional: true,
    },
  ],
  findStaleParents: findCustomersPastPaidPeriod,
});
