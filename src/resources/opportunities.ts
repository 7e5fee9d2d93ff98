import { newestFirst, one } from "../api/paging.ts";
import { centsOf, date, datetime, id, json, needed, percent, text } from "../schema/fields.ts";
import { recordTable } from "../schema/table.ts";
import { ownedByUuid } from "../store/owned-by-customer.ts";
import { customersTable } from "./customers.ts";
import { defineResource } from "./resource.ts";

export const opportunitiesTable = recordTable(
  "opportunities",
  {
    uuid: id("ChartMogul's identifier of the opportunity."),
    customer_uuid: text("Customer or lead who may buy."),
    owner: text("E-mail address of the user who pursues it."),
    pipeline: text("Pipeline that it is in."),
    pipeline_stage: text("How far it has come there."),
    estimated_close_date: date("Day on which it is expected to be closed."),
    currency: needed(text("Currency of the amount (ISO 4217).")),
    amount_in_cents: centsOf("`currency`", "Expected amount, in hundredths of `currency`."),
    type: text("`recurring`, `one-time` or `arr`."),
    forecast_category: text("`pipeline`, `best_case`, `committed`, `lost` or `won`."),
    win_likelihood: percent("How likely it is to be won, in percent."),
    custom: json("Custom attributes, as a JSON object."),
    created_at: datetime("When it was made (UTC)."),
    updated_at: datetime("When it was last changed (UTC)."),
  },
  {
    description: "Sales that may come about.",
    key: ["uuid"],
    references: [{ table: customersTable, columns: ["customer_uuid"] }],
    indexes: [["customer_uuid"]],
  },
);

/** https://dev.chartmogul.com/reference/opportunities/list */
export const opportunities = defineResource({
  name: "opportunities",
  extract: newestFirst("opportunities", "entries"),
  detail: one((opportunity) => `opportunities/${opportunity}`),
  table: opportunitiesTable,
  ownedByCustomer: ownedByUuid,
});
