import type { Warehouse } from "../database/open.ts";

/** Finds the live customers of an account that have one of these identifiers in a billing system. A merged customer has several. */
export function findCustomersByExternalId(
  { sqlite }: Warehouse,
  account: string,
  externalIds: readonly string[],
): string[] {
  return sqlite
    .prepare<[string, string], string>(
      `SELECT DISTINCT uuid FROM customers, json_each(external_ids) AS own
       WHERE account = ? AND deleted_at IS NULL AND own.value IN (SELECT value FROM json_each(?))`,
    )
    .pluck()
    .all(account, JSON.stringify(externalIds));
}
