import type { SubscriptionEvent } from "../billing-records.ts";
import { created } from "../stored.ts";
import type { Random } from "./random.ts";
import type { Change, Timeline } from "./timeline.ts";
import { dayLength, formatToTheSecond } from "./times.ts";

/** An event gets its number when all events of the account are known: numbers follow the order of age. */
export type UnnumberedEvent = Omit<SubscriptionEvent, "id">;

const eventTypes = {
  start: "subscription_start",
  seats: "subscription_updated",
  plan: "subscription_updated",
  end: "subscription_cancelled",
} as const;

function generateEvent(
  random: Random,
  timeline: Timeline,
  change: Change,
  eventType: string,
  at: number,
): UnnumberedEvent {
  const written = at + random.integer(1, 600) * 1000;
  // Events made without an amount show "" instead of null.
  const blank = change.kind === "end" && random.chance(0.4);
  return {
    [created]: written * 1000 + random.integer(0, 999_999),
    data_source_uuid: timeline.source.record.uuid,
    customer_external_id: timeline.customerExternalId,
    subscription_set_external_id: timeline.setExternalId ?? (blank ? "" : null),
    subscription_external_id: timeline.externalId,
    plan_external_id: blank ? "" : change.offer.plan.external_id,
    event_date: formatToTheSecond(at),
    effective_date: formatToTheSecond(change.at),
    event_type: eventType,
    external_id: random.chance(0.5) ? `EV-${random.integer(100_000, 99_999_999)}` : null,
    errors: {},
    created_at: formatToTheSecond(written),
    updated_at: formatToTheSecond(written),
    quantity: blank ? "" : change.quantity,
    currency: blank ? "" : change.offer.currency,
    amount_in_cents: blank ? "" : change.offer.price * change.quantity,
    tax_amount_in_cents: blank ? null : 0,
    ...(random.chance(0.8) ? { event_order: null } : {}),
    retracted_event_id: null,
    ...(random.chance(0.9)
      ? { disabled: false, disabled_at: null, disabled_by: null, user_created: false }
      : {}),
  };
}

/** Generates the second copy of an event that was entered twice: retracted or disabled. */
function generateCorrection(random: Random, original: UnnumberedEvent): UnnumberedEvent {
  const copy: UnnumberedEvent = {
    ...original,
    [created]: (original[created] ?? 0) + 60_000_000,
    external_id: `EV-${random.integer(100_000, 99_999_999)}`,
  };
  if (random.chance(0.5) && original.external_id !== null) {
    return { ...copy, event_type: "subscription_event_retracted", retracted_event_id: original.external_id };
  }
  return { ...copy, disabled: true, disabled_at: original.created_at, disabled_by: "finance@example.com" };
}

/** Generates the events behind a timeline. Sources that ChartMogul reads by itself have no events. */
export function generateEvents(random: Random, timeline: Timeline): UnnumberedEvent[] {
  if (timeline.source.record.system === "Stripe") return [];
  const events: UnnumberedEvent[] = [];
  for (const change of timeline.changes) {
    if (change.kind === "start" && random.chance(0.15)) {
      const announcedAt = change.at - 3 * dayLength;
      events.push(generateEvent(random, timeline, change, "subscription_start_scheduled", announcedAt));
    }
    const event = generateEvent(random, timeline, change, eventTypes[change.kind], change.at);
    events.push(event);
    if (random.chance(0.02)) events.push(generateCorrection(random, event));
  }
  return events;
}
