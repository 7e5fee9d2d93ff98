import { json, notFound } from "../answer.ts";
import { newestFirst, numberOf } from "../order.ts";
import { answerPage, totals } from "../page.ts";
import type { Plan, PlanGroup } from "../world.ts";
import { matches, type Route } from "./call.ts";

const planOrder = newestFirst<Plan>("number", (plan) => numberOf(plan.uuid));
const groupOrder = newestFirst<PlanGroup>("number", (group) => numberOf(group.uuid));

function showGroup(group: PlanGroup): unknown {
  return { name: group.name, uuid: group.uuid, plans_count: group.planUuids.length };
}

/** Plans and plan groups: https://dev.chartmogul.com/reference/plans/list. */
export const planRoutes: Route[] = [
  {
    path: "/plans",
    answer: ({ world, query }) =>
      answerPage(
        {
          key: "plans",
          rows: world.plans,
          order: planOrder,
          keep: (plan) =>
            matches(query, "data_source_uuid", plan.data_source_uuid) &&
            matches(query, "external_id", plan.external_id) &&
            matches(
              query,
              "system",
              world.dataSources.find((source) => source.uuid === plan.data_source_uuid)?.system,
            ),
          deprecated: totals(0),
        },
        query,
      ),
  },
  {
    path: "/plans/:uuid",
    answer({ world, uuid }) {
      const plan = world.plans.find((candidate) => candidate.uuid === uuid);
      return plan === undefined ? notFound("Plan") : json(plan);
    },
  },
  {
    path: "/plan_groups",
    answer: ({ world, query }) =>
      answerPage(
        {
          key: "plan_groups",
          rows: world.planGroups,
          order: groupOrder,
          show: showGroup,
          deprecated: totals(0),
        },
        query,
      ),
  },
  {
    path: "/plan_groups/:uuid",
    answer({ world, uuid }) {
      const group = world.planGroups.find((candidate) => candidate.uuid === uuid);
      return group === undefined ? notFound("Plan group") : json(showGroup(group));
    },
  },
  {
    path: "/plan_groups/:uuid/plans",
    answer({ world, query, uuid }) {
      const group = world.planGroups.find((candidate) => candidate.uuid === uuid);
      if (group === undefined) return notFound("Plan group");
      const keep = (plan: Plan) => group.planUuids.includes(plan.uuid);
      return answerPage(
        { key: "plans", rows: world.plans, order: planOrder, keep, deprecated: totals(0) },
        query,
      );
    },
  },
];
