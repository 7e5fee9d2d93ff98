import type { Warehouse } from "../database/open.ts";
import { formatTimestamp } from "../schema/timestamp.ts";

/** Finds customers with an active subscription whose paid period is over: it was renewed, or it has ended. */
export function findCustomersPastPaidPeriod({ sqlite }: Warehouse, account: string, now: Date): string[] {
  return sqlite
    .prepare<[string, string], string>(
      `SELECT DISTINCT customer_uuid FROM subscriptions
       WHERE account = ? AND status = 'active' AND end_date <= ? AND deleted_at IS NULL`,
    )
    .pluck()
    .all(account, formatTimestamp(now));
}
