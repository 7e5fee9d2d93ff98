import type { MovementHistory } from "./history.ts";
import type { DayRange } from "./intervals.ts";

/** The eight metrics under their wire names. Amounts are in hundredths of the account's currency, and rates in percent. */
export interface Measures {
  mrr: number;
  arr: number;
  "customer-churn-rate": number;
  "mrr-churn-rate": number;
  ltv: number;
  customers: number;
  asp: number;
  arpa: number;
}

/** A metric's wire name. */
export type Metric = keyof Measures;

/** Rounds to two decimals, as every percentage of the API. */
function percent(share: number): number {
  return Math.round(share * 10_000) / 100;
}

function divide(amount: number, by: number): number {
  return by === 0 ? 0 : amount / by;
}

function mrrAt(history: MovementHistory, day: number): number {
  return (
    history.upTo("new_biz", day) +
    history.upTo("reactivation", day) +
    history.upTo("expansion", day) +
    history.upTo("contraction", day) +
    history.upTo("churn", day)
  );
}

/** Sums the movements over a stretch, under the keys of `/v1/metrics/mrr`. Contraction and churn are negative. */
export function sumMovements(history: MovementHistory, { from, to }: DayRange): Record<string, number> {
  const over = (type: Parameters<MovementHistory["upTo"]>[0]) =>
    history.upTo(type, to) - history.upTo(type, from - 1);
  return {
    "mrr-new-business": over("new_biz"),
    "mrr-expansion": over("expansion"),
    "mrr-contraction": over("contraction"),
    "mrr-churn": over("churn"),
    "mrr-reactivation": over("reactivation"),
  };
}

/**
 * Computes MRR, ARR, customers and ARPA at the end of the stretch, and ASP, churn rates and LTV over it. MRR churn is net: it is
 * negative when expansion and reactivation exceed churn. LTV is ARPA divided by the customer churn rate, or 0 without churn.
 */
export function measure(history: MovementHistory, { from, to }: DayRange): Measures {
  const over = (count: Parameters<MovementHistory["upTo"]>[0]) =>
    history.upTo(count, to) - history.upTo(count, from - 1);
  const mrr = mrrAt(history, to);
  const customers = history.upTo("customers", to);
  const churned = divide(over("lostCustomers"), history.upTo("customers", from - 1));
  const kept = over("churn") + over("contraction") + over("expansion") + over("reactivation");
  return {
    mrr,
    arr: mrr * 12,
    "customer-churn-rate": percent(churned),
    "mrr-churn-rate": percent(divide(-kept, mrrAt(history, from - 1))),
    ltv: Math.round(divide(divide(mrr, customers), churned)),
    customers,
    asp: Math.round(divide(over("new_biz"), over("newCustomers"))),
    arpa: Math.round(divide(mrr, customers)),
  };
}

/** Gives the change in percent of the earlier value's size; 0 when that was 0. */
export function computeChange(current: number, previous: number): number {
  return percent(divide(current - previous, Math.abs(previous)));
}
