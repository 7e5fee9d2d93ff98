import type { ImportSubscription } from "../billing-records.ts";
import { orderByCreation } from "../order.ts";
import { type Reply, replyJson } from "../reply.ts";
import { readPageNumber, readPageSize, refuseCursor, replyWithPage, showTotals } from "../reply-with-page.ts";
import { findCustomer, isReply } from "./customers.ts";
import type { ApiRequest, Route } from "./route.ts";

const pageCursor = /^subscriptions_next_page=(\d+)$/;

function wantedPage(query: URLSearchParams): number | undefined {
  const cursor = query.get("cursor");
  if (cursor === null) return readPageNumber(query);
  const digits = pageCursor.exec(Buffer.from(cursor, "base64").toString("utf8"))?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * https://dev.chartmogul.com/reference/list-a-customers-subscriptions. The cursor is a page number in disguise. It counts on past
 * the end, and a row that disappears during a walk shifts the rest.
 */
function replyWithSubscriptions({ world, query, uuid }: ApiRequest): Reply {
  const customer = findCustomer(world, uuid);
  if (isReply(customer)) return customer;
  const page = wantedPage(query);
  if (page === undefined) return refuseCursor();
  const size = readPageSize(query);
  const rows = world.subscriptions.get(uuid) ?? [];
  const next = Buffer.from(`subscriptions_next_page=${page + 1}`).toString("base64");
  const firstAndEmpty = rows.length === 0 && page === 1;
  return replyJson({
    entries: rows.slice((page - 1) * size, page * size),
    has_more: rows.length > page * size,
    ...(query.has("cursor") ? {} : { per_page: size, page }),
    cursor: firstAndEmpty ? null : next,
  });
}

const importOrder = orderByCreation<ImportSubscription>("text", (subscription) => subscription.uuid);

function replyWithImportSubscriptions({ world, query, uuid }: ApiRequest): Reply {
  const customer = findCustomer(world, uuid);
  if (isReply(customer)) return customer;
  return replyWithPage(
    {
      key: "subscriptions",
      rows: world.importSubscriptions.get(uuid) ?? [],
      order: importOrder,
      always: { customer_uuid: uuid },
      deprecated: showTotals(0),
    },
    query,
  );
}

/** The subscriptions of one customer; there is no list for the whole account. */
export const subscriptionRoutes: Route[] = [
  { path: "/customers/:uuid/subscriptions", reply: replyWithSubscriptions },
  { path: "/import/customers/:uuid/subscriptions", reply: replyWithImportSubscriptions },
];
