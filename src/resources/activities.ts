import { activities as everyActivity, readDatesOfCustomer } from "../api/activities.ts";
import { cents, datetime, id, text } from "../schema/fields.ts";
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
      "ChartMogul's identifier of the activity. It may change when the customer's history is recalculated.",
    ),
    date: datetime("When the customer's MRR changed (UTC).", { needed: true }),
    type: text("`new_biz`, `reactivation`, `expansion`, `contraction` or `churn`."),
    description: text("What happened, in ChartMogul's words."),
    activity_mrr_movement_in_cents: cents(
      "Change of the customer's MRR, in hundredths of the account's currency; negative for contraction and churn.",
      { from: "activity-mrr-movement" },
    ),
    activity_mrr_in_cents: cents(
      "Customer's MRR after the change, in hundredths of the account's currency.",
      {
        from: "activity-mrr",
      },
    ),
    activity_arr_in_cents: cents(
      "Customer's ARR (12 times MRR) after the change, in hundredths of the account's currency.",
      { from: "activity-arr" },
    ),
    currency: text("Account's currency (ISO 4217).", { needed: true }),
    subscription_external_id: text("Identifier of the subscription in the billing system.", {
      from: "subscription-external-id",
    }),
    subscription_set_external_id: text("Identifier of the set of subscriptions in the billing system.", {
      from: "subscription-set-external-id",
      optional: true,
    }),
    plan_external_id: text(
      "Identifier of the plan in the billing system; unique only together with `billing_connector_uuid`.",
      { from: "plan-external-id" },
    ),
    customer_name: text("Name of the customer.", { from: "customer-name" }),
    customer_uuid: text("Customer whose MRR changed.", { from: "customer-uuid" }),
    customer_external_id: text("Identifier of the customer in the billing system.", {
      from: "customer-external-id",
    }),
    billing_connector_uuid: text("Data source of the activity (`ds_…`).", { from: "billing-connector-uuid" }),
  },
  {
    description: "Every change of a customer's MRR. Together these are the MRR movements of `daily_metrics`.",
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
  listing: everyActivity(),
  table: activitiesTable,
  recomputed: true,
  dateColumn: "date",
  readHistoryDates: readDatesOfCustomer,
  ownedByCustomer: ownedByUuid,
  invalidates: { resource: "subscriptions", by: "customer_uuid" },
  // A new uuid of an activity is not a change of the business. `daily_metric_restatements` has what changed on past days.
  changeLog: logNothing,
});
