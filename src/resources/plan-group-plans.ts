import { pagesOfEach } from "../api/paging.ts";
import { id, parentKey } from "../schema/fields.ts";
import { recordTable } from "../schema/table.ts";
import { planGroupsTable } from "./plan-groups.ts";
import { plansTable } from "./plans.ts";
import { defineResource } from "./resource.ts";

export const planGroupPlansTable = recordTable(
  "plan_group_plans",
  {
    plan_group_uuid: parentKey("Plan group that contains the plan."),
    plan_uuid: id("Plan in the plan group.", { from: "uuid" }),
  },
  {
    description: "The plans of each plan group.",
    key: ["plan_group_uuid", "plan_uuid"],
    references: [
      { table: planGroupsTable, columns: ["plan_group_uuid"] },
      { table: plansTable, columns: ["plan_uuid"] },
    ],
    indexes: [["plan_uuid"]],
  },
);

/** https://dev.chartmogul.com/reference/plan-groups/list-plans */
export const planGroupPlans = defineResource({
  name: "plan_group_plans",
  listing: pagesOfEach("plan_groups", (group) => `plan_groups/${group}/plans`, "plans"),
  table: planGroupPlansTable,
  // The table `plans` has these.
  keysWithoutColumn: ["external_id", "name", "interval_count", "interval_unit", "data_source_uuid"],
});
