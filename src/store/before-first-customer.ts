import type { Warehouse } from "../database/open.ts";
import { getShape, type Table } from "../schema/table.ts";
import { openTombstones } from "./tombstones.ts";

/** A table of metrics by day, or by interval. */
export interface MetricsTables {
  readonly name: string;
  readonly table: Table;
  readonly children: readonly { readonly table: Table }[];
}

/**
 * Finds the keys of live rows from before an account's history began, which hold nothing but zeros. A walk may have requested
 * them because it did not know the first customer, or its first customer was deleted since. The history begins with the day
 * before the first customer paid, or before the first day with any value. In intervals it begins with the month of that day. No
 * keys where nobody ever paid.
 */
export function findKeysBeforeFirstCustomer(
  { sqlite }: Pick<Warehouse, "sqlite">,
  account: string,
  { table }: MetricsTables,
): string[] {
  const { name, columns, key } = getShape(table);
  const values = Object.keys(columns).filter((column) => /_in_cents$|_rate$|^customers$/.test(column));
  const isZero = values.map((column) => `coalesce("${column}", 0) = 0`).join(" AND ");
  const own = "account = @account AND deleted_at IS NULL";
  const [kind, keyOfRow, begin] = key.includes("interval")
    ? ["interval", "interval || '/' || date", "date(day, 'start of month')"]
    : ["'day'", "date", "day"];
  return sqlite
    .prepare<{ account: string }, string>(
      `WITH
         paid (day) AS MATERIALIZED (SELECT date(min(customer_since), '-1 day') FROM customers WHERE ${own}),
         start (day) AS MATERIALIZED (SELECT min(day, coalesce(
           (SELECT date(min(date), '-1 day') FROM daily_metrics WHERE ${own} AND NOT (${isZero})),
           date(day, '-1 day'))) FROM paid),
         metric (kind, date, key, is_zero) AS MATERIALIZED (
           SELECT ${kind}, date, ${keyOfRow}, ${isZero} FROM "${name}" WHERE ${own}),
         begun (kind, date) AS MATERIALIZED (SELECT kind, min(date) FROM metric WHERE NOT is_zero GROUP BY kind)
       SELECT key FROM metric JOIN start LEFT JOIN begun USING (kind)
       WHERE metric.date < ${begin} AND metric.date < coalesce(begun.date, '9999') ORDER BY key`,
    )
    .pluck()
    .all({ account });
}

/** Marks these rows as deleted: ChartMogul has no values for them, and a walk does not request them again. */
export function deleteBeforeFirstCustomer(
  warehouse: Warehouse,
  account: string,
  metrics: MetricsTables,
  now: () => Date,
): void {
  const tombstones = openTombstones(warehouse, account, metrics, now);
  for (const key of findKeysBeforeFirstCustomer(warehouse, account, metrics)) tombstones.mark(key);
}
