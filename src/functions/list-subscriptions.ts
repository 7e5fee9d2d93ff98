import type { Subscription } from "../api/records.ts";
import { ArgumentError } from "../errors.ts";
import { subscriptions } from "../resources/subscriptions.ts";
import { formatTimestamp } from "../schema/timestamp.ts";
import { defineList } from "./list-function.ts";
import { customerUuid, word } from "./parameters.ts";
import { findStoredCustomer } from "./stored-customer.ts";
import type { Segment } from "./stored-list.ts";

const status = word({
  active: "active",
  inactive: "inactive",
  cancelled: "inactive",
  canceled: "inactive",
  expired: "inactive",
  ended: "inactive",
  churned: "inactive",
  future: "future",
});

/** https://dev.chartmogul.com/reference/customers/list-subscriptions */
export const listSubscriptions = defineList<Subscription>()({
  name: "list_subscriptions",
  description:
    "Lists subscriptions, customer by customer. From the warehouse of all customers or of one; ChartMogul itself (live) lists only those of one customer. An inactive subscription keeps its last `mrr`.",
  filters: {
    customer_uuid: customerUuid().optional().describe("Only subscriptions of this customer (cus_…)."),
    status: status
      .optional()
      .describe("active, inactive (also: cancelled, expired, ended) or future (starts later than now)."),
  },
  resource: subscriptions,
  keys: ["entries"],
  stored({ customer_uuid, status }, account) {
    const customer = customer_uuid === undefined ? undefined : findStoredCustomer(account, customer_uuid);
    return [ofCustomers(customer, status, account.now())];
  },
  listing({ customer_uuid, status }, { api }) {
    if (customer_uuid === undefined) {
      throw new ArgumentError(
        "ChartMogul lists the subscriptions of one customer only: customer_uuid is missing",
        {
          hint: "Give customer_uuid, or ask the warehouse: leave out live.",
        },
      );
    }
    return {
      path: `customers/${encodeURIComponent(customer_uuid)}/subscriptions`,
      list: "entries",
      query: {},
      ...(status !== undefined && { keep: (each) => isOf(status, each as Subscription, api.now()) }),
    };
  },
});

function isOf(status: "active" | "inactive" | "future", subscription: Subscription, now: Date): boolean {
  if (status === "future") return Date.parse(subscription["start-date"]) > now.getTime();
  return subscription.status === status;
}

// That every customer has a uuid makes SQLite take an index in the order of the list: it would rather sort all subscriptions.
const inOrder = "AND subscription.customer_uuid > ''";

function ofCustomers(customer: string | undefined, status: string | undefined, now: Date): Segment {
  const conditions = {
    customer: "AND subscription.customer_uuid = @customer",
    status: "AND subscription.status = @status",
    now: "AND subscription.start_date > @now",
  };
  const values = {
    ...(customer !== undefined && { customer }),
    ...(status === "future" ? { now: formatTimestamp(now) } : status !== undefined && { status }),
  };
  const wanted = Object.keys(values) as (keyof typeof conditions)[];
  return {
    from: `subscriptions AS subscription CROSS JOIN raw_records AS record ON record.account = subscription.account
      AND record.resource = '${subscriptions.name}'
      AND record.key = subscription.customer_uuid || '/' || subscription.uuid`,
    where: `subscription.account = @account AND subscription.deleted_at IS NULL
      ${"now" in values ? "" : inOrder}
      ${wanted.map((name) => conditions[name]).join(" ")}`,
    values,
    key: "record.key",
    order: ["subscription.customer_uuid", "list_order", "subscription.uuid"],
  };
}
