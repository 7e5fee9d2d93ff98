import { newestFirst, one } from "../api/paging.ts";
import { id, integer, text } from "../schema/fields.ts";
import { recordTable } from "../schema/table.ts";
import { defineResource } from "./resource.ts";

export const plansTable = recordTable(
  "plans",
  {
    uuid: id("ChartMogul's identifier of the plan (`pl_…`)."),
    external_id: text("Identifier in the billing system; unique only within the data source."),
    name: text("Name of the plan."),
    interval_count: integer("Length of a billing period, in `interval_unit`."),
    interval_unit: text("`day`, `month` or `year`. A weekly plan has 7 days."),
    data_source_uuid: text("Data source of the plan (`ds_…`)."),
  },
  { description: "Plans that customers subscribe to.", key: ["uuid"] },
);

/** https://dev.chartmogul.com/reference/plans/list */
export const plans = defineResource({
  name: "plans",
  listing: newestFirst("plans", "plans"),
  detail: one((plan) => `plans/${plan}`),
  table: plansTable,
});
