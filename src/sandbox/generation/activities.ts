import type { Customer } from "../../api/records.ts";
import type { Activity, ActivityType } from "../customer-records.ts";
import { created } from "../stored.ts";
import type { Random } from "./random.ts";
import type { Change, Timeline } from "./timeline.ts";
import { formatWithOffset } from "./times.ts";

/** Gives ChartMogul's name for a movement between two levels of a customer's MRR. */
export function getMovementType(before: number, after: number, hadMrr: boolean): ActivityType {
  if (before === 0) return hadMrr ? "reactivation" : "new_biz";
  if (after === 0) return "churn";
  return after > before ? "expansion" : "contraction";
}

function describe({ kind, offer, before, after, quantity }: Change): string {
  const plan = offer.plan.name;
  switch (kind) {
    case "start":
      return `signed up for ${plan}`;
    case "end":
      return `left ${plan}`;
    case "plan":
      return after > before ? `moved up to ${plan}` : `moved down to ${plan}`;
    case "seats":
      return `now has ${quantity} seats of ${plan}`;
  }
}

/**
 * Turns the changes of all subscriptions of a customer into its MRR movements, in order of time. They add up to the
 * customer's MRR exactly: the running sum is the only source of types and levels.
 */
export function generateActivities(
  random: Random,
  customer: Customer,
  timelines: Timeline[],
  withSets: boolean,
): Activity[] {
  const steps = timelines.flatMap((timeline) => timeline.changes.map((change) => ({ timeline, change })));
  steps.sort((left, right) => left.change.at - right.change.at);
  const activities: Activity[] = [];
  let level = 0;
  for (const { timeline, change } of steps) {
    const movement = change.after - change.before;
    if (movement === 0) continue;
    const type = getMovementType(level, level + movement, activities.length > 0);
    level += movement;
    activities.push({
      [created]: change.at * 1000 + random.integer(0, 999_999),
      description: describe(change),
      "activity-mrr-movement": movement,
      "activity-mrr": level,
      "activity-arr": level * 12,
      date: formatWithOffset(change.at),
      type,
      currency: customer.currency,
      "subscription-external-id": timeline.externalId,
      // The key is newer than some recordings, so one account replies without it. No recording has a null.
      ...(withSets && timeline.setExternalId !== null
        ? { "subscription-set-external-id": timeline.setExternalId }
        : {}),
      "plan-external-id": change.offer.plan.external_id,
      "customer-name": customer.name,
      "customer-uuid": customer.uuid,
      "customer-external-id": timeline.customerExternalId,
      "billing-connector-uuid": timeline.source.record.uuid,
      uuid: random.uuid(),
    });
  }
  return activities;
}
