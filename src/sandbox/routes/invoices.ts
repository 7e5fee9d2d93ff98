import type { Disabling, LineItem, Transaction } from "../../api/records.ts";
import type { GeneratedInvoice } from "../billing-records.ts";
import { findByUuid } from "../find-by-uuid.ts";
import { orderByCreation } from "../order.ts";
import { type Reply, refuseMissing, replyJson, replyNotFound } from "../reply.ts";
import { type ReplyListing, replyWithPage, showTotals } from "../reply-with-page.ts";
import { cameFrom } from "../stored.ts";
import type { World } from "../world.ts";
import { findCustomer, isReply } from "./customers.ts";
import { type ApiRequest, isOn, matches, type Route } from "./route.ts";

const order = orderByCreation<GeneratedInvoice>("text", (invoice) => invoice.uuid);

function isInvalid(invoice: GeneratedInvoice): boolean {
  for (const _ in invoice.errors) return true;
  return false;
}

function isVisible(invoice: GeneratedInvoice, query: URLSearchParams): boolean {
  if (invoice.disabled === true && !isOn(query, "with_disabled")) return false;
  switch (query.get("validation_type")) {
    case "all":
      return true;
    case "invalid":
      return isInvalid(invoice);
    default:
      return !isInvalid(invoice);
  }
}

function sourceOf(world: World, invoice: GeneratedInvoice): string | undefined {
  const customer = findByUuid(world.customers, invoice.customer_uuid);
  return invoice[cameFrom] ?? customer?.data_source_uuid;
}

function withHistory<Row extends Disabling>(row: Row, query: URLSearchParams): Row {
  const { edit_history_summary, ...shown } = row;
  // The cast gives back the type that the rest of a generic loses.
  if (!isOn(query, "include_edit_histories")) return shown as Row;
  return { ...row, edit_history_summary: edit_history_summary ?? {} };
}

function visible<Row extends Disabling>(rows: Row[], query: URLSearchParams): Row[] {
  return rows.filter((row) => row.disabled !== true || isOn(query, "with_disabled"));
}

function show(invoice: GeneratedInvoice, query: URLSearchParams): GeneratedInvoice {
  return {
    ...withHistory(invoice, query),
    line_items: visible(invoice.line_items, query).map((lineItem) => withHistory(lineItem, query)),
    transactions: visible(invoice.transactions, query).map((transaction) => withHistory(transaction, query)),
  };
}

/** Recordings have `balance_transfer` on the account's list only. */
function withoutBalanceTransfer(invoice: GeneratedInvoice): GeneratedInvoice {
  const lineItems = invoice.line_items.map(({ balance_transfer: _transfer, ...lineItem }) => lineItem);
  return { ...invoice, line_items: lineItems };
}

function replyWithInvoices({ world, query }: ApiRequest): Reply {
  const source = query.get("data_source_uuid");
  const listing: ReplyListing<GeneratedInvoice> = {
    key: "invoices",
    rows: world.invoices,
    order,
    keep: (invoice) =>
      isVisible(invoice, query) &&
      matches(query, "customer_uuid", invoice.customer_uuid) &&
      matches(query, "external_id", invoice.external_id) &&
      (source === null || sourceOf(world, invoice) === source),
    show: (invoice) => show(invoice, query),
    deprecated: showTotals(0),
  };
  return replyWithPage(listing, query);
}

function replyWithCustomerInvoices({ world, query, uuid }: ApiRequest): Reply {
  const customer = findCustomer(world, uuid);
  if (isReply(customer)) return customer;
  return replyWithPage(
    {
      key: "invoices",
      rows: world.invoices,
      order,
      keep: (invoice) => invoice.customer_uuid === uuid && isVisible(invoice, query),
      show(invoice) {
        const { customer_uuid: _customer, ...shown } = withoutBalanceTransfer(show(invoice, query));
        return shown;
      },
      always: { customer_uuid: uuid },
      deprecated: showTotals(0),
    },
    query,
  );
}

function replyWithInvoice({ world, query, uuid }: ApiRequest): Reply {
  const invoice = findByUuid(world.invoices, uuid);
  if (invoice === undefined || !isVisible(invoice, query)) return replyNotFound("Invoice");
  return replyJson(withoutBalanceTransfer(show(invoice, query)));
}

/** The two parts of an invoice that have routes of their own. */
type Part = LineItem | Transaction;

function findPart(
  { world, query }: ApiRequest,
  parts: (invoice: GeneratedInvoice) => Part[],
  fits: (part: Part, invoice: GeneratedInvoice) => boolean,
): Part | undefined {
  for (const invoice of world.invoices) {
    const found = isVisible(invoice, query)
      ? visible(parts(invoice), query).find((part) => fits(part, invoice))
      : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function partRoutes(path: string, object: string, parts: (invoice: GeneratedInvoice) => Part[]): Route[] {
  const reply = (part: Part | undefined, query: URLSearchParams) =>
    part === undefined ? replyNotFound(object) : replyJson(withHistory(part, query));
  return [
    {
      path: `${path}/:uuid`,
      reply: (call) =>
        reply(
          findPart(call, parts, (part) => part.uuid === call.uuid),
          call.query,
        ),
    },
    {
      path,
      reply(call) {
        const source = call.query.get("data_source_uuid");
        const externalId = call.query.get("external_id");
        if (source === null) return refuseMissing("data_source_uuid");
        if (externalId === null) return refuseMissing("external_id");
        const fits = (part: Part, invoice: GeneratedInvoice) =>
          part.external_id === externalId && sourceOf(call.world, invoice) === source;
        return reply(findPart(call, parts, fits), call.query);
      },
    },
  ];
}

/** Invoices and their parts: https://dev.chartmogul.com/reference/invoices/list. Disabled and invalid ones are hidden. */
export const invoiceRoutes: Route[] = [
  { path: "/invoices", reply: replyWithInvoices },
  { path: "/invoices/:uuid", reply: replyWithInvoice },
  { path: "/import/customers/:uuid/invoices", reply: replyWithCustomerInvoices },
  ...partRoutes("/line_items", "Line item", (invoice) => invoice.line_items),
  ...partRoutes("/transactions", "Transaction", (invoice) => invoice.transactions),
];
