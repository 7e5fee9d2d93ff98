import type { Subscription } from "../../api/records.ts";
import type { ImportSubscription } from "../billing-records.ts";
import { created } from "../stored.ts";
import { getSign } from "./currencies.ts";
import type { Random } from "./random.ts";
import type { Timeline } from "./timeline.ts";
import { formatWithMilliseconds, formatWithOffset } from "./times.ts";

/** Writes a timeline as a row of `/v1/customers/{uuid}/subscriptions`. */
export function generateSubscription(
  random: Random,
  timeline: Timeline,
  id: number,
  currency: string,
): Subscription {
  const { offer, mrr } = timeline;
  return {
    id,
    external_id: timeline.externalId,
    subscription_set_external_id: timeline.setExternalId,
    // Keys of 2026, which old replies lack.
    ...(timeline.setExternalId === null
      ? {}
      : {
          subscription_set_uuid: `set_${timeline.importUuid}`,
          custom_attributes: {
            seats: timeline.quantity,
            signed: "2024-01-15 09:00:00",
            renews: timeline.active,
          },
        }),
    quantity: timeline.quantity,
    uuid: random.uuid(),
    mrr,
    arr: mrr * 12,
    status: timeline.active ? "active" : "inactive",
    plan: offer.plan.name,
    "billing-cycle": offer.plan.interval_unit,
    "billing-cycle-count": offer.plan.interval_count,
    "start-date": formatWithOffset(timeline.startedAt),
    "end-date": formatWithOffset(timeline.endsAt),
    currency,
    "currency-sign": getSign(currency),
  };
}

/** Writes a timeline as a row of the grandfathered list, which holds only subscriptions that came through an API or a sheet. */
export function generateImportSubscription(timeline: Timeline): ImportSubscription | undefined {
  const { source, setExternalId, active, endsAt } = timeline;
  if (source.record.system === "Stripe") return undefined;
  return {
    [created]: timeline.startedAt * 1000,
    external_id: timeline.externalId,
    uuid: `sub_${timeline.importUuid}`,
    cancellation_dates: active ? [] : [formatWithMilliseconds(endsAt)],
    ...(setExternalId === null ? {} : { subscription_set_external_id: setExternalId }),
    plan_uuid: timeline.offer.plan.uuid,
    data_source_uuid: source.record.uuid,
  };
}
