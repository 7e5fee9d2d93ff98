import { newestFirst, one } from "../api/paging.ts";
import { cents, date, datetime, id, json, percent, text } from "../schema/fields.ts";
import { recordTable } from "../schema/table.ts";
import { ownedByUuid } from "../store/owned-by-customer.ts";
import { customersTable } from "./customers.ts";
import { defineResource } from "./resource.ts";

export const opportunitiesTable = recordTable(
  "opportunities",
  {
    uuid: id("ChartMogul's identifier of the opportunity."),
    customer_uuid: text("Customer or lead who may buy."),
    owner: text("E-mail address of the user who owns the opportunity."),
    pipeline: text("Sales pipeline of the opportunity."),
    pipeline_stage: text("Stage within the pipeline."),
    estimated_close_date: date("Day on which the opportunity is expected to close."),
    currency: text("Currency of the amount (ISO 4217).", { needed: true }),
    amount_in_cents: cents("Expected amount, in hundredths of `currency`.", { currency: "`currency`" }),
    type: text("`recurring`, `one-time` or `arr`."),
    forecast_category: text("`pipeline`, `best_case`, `committed`, `lost` or `won`."),
    win_likelihood: percent("Probability of winning the opportunity, in percent."),
    custom: json("Custom attributes, as a JSON object."),
    created_at: datetime("When the opportunity was created (UTC)."),
    updated_at: datetime("When the opportunity was last changed (UTC)."),
  },
  {
    description: "Possible sales to customers and leads.",
    key: ["uuid"],
    references: [{ table: customersTable, columns: ["customer_uuid"] }],
    indexes: [["customer_uuid"]],
  },
);

/** https://dev.chartmogul.com/reference/opportunities/list */
export const opportunities = defineResource({
  name: "opportunities",
  listing: newestFirst("opportunities", "entries"),
  detail: one((opportunity) => `opportunities/${opportunity}`),
  table: opportunitiesTable,
  ownedByCustomer: ownedByUuid,
});
