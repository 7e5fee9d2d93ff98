import type { Plan } from "../api/records.ts";
import { plans } from "../resources/plans.ts";
import { defineList } from "./list-function.ts";
import { selectEveryRecord } from "./stored-list.ts";

/** https://dev.chartmogul.com/reference/plans/list */
export const listPlans = defineList<Plan>()({
  name: "list_plans",
  description:
    "Lists the plans that customers subscribe to, newest first. ChartMogul knows no prices of plans.",
  filters: {},
  resource: plans,
  keys: ["plans"],
  stored: () => selectEveryRecord(plans.name),
  listing: () => ({ path: "plans", list: "plans", query: {} }),
});
