import { newestFirst, one } from "../api/paging.ts";
import { id, integer, text } from "../schema/fields.ts";
import { recordTable } from "../schema/table.ts";
import { defineResource } from "./resource.ts";

export const planGroupsTable = recordTable(
  "plan_groups",
  {
    uuid: id("ChartMogul's identifier of the plan group (`plg_…`)."),
    name: text("Name of the plan group."),
    plans_count: integer("Number of plans in the plan group."),
  },
  { description: "Groups of plans that are analysed together.", key: ["uuid"] },
);

/** https://dev.chartmogul.com/reference/plan-groups/list */
export const planGroups = defineResource({
  name: "plan_groups",
  listing: newestFirst("plan_groups", "plan_groups"),
  detail: one((group) => `plan_groups/${group}`),
  table: planGroupsTable,
});
