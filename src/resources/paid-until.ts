import type { Warehouse } from "../database/open.ts";
import { timestamp } from "../schema/timestamp.ts";

/** Customers one of whose active subscriptions has passed the end of what was paid for: it was renewed, or it has ended. */
export function customersPastTheirEnd({ sqlite }: Warehouse, account: string, now: Date): string[] {
  return sqlite
    .prepare<[string, string], string>(
      `SELECT DISTINCT customer_uuid FROM subscriptions
       WHERE account = ? AND status = 'active' AND end_date <= ? AND deleted_at IS NULL`,
    )
    .pluck()
    .all(account, timestamp(now));
}
