import type { Activity } from "../customer-records.ts";
import { findIndexByUuid } from "../find-by-uuid.ts";
import { deriveNumber, type Order, orderByCreation, sortRows } from "../order.ts";
import { type Reply, replyJson } from "../reply.ts";
import { readPageSize, refuseCursor, replyWithPage } from "../reply-with-page.ts";
import { findCustomer, isReply } from "./customers.ts";
import { type ApiRequest, matches, type Route } from "./route.ts";

/** A world keeps its activities in this order as well, and metrics add them up in it. */
export const byDate: Order<Activity> = {
  direction: "ascending",
  idKind: "text",
  at: (activity) => Date.parse(activity.date),
  // Activities of one instant keep their order in the array: a movement must not pass the one that it builds on.
  id: () => "",
  changeable: (activity) => activity.date,
};

const byCreation = orderByCreation<Activity>("number", (activity) => deriveNumber(activity.uuid));

/** A bare end date means that whole day in UTC: the docs do not name a time zone. */
function endOf(date: string): number {
  return date.length === 10 ? Date.parse(date) + 86_399_999 : Date.parse(date);
}

function filterOf(query: URLSearchParams): (activity: Activity) => boolean {
  const startDate = query.get("start-date");
  const endDate = query.get("end-date");
  const start = startDate === null ? Number.NEGATIVE_INFINITY : Date.parse(startDate);
  const end = endDate === null ? Number.POSITIVE_INFINITY : endOf(endDate);
  return (activity) => {
    const date = Date.parse(activity.date);
    return matches(query, "type", activity.type) && date >= start && date <= end;
  };
}

function take(
  rows: Activity[],
  start: number,
  count: number,
  keep: (activity: Activity) => boolean,
): Activity[] {
  const taken: Activity[] = [];
  for (let index = start; index < rows.length && taken.length < count; index += 1) {
    const row = rows[index];
    if (row !== undefined && keep(row)) taken.push(row);
  }
  return taken;
}

/**
 * https://dev.chartmogul.com/reference/activities/list. `cursor` and the older `start-after` both mean "behind the row
 * with this uuid"; see `World.activitiesCursor` for what the cursor names.
 */
function replyWithActivities({ world, query }: ApiRequest): Reply {
  const ascending = sortRows(world.activities, byDate);
  const isNewestFirst = query.get("order") === "-date";
  const after = query.get("cursor") ?? query.get("start-after");
  const named = after === null ? undefined : findIndexByUuid(ascending, after);
  if (named === -1) return refuseCursor();
  const rows = isNewestFirst ? ascending.toReversed() : ascending;
  const start = named === undefined ? 0 : (isNewestFirst ? rows.length - 1 - named : named) + 1;
  const size = readPageSize(query);
  const found = take(rows, start, size + 1, filterOf(query));
  const shown = found.slice(0, size);
  const next = found[size];
  const last = shown.at(-1);
  const inCursor = world.activitiesCursor === "first-of-next-page" ? (next ?? last) : last;
  return replyJson({
    entries: shown,
    has_more: next !== undefined,
    ...(query.has("cursor") ? {} : { per_page: size }),
    cursor: inCursor?.uuid ?? null,
  });
}

function showForCustomer(activity: Activity, sign: string): unknown {
  return {
    id: deriveNumber(activity.uuid),
    description: activity.description,
    "activity-mrr-movement": activity["activity-mrr-movement"],
    "activity-mrr": activity["activity-mrr"],
    "activity-arr": activity["activity-arr"],
    date: activity.date,
    type: activity.type,
    currency: activity.currency,
    "currency-sign": sign,
    "subscription-external-id": activity["subscription-external-id"],
  };
}

/** Newest created first, where the account's list goes by date. */
function replyWithCustomerActivities({ world, query, uuid }: ApiRequest): Reply {
  const customer = findCustomer(world, uuid);
  if (isReply(customer)) return customer;
  return replyWithPage(
    {
      key: "entries",
      rows: world.activities.filter((activity) => activity["customer-uuid"] === uuid),
      order: byCreation,
      show: (activity) => showForCustomer(activity, customer["currency-sign"]),
      deprecated: (page) => ({ per_page: page.perPage, page: page.number }),
    },
    query,
  );
}

/** MRR movements, of the account and of one customer. */
export const activityRoutes: Route[] = [
  { path: "/activities", reply: replyWithActivities },
  { path: "/customers/:uuid/activities", reply: replyWithCustomerActivities },
];
