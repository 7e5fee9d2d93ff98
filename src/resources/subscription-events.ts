import type { ApiClient } from "../api/api-client.ts";
import { newestFirst, onePage } from "../api/paging.ts";
import {
  boolean,
  centsOf,
  datetime,
  idNumber,
  integer,
  json,
  needed,
  number,
  optional,
  orUnder,
  scalar,
  text,
} from "../schema/fields.ts";
import { longestKey } from "../schema/key-length.ts";
import { recordTable } from "../schema/table.ts";
import { ownedByExternalId } from "../store/owned-by-customer.ts";
import { dataSourcesTable } from "./data-sources.ts";
import { customersWithExternalIds } from "./external-ids.ts";
import { defineResource } from "./resource.ts";

export const subscriptionEventsTable = recordTable(
  "subscription_events",
  {
    id: idNumber("ChartMogul's number of the event."),
    data_source_uuid: text("Data source that it came from (`ds_…`)."),
    // The documentation's example has the second spelling, every recorded answer the first.
    customer_external_id: orUnder(
      "data_source_customer_external_id",
      text("The customer's identifier in the billing system (see `customers.external_ids`)."),
    ),
    subscription_external_id: text("The subscription's identifier in the billing system."),
    subscription_set_external_id: text("Identifier of the set of subscriptions in the billing system."),
    plan_external_id: text("The plan's identifier in the billing system."),
    external_id: text("The event's identifier in the billing system."),
    event_type: text(
      "What happened, such as `subscription_start`, `subscription_updated` or `subscription_cancelled`.",
    ),
    event_date: datetime("When it happened (UTC)."),
    effective_date: datetime("When it takes effect (UTC)."),
    quantity: number("How many units of the plan; NULL where the event says nothing."),
    currency: needed(text("Currency of the amounts (ISO 4217).")),
    amount_in_cents: centsOf("`currency`", "Price of a billing period, in hundredths of `currency`."),
    tax_amount_in_cents: centsOf("`currency`", "Tax, in hundredths of `currency`."),
    event_order: optional(integer("Order among events of the same instant.")),
    retracted_event_id: scalar("Event that this one takes back."),
    errors: json("Why ChartMogul holds the event invalid, as a JSON object; `{}` for a valid one."),
    disabled: optional(boolean("Whether it was disabled in ChartMogul and no longer counts.")),
    disabled_at: optional(datetime("When it was disabled (UTC).")),
    disabled_by: optional(text("E-mail address of the user who disabled it.")),
    user_created: optional(boolean("Whether a user made it in ChartMogul instead of a billing system.")),
    created_at: datetime("When ChartMogul received it (UTC)."),
    updated_at: datetime("When it was last changed there (UTC)."),
  },
  {
    description: "What billing systems reported of subscriptions, also disabled events.",
    key: ["id"],
    references: [{ table: dataSourcesTable, columns: ["data_source_uuid"] }],
    indexes: [["customer_external_id"], ["subscription_external_id"], ["data_source_uuid"]],
  },
);

/** Asks for one event by its data source and customer. Where the answer has another one, these were not looked at. What no URL holds is not asked. */
async function hasEvents(api: ApiClient, by: string): Promise<boolean | undefined> {
  const [data_source_uuid, customer_external_id] = JSON.parse(by) as [string, string];
  if (customer_external_id.length > longestKey) return undefined;
  const query = { ...everyEvent, data_source_uuid, customer_external_id, per_page: 1 };
  const { records } = await onePage(api, "subscription_events", "subscription_events", query);
  const [first] = records as readonly (Readonly<Record<string, unknown>> | null)[];
  if (first === undefined) return false;
  const whose = first?.["customer_external_id"] ?? first?.["data_source_customer_external_id"];
  return first?.["data_source_uuid"] === data_source_uuid && whose === customer_external_id
    ? true
    : undefined;
}

// Without it a disabled event looks as if it were deleted.
const everyEvent = { with_disabled: true };

/** https://dev.chartmogul.com/reference/subscription-events/list */
export const subscriptionEvents = defineResource({
  name: "subscription_events",
  extract: newestFirst("subscription_events", "subscription_events", everyEvent),
  table: subscriptionEventsTable,
  // Only there where it is asked for.
  leftOut: ["edit_history_summary"],
  ownedByCustomer: { ...ownedByExternalId, has: hasEvents },
  tells: { of: "subscriptions", by: "customer_external_id", parents: customersWithExternalIds },
});
