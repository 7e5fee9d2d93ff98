import { datesOfCustomer, activities as everyActivity } from "../api/activities.ts";
import { cents, datetime, id, needed, optional, text } from "../schema/fields.ts";
import { recordTable } from "../schema/table.ts";
import { ownedByUuid } from "../store/owned-by-customer.ts";
import { logNothing } from "../store/record-changes.ts";
import { customersTable } from "./customers.ts";
import { dataSourcesTable } from "./data-sources.ts";
import { defineResource } from "./resource.ts";

export const activitiesTable = recordTable(
  "activities",
  {
    uuid: id(
      "ChartMogul's identifier of the activity; it may be given anew when the customer's history changes.",
    ),
    date: needed(datetime("When the customer's MRR changed (UTC).")),
    type: text("`new_biz`, `reactivation`, `expansion`, `contraction` or `churn`."),
    description: text("What happened, in words."),
    activity_mrr_movement_in_cents: cents(
      "Change of the customer's MRR, in hundredths of the account's currency; negative for contraction and churn.",
      "activity-mrr-movement",
    ),
    activity_mrr_in_cents: cents(
      "The customer's MRR after it, in hundredths of the account's currency.",
      "activity-mrr",
    ),
    activity_arr_in_cents: cents(
      "Annual run rate after it (12 times MRR), in hundredths of the account's currency.",
      "activity-arr",
    ),
    currency: needed(text("The account's currency (ISO 4217).")),
    subscription_external_id: text(
      "The subscription's identifier in the billing system.",
      "subscription-external-id",
    ),
    subscription_set_external_id: optional(
      text("Identifier of the set of subscriptions in the billing system.", "subscription-set-external-id"),
    ),
    plan_external_id: text(
      "The plan's identifier in the billing system; unique only together with `billing_connector_uuid`.",
      "plan-external-id",
    ),
    customer_name: text("Name of the customer.", "customer-name"),
    customer_uuid: text("Customer whose MRR changed.", "customer-uuid"),
    customer_external_id: text("The customer's identifier in the billing system.", "customer-external-id"),
    billing_connector_uuid: text("Data source that it came from (`ds_…`).", "billing-connector-uuid"),
  },
  {
    description: "Every change of a customer's MRR; together they are the MRR movements of `daily_metrics`.",
    key: ["uuid"],
    references: [
      { table: customersTable, columns: ["customer_uuid"] },
      { table: dataSourcesTable, columns: ["billing_connector_uuid"] },
    ],
    indexes: [["date"], ["customer_uuid"], ["billing_connector_uuid"]],
  },
);

/** https://dev.chartmogul.com/reference/activities/list */
export const activities = defineResource({
  name: "activities",
  extract: everyActivity(),
  table: activitiesTable,
  derived: true,
  datedBy: "date",
  datesOf: datesOfCustomer,
  ownedByCustomer: ownedByUuid,
  tells: { of: "subscriptions", by: "customer_uuid" },
  // An activity under a new uuid is no news; what it means for a past day is in `daily_metric_restatements`.
  changeLog: logNothing,
});
