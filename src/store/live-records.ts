import { and, count, eq, gte } from "drizzle-orm";
import type { Warehouse } from "../database/open.ts";
import { findFirstOrderAfter } from "../schema/list-order.ts";
import { rawRecords } from "../schema/sync-tables.ts";

/** An SQL condition for rows of `raw_records AS record`: they have no tombstone. */
export const recordIsLive = `NOT EXISTS (SELECT 1 FROM sync_tombstones AS tombstone
  WHERE tombstone.account = record.account AND tombstone.resource = record.resource AND tombstone.key = record.key)`;

/** SQL for the keys of the live records of one resource of one account; more conditions may follow. */
export const selectLiveKeys = `SELECT key FROM raw_records AS record WHERE account = ? AND resource = ? AND ${recordIsLive}`;

/** Finds the smallest key of the live records of one resource of one account; undefined where there is none. */
export function findFirstLiveKey(
  { sqlite }: Warehouse,
  account: string,
  resource: string,
): string | undefined {
  return sqlite
    .prepare<[string, string], string>(`${selectLiveKeys} ORDER BY key LIMIT 1`)
    .pluck()
    .get(account, resource);
}

/** Lists the keys of the first live records in the listing of one resource of one account, at most this many. */
export function listFirstLiveKeys(
  { sqlite }: Warehouse,
  account: string,
  resource: string,
  most: number,
): string[] {
  return sqlite
    .prepare<[string, string, number], string>(`${selectLiveKeys} ORDER BY list_order LIMIT ?`)
    .pluck()
    .all(account, resource, most);
}

/** Lists the keys of random live records of one resource of one account, at most this many. */
export function listRandomLiveKeys(
  { sqlite }: Warehouse,
  account: string,
  resource: string,
  most: number,
): string[] {
  return sqlite
    .prepare<[string, string, number], string>(`${selectLiveKeys} ORDER BY random() LIMIT ?`)
    .pluck()
    .all(account, resource, most);
}

/**
 * Counts the records of one resource of one account that walks begun after this run received for the first time. Only for
 * resources whose listing does not begin with the newest record.
 */
export function countReceivedAfter(
  { orm }: Warehouse,
  account: string,
  resource: string,
  run: number,
): number {
  const isRecent = and(
    eq(rawRecords.account, account),
    eq(rawRecords.resource, resource),
    gte(rawRecords.list_order, findFirstOrderAfter(run)),
  );
  const [recent] = orm.select({ records: count() }).from(rawRecords).where(isRecent).all();
  return recent?.records ?? 0;
}
