import type { LineItem } from "../../api/records.ts";
import type { Random } from "./random.ts";
import type { Bill, Timeline } from "./timeline.ts";
import { formatWithMilliseconds } from "./times.ts";

/** The keys of an invoice: only those of the recordings of 2023, or also those that the docs added in 2025. */
export type InvoiceShape = "2023" | "2025";

const notDisabled = { disabled: false, disabled_at: null, disabled_by: null, user_created: false };

/** Gives the keys about disabling that a record of this shape has. */
export function getDisabling(shape: InvoiceShape): Partial<typeof notDisabled> {
  return shape === "2025" ? notDisabled : {};
}

function common(random: Random, amount: number, quantity: number, tax: number, shape: InvoiceShape) {
  return {
    uuid: `li_${random.uuid()}`,
    external_id: random.chance(0.6) ? `LI-${random.integer(100_000, 99_999_999)}` : null,
    amount_in_cents: amount + tax,
    quantity,
    tax_amount_in_cents: tax,
    transaction_fees_in_cents: 0,
    transaction_fees_currency: null,
    account_code: random.chance(0.1) ? "4000-recurring" : "",
    event_order: null,
    balance_transfer: shape === "2025" ? false : null,
    ...getDisabling(shape),
  };
}

/** Generates the line of a billing period, in the invoice's currency. A trial's line costs nothing. `taxRate` is in percent. */
export function createSubscriptionLine(
  random: Random,
  timeline: Timeline,
  bill: Bill,
  taxRate: number,
  shape: InvoiceShape,
  type: "subscription" | "trial" = "subscription",
): LineItem {
  const net = type === "trial" ? 0 : bill.net;
  const discount = type === "trial" ? 0 : bill.discount;
  return {
    subscription_uuid: `sub_${timeline.importUuid}`,
    subscription_external_id: timeline.externalId,
    prorated: bill.prorated,
    proration_type: bill.prorated ? "differential" : null,
    service_period_start: formatWithMilliseconds(bill.at),
    service_period_end: formatWithMilliseconds(bill.until),
    ...(timeline.setExternalId === null ? {} : { subscription_set_external_id: timeline.setExternalId }),
    type,
    plan_uuid: bill.offer.plan.uuid,
    ...(shape === "2025" ? { plan_external_id: bill.offer.plan.external_id } : {}),
    ...common(random, net, bill.quantity, Math.round((net * taxRate) / 100), shape),
    discount_code: discount > 0 ? "GARDENCLUB" : "",
    discount_amount_in_cents: discount,
    discount_description: discount > 0 ? "Member price" : null,
  };
}

/** Generates a line outside any subscription, without the subscription keys. */
export function createOneTimeLine(
  random: Random,
  amount: number,
  taxRate: number,
  shape: InvoiceShape,
): LineItem {
  return {
    type: "one_time",
    description: random.pick(["Setup session", "Extra storage", "Team workshop", null]),
    ...common(random, amount, 1, Math.round((amount * taxRate) / 100), shape),
    discount_code: "",
    discount_amount_in_cents: 0,
    discount_description: null,
  };
}
