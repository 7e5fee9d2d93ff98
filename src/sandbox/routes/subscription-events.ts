import type { SubscriptionEvent } from "../billing-records.ts";
import { orderByCreation } from "../order.ts";
import type { Reply } from "../reply.ts";
import { type FirstPage, replyWithPage } from "../reply-with-page.ts";
import { type ApiRequest, isOn, matches, matchesInstant, type Route } from "./route.ts";

const order = orderByCreation<SubscriptionEvent>("number", (event) => event.id);

function passes(event: SubscriptionEvent, query: URLSearchParams): boolean {
  // No customer_uuid: the real API ignores it and gives the events of all customers.
  return (
    (event.disabled !== true || isOn(query, "with_disabled")) &&
    matches(query, "data_source_uuid", event.data_source_uuid) &&
    matches(query, "external_id", event.external_id) &&
    matches(query, "customer_external_id", event.customer_external_id) &&
    matches(query, "subscription_external_id", event.subscription_external_id) &&
    matches(query, "plan_external_id", event.plan_external_id) &&
    matches(query, "event_type", event.event_type) &&
    matchesInstant(query, "event_date", event.event_date) &&
    matchesInstant(query, "effective_date", event.effective_date)
  );
}

function show(event: SubscriptionEvent, query: URLSearchParams): unknown {
  const { edit_history_summary, ...shown } = event;
  if (!isOn(query, "include_edit_histories")) return shown;
  return { ...shown, edit_history_summary: edit_history_summary ?? {} };
}

function meta(page: FirstPage<SubscriptionEvent>, now: Date): Record<string, unknown> {
  const pages = Math.ceil(page.count() / page.perPage);
  return {
    meta: {
      next_key: page.hasMore ? (page.rows.at(-1)?.id ?? null) : null,
      prev_key: null,
      before_key: now.toISOString(),
      page: pages === 0 ? 0 : page.number,
      total_pages: pages,
    },
  };
}

function replyWithEvents({ world, query }: ApiRequest): Reply {
  return replyWithPage(
    {
      key: "subscription_events",
      rows: world.subscriptionEvents,
      order,
      keep: (event) => passes(event, query),
      show: (event) => show(event, query),
      deprecated: (page) => meta(page, world.now),
    },
    query,
  );
}

/** https://dev.chartmogul.com/reference/subscription-events/list */
export const subscriptionEventRoutes: Route[] = [{ path: "/subscription_events", reply: replyWithEvents }];
