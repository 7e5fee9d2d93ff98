import type { Transaction } from "../../api/records.ts";
import type { Invoice } from "../billing-records.ts";
import { disablingOf, type Shape } from "./line-items.ts";
import type { Random } from "./random.ts";
import { DAY, withMilliseconds } from "./times.ts";

/** How an invoice ended. "overdue" is open with failed payments behind it. */
export type Outcome = "paid" | "open" | "overdue" | "refunded" | "voided" | "written_off";

/** What the payments of one invoice are invented from; amounts in hundredths of the invoice's currency. */
export interface Owed {
  outcome: Outcome;
  amount: number;
  currency: string;
  at: number;
  now: number;
  system: string;
  shape: Shape;
}

function transaction(
  random: Random,
  owed: Owed,
  type: Transaction["type"],
  result: Transaction["result"],
  at: number,
  amount: number | null,
): Transaction {
  const charged = owed.system === "Stripe" && result === "successful" && type === "payment";
  return {
    uuid: `tr_${random.uuid()}`,
    external_id: random.chance(0.7) ? `TX-${random.integer(100_000, 99_999_999)}` : null,
    type,
    date: withMilliseconds(Math.min(at, owed.now)),
    result,
    amount_in_cents: amount,
    transaction_fees_in_cents: charged ? Math.round((amount ?? owed.amount) * 0.019) : null,
    transaction_fees_currency: charged ? owed.currency : null,
    ...disablingOf(owed.shape),
  };
}

function payInFull(random: Random, owed: Owed): Transaction[] {
  const { at, amount, system } = owed;
  const paidAt = system === "Stripe" ? at + 60_000 : at + random.integer(0, 12) * DAY;
  const payments: Transaction[] = [];
  if (random.chance(0.04)) payments.push(transaction(random, owed, "payment", "failed", at, null));
  if (amount > 100_000 && random.chance(0.08)) {
    const first = Math.round(amount * 0.5);
    payments.push(transaction(random, owed, "payment", "successful", paidAt, first));
    payments.push(transaction(random, owed, "payment", "successful", paidAt + 5 * DAY, amount - first));
  } else {
    // Null is the API's way to say "all of it".
    const spelled = system === "Stripe" || random.chance(0.3) ? amount : null;
    payments.push(transaction(random, owed, "payment", "successful", paidAt, spelled));
  }
  return payments;
}

/** The transactions that lead to an outcome, in order of time. Credits and invoices of nothing have none. */
export function inventTransactions(random: Random, owed: Owed): Transaction[] {
  if (owed.amount <= 0) return [];
  switch (owed.outcome) {
    case "paid":
      return payInFull(random, owed);
    case "refunded": {
      const refund = transaction(random, owed, "refund", "successful", owed.at + 15 * DAY, owed.amount);
      return [...payInFull(random, owed), refund];
    }
    case "overdue":
    case "written_off":
      return [transaction(random, owed, "payment", "failed", owed.at + 60_000, null)];
    default:
      return [];
  }
}

/** The status that an outcome shows on the wire. */
export function statusOf(outcome: Outcome): NonNullable<Invoice["status"]> {
  return outcome === "overdue" ? "open" : outcome;
}
