import type { Customer } from "../../api/records.ts";
import { findByUuid } from "../find-by-uuid.ts";
import type { Order } from "../order.ts";
import { type Reply, refuse, refuseMissing, replyJson } from "../reply.ts";
import { type FirstPage, replyWithPage } from "../reply-with-page.ts";
import type { World } from "../world.ts";
import { type ApiRequest, matches, type Route } from "./route.ts";

const bySince: Order<Customer> = {
  direction: "ascending",
  idKind: "number",
  at(customer) {
    const since = customer["customer-since"];
    return since === null ? Number.POSITIVE_INFINITY : Date.parse(since) * 1000;
  },
  id: (customer) => customer.id,
  changeable: (customer) => customer["customer-since"],
};

function passes(customer: Customer, query: URLSearchParams): boolean {
  return (
    matches(query, "status", customer.status.replaceAll(" ", "_")) &&
    matches(query, "data_source_uuid", ...customer.data_source_uuids) &&
    matches(query, "external_id", ...customer.external_ids) &&
    matches(query, "system", customer["billing-system-type"])
  );
}

function pageKeys(page: FirstPage<Customer>, totalPages: number | null): Record<string, unknown> {
  return {
    current_page: page.number,
    total_pages: totalPages,
    per_page: page.perPage,
    page: page.number,
  };
}

/** Sorts by customer-since, leads last: https://dev.chartmogul.com/reference/customers/list. There is no date filter. */
function replyWithCustomers({ world, query }: ApiRequest): Reply {
  return replyWithPage(
    {
      key: "entries",
      rows: world.customers,
      order: bySince,
      keep: (customer) => passes(customer, query),
      deprecated: (page) => pageKeys(page, Math.max(1, Math.ceil(page.count() / page.perPage))),
    },
    query,
  );
}

function ownersOf(world: World, email: string): Set<string> {
  const contacts = world.contacts.filter((contact) => contact.email?.toLowerCase() === email);
  return new Set(contacts.flatMap((contact) => contact.customer_uuid ?? []));
}

/** The only list where no match is a 404. */
function replyWithSearch({ world, query }: ApiRequest): Reply {
  const asked = query.get("email");
  if (asked === null) return refuseMissing("email");
  const email = asked.toLowerCase();
  const associated =
    query.get("with_associated_emails") === "true" ? ownersOf(world, email) : new Set<string>();
  const keep = (customer: Customer) =>
    customer.email.toLowerCase() === email || associated.has(customer.uuid);
  if (!world.customers.some(keep)) {
    return refuse(404, `Can't find any customers with email: "${asked}"`, "email");
  }
  return replyWithPage(
    {
      key: "entries",
      rows: world.customers,
      order: bySince,
      keep,
      deprecated: (page) => pageKeys(page, null),
    },
    query,
  );
}

/** Finds a customer, or gives the 404 where there is none. */
export function findCustomer(world: World, uuid: string): Customer | Reply {
  return findByUuid(world.customers, uuid) ?? refuse(404, "Customer not found");
}

/** True for a reply, in contrast to a customer. */
export function isReply(found: Customer | Reply): found is Reply {
  return "contentType" in found;
}

/** Customers, their search and their attributes. */
export const customerRoutes: Route[] = [
  { path: "/customers", reply: replyWithCustomers },
  { path: "/customers/search", reply: replyWithSearch },
  {
    path: "/customers/:uuid",
    reply({ world, uuid }) {
      const customer = findCustomer(world, uuid);
      return isReply(customer) ? customer : replyJson(customer);
    },
  },
  {
    path: "/customers/:uuid/attributes",
    reply({ world, uuid }) {
      const customer = findCustomer(world, uuid);
      return isReply(customer) ? customer : replyJson(customer.attributes);
    },
  },
];
