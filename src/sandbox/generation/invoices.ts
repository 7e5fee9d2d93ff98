import type { Customer } from "../../api/records.ts";
import type { GeneratedInvoice } from "../billing-records.ts";
import { cameFrom, created } from "../stored.ts";
import { createOneTimeLine, createSubscriptionLine, getDisabling, type InvoiceShape } from "./line-items.ts";
import { generateTransactions, type Outcome, showStatus } from "./payments.ts";
import type { Random } from "./random.ts";
import type { Bill, Timeline } from "./timeline.ts";
import { dayLength, formatWithMilliseconds } from "./times.ts";

/** The input of one customer's invoices. */
export interface Billing {
  customer: Customer;
  timelines: Timeline[];
  /** Percent. */
  tax: number;
  /** The last invoice of this subscription is overdue. */
  overdue: Timeline | undefined;
  /** In milliseconds; null for a customer without a free trial. */
  trialAt: number | null;
  now: number;
}

function outcomeOf(random: Random, billing: Billing, timeline: Timeline, bill: Bill, dueAt: number): Outcome {
  if (timeline === billing.overdue && bill === timeline.bills.at(-1)) return "overdue";
  if (timeline.source.record.system !== "Stripe" && dueAt > billing.now && random.chance(0.7)) return "open";
  return random.weigh([
    [980, "paid"],
    [14, "refunded"],
    [6, "written_off"],
  ]);
}

function generateInvoice(random: Random, billing: Billing, timeline: Timeline, bill: Bill): GeneratedInvoice {
  const { customer, tax, now } = billing;
  const system = timeline.source.record.system;
  const shape: InvoiceShape = random.chance(0.04) ? "2023" : "2025";
  const dueAt =
    bill.at + (system === "Stripe" || timeline === billing.overdue ? 1 : random.pick([14, 30])) * dayLength;
  const outcome = outcomeOf(random, billing, timeline, bill, dueAt);
  const lines = [createSubscriptionLine(random, timeline, bill, tax, shape)];
  if (!bill.prorated && random.chance(0.03)) {
    lines.push(createOneTimeLine(random, Math.round(bill.offer.price * 0.4), tax, shape));
  }
  const amount = lines.reduce((sum, line) => sum + line.amount_in_cents, 0);
  const currency = bill.offer.currency;
  return {
    [created]: bill.at * 1000 + random.integer(1, 90_000_000),
    [cameFrom]: timeline.source.record.uuid,
    uuid: `inv_${random.uuid()}`,
    external_id: `INV-${random.integer(10_000_000, 999_999_999)}`,
    date: formatWithMilliseconds(bill.at),
    due_date:
      system === "Stripe" && random.chance(0.3) && outcome !== "overdue"
        ? null
        : formatWithMilliseconds(dueAt),
    currency,
    customer_uuid: customer.uuid,
    errors: {},
    ...(shape === "2025"
      ? {
          customer_external_id: timeline.customerExternalId,
          collection_method: system === "Stripe" ? ("automatic" as const) : random.pick(["manual", null]),
          status: showStatus(outcome),
          ...getDisabling(shape),
        }
      : {}),
    line_items: lines,
    transactions: generateTransactions(random, {
      outcome,
      amount,
      currency,
      at: bill.at,
      now,
      system,
      shape,
    }),
  };
}

/** Bills a free trial as a line of zero, up to the first paid day. */
function generateTrial(random: Random, billing: Billing, timeline: Timeline, at: number): GeneratedInvoice {
  const first: Bill = {
    at,
    until: timeline.startedAt,
    offer: timeline.bills[0]?.offer ?? timeline.offer,
    quantity: 1,
    net: 0,
    discount: 0,
    prorated: false,
  };
  const invoice = generateInvoice(random, billing, timeline, first);
  const line = createSubscriptionLine(random, timeline, first, billing.tax, "2025", "trial");
  return {
    ...invoice,
    ...(invoice.status === undefined ? {} : { status: "paid" as const }),
    line_items: [line],
    transactions: [],
  };
}

function disabledCopy(random: Random, copy: GeneratedInvoice): GeneratedInvoice {
  const disabling = {
    disabled: true,
    disabled_at: formatWithMilliseconds(Date.parse(copy.date) + 3 * dayLength),
    disabled_by: "finance@example.com",
    user_created: false,
  };
  return {
    ...copy,
    ...disabling,
    status: "paid",
    line_items: copy.line_items.map((line) => ({ ...line, ...disabling, uuid: `li_${random.uuid()}` })),
    transactions: [],
  };
}

/**
 * Generates a mishap next to a good invoice: a second one that is disabled, invalid or void. The good one stays, so invoices
 * still match the MRR.
 */
function generateFaultyCopy(random: Random, original: GeneratedInvoice): GeneratedInvoice {
  const copy: GeneratedInvoice = {
    ...original,
    [created]: (original[created] ?? 0) + 5_000_000,
    uuid: `inv_${random.uuid()}`,
    external_id: `${original.external_id}-B`,
    line_items: original.line_items.map((line) => ({ ...line, uuid: `li_${random.uuid()}` })),
    transactions: [],
  };
  switch (random.pick(["disabled", "invalid", "voided", "voided"] as const)) {
    case "disabled":
      return disabledCopy(random, copy);
    case "invalid":
      return { ...copy, currency: "XQX", errors: { currency: ["is not a currency that can be converted"] } };
    case "voided":
      return { ...copy, status: "voided" };
  }
}

function edited(invoice: GeneratedInvoice): GeneratedInvoice {
  const history = {
    values_changed: {
      due_date: { original_value: invoice.date, edited_value: invoice.due_date },
    },
    latest_edit_author: "finance@example.com",
    latest_edit_performed_at: formatWithMilliseconds(Date.parse(invoice.date) + 2 * dayLength),
  };
  return { ...invoice, edit_history_summary: history };
}

/** Generates the invoices of one customer: one for each bill, and the mishaps. In no order. */
export function generateInvoices(random: Random, billing: Billing): GeneratedInvoice[] {
  const invoices: GeneratedInvoice[] = [];
  for (const timeline of billing.timelines) {
    for (const bill of timeline.bills) {
      const invoice = generateInvoice(random, billing, timeline, bill);
      invoices.push(random.chance(0.01) ? edited(invoice) : invoice);
      if (random.chance(0.02)) invoices.push(generateFaultyCopy(random, invoice));
    }
  }
  const first = billing.timelines[0];
  if (first !== undefined && billing.trialAt !== null && first.source.record.system !== "Stripe") {
    invoices.push(generateTrial(random, billing, first, billing.trialAt));
  }
  return invoices;
}
