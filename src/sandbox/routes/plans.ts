import { deriveNumber, orderByCreation } from "../order.ts";
import { replyJson, replyNotFound } from "../reply.ts";
import { replyWithPage, showTotals } from "../reply-with-page.ts";
import type { GeneratedPlan, PlanGroup } from "../world.ts";
import { matches, type Route } from "./route.ts";

const planOrder = orderByCreation<GeneratedPlan>("number", (plan) => deriveNumber(plan.uuid));
const groupOrder = orderByCreation<PlanGroup>("number", (group) => deriveNumber(group.uuid));

function showGroup(group: PlanGroup): unknown {
  return { name: group.name, uuid: group.uuid, plans_count: group.planUuids.length };
}

/** Plans and plan groups: https://dev.chartmogul.com/reference/plans/list. */
export const planRoutes: Route[] = [
  {
    path: "/plans",
    reply: ({ world, query }) =>
      replyWithPage(
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
          deprecated: showTotals(0),
        },
        query,
      ),
  },
  {
    path: "/plans/:uuid",
    reply({ world, uuid }) {
      const plan = world.plans.find((candidate) => candidate.uuid === uuid);
      return plan === undefined ? replyNotFound("Plan") : replyJson(plan);
    },
  },
  {
    path: "/plan_groups",
    reply: ({ world, query }) =>
      replyWithPage(
        {
          key: "plan_groups",
          rows: world.planGroups,
          order: groupOrder,
          show: showGroup,
          deprecated: showTotals(0),
        },
        query,
      ),
  },
  {
    path: "/plan_groups/:uuid",
    reply({ world, uuid }) {
      const group = world.planGroups.find((candidate) => candidate.uuid === uuid);
      return group === undefined ? replyNotFound("Plan group") : replyJson(showGroup(group));
    },
  },
  {
    path: "/plan_groups/:uuid/plans",
    reply({ world, query, uuid }) {
      const group = world.planGroups.find((candidate) => candidate.uuid === uuid);
      if (group === undefined) return replyNotFound("Plan group");
      const keep = (plan: GeneratedPlan) => group.planUuids.includes(plan.uuid);
      return replyWithPage(
        { key: "plans", rows: world.plans, order: planOrder, keep, deprecated: showTotals(0) },
        query,
      );
    },
  },
];
