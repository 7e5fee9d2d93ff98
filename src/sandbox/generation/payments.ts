import type { Transaction } from "../../api/records.ts";
import type { GeneratedInvoice } from "../billing-records.ts";
import { getDisabling, type InvoiceShape } from "./line-items.ts";
import type { Random } from "./random.ts";
import { dayLength, formatWithMilliseconds } from "./times.ts";

/** How an invoice ended. "overdue" is open with failed payments behind it. */
export type Outcome = "paid" | "open" | "overdue" | "refunded" | "voided" | "written_off";

/** The input of one invoice's payments. Amounts are in hundredths of the invoice's currency. */
export interface PaymentTerms {
  outcome: Outcome;
  amount: number;
  currency: string;
  at: number;
  now: number;
  system: string;
  shape: InvoiceShape;
}

function transaction(
  random: Random,
  terms: PaymentTerms,
  type: Transaction["type"],
  result: Transaction["result"],
  at: number,
  amount: number | null,
): Transaction {
  const charged = terms.system === "Stripe" && result === "successful" && type === "payment";
  return {
    uuid: `tr_${random.uuid()}`,
    external_id: random.chance(0.7) ? `TX-${random.integer(100_000, 99_999_999)}` : null,
    type,
    date: formatWithMilliseconds(Math.min(at, terms.now)),
    result,
    amount_in_cents: amount,
    transaction_fees_in_cents: charged ? Math.round((amount ?? terms.amount) * 0.019) : null,
    transaction_fees_currency: charged ? terms.currency : null,
    ...getDisabling(terms.shape),
  };
}

function payInFull(random: Random, terms: PaymentTerms): Transaction[] {
  const { at, amount, system } = terms;
  const paidAt = system === "Stripe" ? at + 60_000 : at + random.integer(0, 12) * dayLength;
  const payments: Transaction[] = [];
  if (random.chance(0.04)) payments.push(transaction(random, terms, "payment", "failed", at, null));
  if (amount > 100_000 && random.chance(0.08)) {
    const first = Math.round(amount * 0.5);
    payments.push(transaction(random, terms, "payment", "successful", paidAt, first));
    payments.push(
      transaction(random, terms, "payment", "successful", paidAt + 5 * dayLength, amount - first),
    );
  } else {
    // Null is the API's way to say "all of it".
    const spelled = system === "Stripe" || random.chance(0.3) ? amount : null;
    payments.push(transaction(random, terms, "payment", "successful", paidAt, spelled));
  }
  return payments;
}

/** Generates the transactions that lead to an outcome, in order of time. Credits and invoices of zero have no transactions. */
export function generateTransactions(random: Random, terms: PaymentTerms): Transaction[] {
  if (terms.amount <= 0) return [];
  switch (terms.outcome) {
    case "paid":
      return payInFull(random, terms);
    case "refunded": {
      const refund = transaction(
        random,
        terms,
        "refund",
        "successful",
        terms.at + 15 * dayLength,
        terms.amount,
      );
      return [...payInFull(random, terms), refund];
    }
    case "overdue":
    case "written_off":
      return [transaction(random, terms, "payment", "failed", terms.at + 60_000, null)];
    default:
      return [];
  }
}

/** Gives the status that an outcome has on the wire. */
export function showStatus(outcome: Outcome): NonNullable<GeneratedInvoice["status"]> {
  return outcome === "overdue" ? "open" : outcome;
}
