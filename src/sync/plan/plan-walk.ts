import type { Run } from "../run.ts";
import type { WalkGroup } from "../walk-group.ts";
import { chooseReadMode, describeMode, type ReadMode } from "./read-mode.ts";
import { type ChildPlan, planChildListings } from "./rolling-refresh.ts";

/** What a walk reads in this run, decided before it asks ChartMogul for anything. */
export interface WalkPlan {
  readonly mode: ReadMode;
  /** One for each child resource that is synced now. */
  readonly childPlans: readonly ChildPlan[];
  /** Tells this plan from others: a checkpoint of a walk with another plan is not resumed. */
  readonly fingerprint: string;
  /** Histories that were in the resource's own refresh queue when the walk was planned. */
  readonly queuedHistories: readonly string[];
}

/** Plans the walk of a resource and its child resources. */
export function planWalk(run: Run, group: WalkGroup): WalkPlan {
  const { resource, childResources } = group;
  const mode = chooseReadMode(run, group);
  const childPlans = childResources.map((child) => planChildListings(run, child));
  return {
    mode,
    childPlans,
    fingerprint: [
      `${resource.name}@${resource.version}`,
      `mode=${describeMode(mode)}`,
      ...childPlans.map((child) => `${child.resource.name}@${child.resource.version}`),
      ...childPlans.map((child) => `refresh=${child.refresh.fingerprint}`),
    ].join(" "),
    queuedHistories: resource.readHistoryDates ? run.refreshQueue(resource.name).parents() : [],
  };
}
