import { pagesOfEach } from "../api/paging.ts";
import {
  cents,
  datetime,
  id,
  integer,
  name,
  needed,
  number,
  optional,
  parentKey,
  partOfParentKey,
  quiet,
  text,
} from "../schema/fields.ts";
import { recordTable } from "../schema/table.ts";
import { attributesOf, attributeValues } from "./attributes.ts";
import { customersTable } from "./customers.ts";
import { customersPastTheirEnd } from "./paid-until.ts";
import { defineResource } from "./resource.ts";

export const subscriptionsTable = recordTable(
  "subscriptions",
  {
    customer_uuid: parentKey("Customer who has the subscription."),
    uuid: id(
      "ChartMogul's identifier of the subscription; another one than `subscription_uuid` of line items.",
    ),
    id: quiet(integer("ChartMogul's internal number; not stable.")),
    external_id: text(
      "Identifier in the billing system; joins with `subscription_external_id` of line items.",
    ),
    subscription_set_external_id: optional(
      text("Identifier of the set of subscriptions in the billing system."),
    ),
    subscription_set_uuid: optional(text("ChartMogul's identifier of that set, where it says one.")),
    plan: text("Name of the plan; ChartMogul gives no identifier here."),
    quantity: number("How many units of the plan."),
    mrr_in_cents: cents(
      "Monthly recurring revenue in hundredths of the account's currency. An inactive subscription keeps its last value: never add up without `status`.",
      "mrr",
    ),
    arr_in_cents: quiet(
      cents("Annual run rate (12 times MRR) in hundredths of the account's currency.", "arr"),
    ),
    status: text("`active` or `inactive`."),
    billing_cycle: text("Unit of the billing period: `day`, `month` or `year`.", "billing-cycle"),
    billing_cycle_count: integer("How many of these units one billing period lasts.", "billing-cycle-count"),
    start_date: datetime("When the subscription began (UTC).", "start-date"),
    end_date: quiet(datetime("When it ended or, while active, when the paid period ends (UTC).", "end-date")),
    currency: needed(text("The account's currency (ISO 4217).")),
    currency_sign: text("Sign of that currency.", "currency-sign"),
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
    customer_uuid: partOfParentKey(0, "Customer who has the subscription."),
    subscription_uuid: partOfParentKey(1, "Subscription that has the attribute (`subscriptions.uuid`)."),
    type: text("`string`, `integer`, `decimal`, `boolean`, `timestamp` or, for lists and objects, `json`."),
    value: text(
      "The value as text: numbers in the digits that ChartMogul sent, booleans as `true` or `false`, timestamps in UTC.",
    ),
  },
  {
    description: "Custom attributes of subscriptions.",
    key: ["subscription", "name"],
    clustered: true,
    references: [{ table: subscriptionsTable, columns: ["customer_uuid", "subscription_uuid"] }],
    indexes: [["customer_uuid", "subscription_uuid"]],
  },
);

/** https://dev.chartmogul.com/reference/customers/list-subscriptions */
export const subscriptions = defineResource({
  name: "subscriptions",
  extract: pagesOfEach("customers", (customer) => `customers/${customer}/subscriptions`, "entries"),
  table: subscriptionsTable,
  children: [
    {
      table: subscriptionAttributes,
      from: ["custom_attributes"],
      elements: attributeValues.transform(attributesOf),
      holds: "an object",
      optional: true,
    },
  ],
  staleParents: customersPastTheirEnd,
});
