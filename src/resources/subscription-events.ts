import type { ApiClient } from "../api/api-client.ts";
import { newestFirst, readOnePage } from "../api/paging.ts";
import { boolean, cents, datetime, idNumber, integer, json, number, scalar, text } from "../schema/fields.ts";
import { longestKey } from "../schema/key-length.ts";
import { recordTable } from "../schema/table.ts";
import { ownedByExternalId } from "../store/owned-by-customer.ts";
import { dataSourcesTable } from "./data-sources.ts";
import { findCustomersByExternalId } from "./external-ids.ts";
import { defineResource } from "./resource.ts";

export const subscriptionEventsTable = recordTable(
  "subscription_events",
  {
    id: idNumber("ChartMogul's number of the event."),
    data_source_uuid: text("Data source of the event (`ds_…`)."),
    // The documentation's example has the second spelling, every recorded answer the first.
    customer_external_id: text(
      "Identifier of the customer in the billing system (see `customers.external_ids`).",
      { orFrom: "data_source_customer_external_id" },
    ),
    subscription_external_id: text("Identifier of the subscription in the billing system."),
    subscription_set_external_id: text("Identifier of the set of subscriptions in the billing system."),
    plan_external_id: text("Identifier of the plan in the billing system."),
    external_id: text("Identifier of the event in the billing system."),
    event_type: text(
      "What happened, such as `subscription_start`, `subscription_updated` or `subscription_cancelled`.",
    ),
    event_date: datetime("When the event happened (UTC)."),
    effective_date: datetime("When the event takes effect (UTC)."),
    quantity: number("Number of units of the plan; NULL if the event does not say."),
    currency: text("Currency of the amounts (ISO 4217).", { needed: true }),
    amount_in_cents: cents("Price of a billing period, in hundredths of `currency`.", {
      currency: "`currency`",
    }),
    tax_amount_in_cents: cents("Tax, in hundredths of `currency`.", { currency: "`currency`" }),
    event_order: integer("Order among events of the same instant.", { optional: true }),
    retracted_event_id: scalar("Event that this one retracts."),
    errors: json("Why ChartMogul considers the event invalid, as a JSON object; `{}` for a valid one."),
    disabled: boolean("Whether the event was disabled in ChartMogul, and therefore does not count.", {
      optional: true,
    }),
    disabled_at: datetime("When the event was disabled (UTC); NULL if it was not.", { optional: true }),
    disabled_by: text("E-mail address of the user who disabled the event.", { optional: true }),
    user_created: boolean("Whether a user created the event in ChartMogul instead of a billing system.", {
      optional: true,
    }),
    created_at: datetime("When ChartMogul received the event (UTC)."),
    updated_at: datetime("When the event was last changed in ChartMogul (UTC)."),
  },
  {
    description: "Events that billing systems reported for subscriptions, including disabled ones.",
    key: ["id"],
    references: [{ table: dataSourcesTable, columns: ["data_source_uuid"] }],
    indexes: [["customer_external_id"], ["subscription_external_id"], ["data_source_uuid"]],
  },
);

/**
 * Requests one event of a data source and customer. Undefined if the reply has an event of another customer, since the parameters were then
 * ignored, and for an identifier that is too long for a URL.
 */
async function hasEvents(api: ApiClient, by: string): Promise<boolean | undefined> {
  const [data_source_uuid, customer_external_id] = JSON.parse(by) as [string, string];
  if (customer_external_id.length > longestKey) return undefined;
  const query = { ...everyEvent, data_source_uuid, customer_external_id, per_page: 1 };
  const { records } = await readOnePage(api, "subscription_events", "subscription_events", query);
  const [first] = records as readonly (Readonly<Record<string, unknown>> | null)[];
  if (first === undefined) return false;
  const whose = first?.["customer_external_id"] ?? first?.["data_source_customer_external_id"];
  return first?.["data_source_uuid"] === data_source_uuid && whose === customer_external_id
    ? true
    : undefined;
}

// Without this parameter, a disabled event looks as if it were deleted.
const everyEvent = { with_disabled: true };

/** https://dev.chartmogul.com/reference/subscription-events/list */
export const subscriptionEvents = defineResource({
  name: "subscription_events",
  listing: newestFirst("subscription_events", "subscription_events", everyEvent),
  table: subscriptionEventsTable,
  // ChartMogul sends it only on request.
  keysWithoutColumn: ["edit_history_summary"],
  ownedByCustomer: { ...ownedByExternalId, has: hasEvents },
  invalidates: {
    resource: "subscriptions",
    by: "customer_external_id",
    findParents: findCustomersByExternalId,
  },
});
