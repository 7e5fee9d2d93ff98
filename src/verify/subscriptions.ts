import type { Verification } from "./findings.ts";
import { formatCents } from "./format.ts";

interface SubscriptionSums {
  readonly customers: number;
  readonly paying: number;
  readonly subscriptions: number;
  readonly active: number;
}

/**
 * Compares the MRR of active subscriptions with that of customers. ChartMogul does not promise that both are equal: a cancelled or
 * disabled subscription may still be paid for.
 */
export function verifySubscriptions({ warehouse, account, report }: Verification): void {
  const sums = warehouse.sqlite
    .prepare<{ account: string }, SubscriptionSums>(
      `SELECT * FROM
         (SELECT total(mrr_in_cents) AS customers, count(*) FILTER (WHERE mrr_in_cents <> 0) AS paying
          FROM customers WHERE account = @account AND deleted_at IS NULL),
         (SELECT total(mrr_in_cents) AS subscriptions, count(*) AS active
          FROM subscriptions WHERE account = @account AND deleted_at IS NULL AND status = 'active')`,
    )
    .get({ account });
  if (!sums || sums.paying + sums.active === 0) return;
  const found = `active subscriptions add up to ${formatCents(sums.subscriptions)} MRR, customers to ${formatCents(sums.customers)}`;
  // Each is rounded to a cent.
  const rounding = sums.paying + sums.active;
  if (Math.abs(sums.customers - sums.subscriptions) <= rounding) report.ok("subscriptions", found);
  else report.warning("subscriptions", `${found}; ChartMogul does not promise that they are equal`);
}
