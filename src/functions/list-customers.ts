import type { Customer } from "../api/records.ts";
import { customers } from "../resources/customers.ts";
import { defineList } from "./list-function.ts";
import { text, word } from "./parameters.ts";
import type { Segment } from "./stored-list.ts";

const status = word({
  active: "Active",
  "past due": "Past Due",
  pastdue: "Past Due",
  overdue: "Past Due",
  cancelled: "Cancelled",
  canceled: "Cancelled",
  churned: "Cancelled",
  expired: "Cancelled",
  ended: "Cancelled",
  "new lead": "New Lead",
  "working lead": "Working Lead",
  "qualified lead": "Qualified Lead",
  "unqualified lead": "Unqualified Lead",
  new: "New Lead",
  working: "Working Lead",
  qualified: "Qualified Lead",
  unqualified: "Unqualified Lead",
  future: "Future",
});

/** https://dev.chartmogul.com/reference/customers/list and, for an e-mail address, /customers/search. */
export const listCustomers = defineList<Customer>()({
  name: "list_customers",
  description:
    "Lists customers and leads: the longest-standing customers first, leads last. `mrr` and `arr` are in hundredths of the account's currency.",
  filters: {
    status: status
      .optional()
      .describe(
        "Active, Past Due, Cancelled, New Lead, Working Lead, Qualified Lead or Unqualified Lead, in any case; also canceled, churned, expired, overdue, Future.",
      ),
    email: text().optional().describe("Only customers with this e-mail address, in any case."),
  },
  resource: customers,
  keys: ["entries"],
  stored: ({ status, email }) => bySince(status, email),
  listing({ status, email }) {
    const isOfStatus = (customer: unknown) =>
      status === undefined || (customer as Customer).status === status;
    if (email !== undefined) {
      return { path: "customers/search", list: "entries", query: { email }, keep: isOfStatus, none: 404 };
    }
    const query = status === undefined ? {} : { status: status.replaceAll(" ", "_") };
    return { path: "customers", list: "entries", query, fits: isOfStatus };
  },
});

/** Whoever has become a customer by date, and then, by number, the leads. */
function bySince(status: string | undefined, email: string | undefined): readonly Segment[] {
  const values = { ...(status !== undefined && { status }), ...(email !== undefined && { email }) };
  // A plus keeps SQLite from the index of a column: there are many of a status or a time, and one or two of an address.
  const plus = email === undefined ? "" : "+";
  const ofStatus = status === undefined ? "" : `AND ${plus}status = @status`;
  const ofEmail = email === undefined ? "" : "AND email = @email COLLATE NOCASE";
  const segment = (since: string, order: readonly string[]): Segment => ({
    from: "customers",
    where: `account = @account AND deleted_at IS NULL AND ${plus}customer_since ${since} ${ofStatus} ${ofEmail}`,
    values,
    key: "uuid",
    order,
  });
  return [segment("IS NOT NULL", [`${plus}customer_since`, "id"]), segment("IS NULL", ["id"])];
}
