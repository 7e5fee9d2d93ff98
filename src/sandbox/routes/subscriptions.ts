import { type Answer, json } from "../answer.ts";
import type { ImportSubscription } from "../billing-records.ts";
import { newestFirst } from "../order.ts";
import { answerPage, badCursor, pageNumber, perPage, totals } from "../page.ts";
import type { Call, Route } from "./call.ts";
import { findCustomer, isAnswer } from "./customers.ts";

const PAGE_CURSOR = /^subscriptions_next_page=(\d+)$/;

function wantedPage(query: URLSearchParams): number | undefined {
  const cursor = query.get("cursor");
  if (cursor === null) return pageNumber(query);
  const digits = PAGE_CURSOR.exec(Buffer.from(cursor, "base64").toString("utf8"))?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * https://dev.chartmogul.com/reference/list-a-customers-subscriptions. The cursor is a page number in disguise: it goes
 * on counting past the end, and a row that goes away during a walk shifts the rest.
 */
function answerSubscriptions({ world, query, uuid }: Call): Answer {
  const customer = findCustomer(world, uuid);
  if (isAnswer(customer)) return customer;
  const page = wantedPage(query);
  if (page === undefined) return badCursor();
  const size = perPage(query);
  const rows = world.subscriptions.get(uuid) ?? [];
  const next = Buffer.from(`subscriptions_next_page=${page + 1}`).toString("base64");
  const firstAndEmpty = rows.length === 0 && page === 1;
  return json({
    entries: rows.slice((page - 1) * size, page * size),
    has_more: rows.length > page * size,
    ...(query.has("cursor") ? {} : { per_page: size, page }),
    cursor: firstAndEmpty ? null : next,
  });
}

const importOrder = newestFirst<ImportSubscription>("text", (subscription) => subscription.uuid);

function answerImportSubscriptions({ world, query, uuid }: Call): Answer {
  const customer = findCustomer(world, uuid);
  if (isAnswer(customer)) return customer;
  return answerPage(
    {
      key: "subscriptions",
      rows: world.importSubscriptions.get(uuid) ?? [],
      order: importOrder,
      always: { customer_uuid: uuid },
      deprecated: totals(0),
    },
    query,
  );
}

/** The subscriptions of one customer; there is no list for the whole account. */
export const subscriptionRoutes: Route[] = [
  { path: "/customers/:uuid/subscriptions", answer: answerSubscriptions },
  { path: "/import/customers/:uuid/subscriptions", answer: answerImportSubscriptions },
];
