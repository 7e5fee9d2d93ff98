import type { Warehouse } from "../database/open.ts";
import { findFirstOrderAfter } from "../schema/list-order.ts";
import { getShape, type Table } from "../schema/table.ts";

/** Describes which records belong together, and which of them are recent. */
export interface RecordGroup {
  /** The column whose value records of one group share. */
  readonly by: string;
  /** The column of their date; `from` is the first day that counts. */
  readonly dateColumn: string;
  readonly from: string;
  /** Recent records first came in a walk after this run. */
  readonly after: number;
}

/** True where some group has more records among these missing ones than recent ones. Keys have one part. */
export function lacksReplacements(
  { sqlite }: Warehouse,
  account: string,
  { name: resource, table }: { readonly name: string; readonly table: Table },
  missing: readonly string[],
  { by, dateColumn, from, after }: RecordGroup,
): boolean {
  const { name, key } = getShape(table);
  const own = {
    account,
    resource,
    missing: JSON.stringify(missing),
    from,
    after: findFirstOrderAfter(after),
  };
  const short = sqlite
    .prepare<typeof own>(
      `WITH gone AS (
         SELECT "${by}" AS whose, count(*) AS records FROM "${name}"
         WHERE account = @account AND "${key[1]}" IN (SELECT value FROM json_each(@missing)) GROUP BY whose),
       come AS (
         SELECT "${by}" AS whose, count(*) AS records FROM raw_records AS record
         CROSS JOIN "${name}" AS own ON own.account = record.account AND own."${key[1]}" = record.key
         WHERE record.account = @account AND record.resource = @resource AND record.list_order >= @after
           AND "${dateColumn}" >= @from AND deleted_at IS NULL GROUP BY whose)
       SELECT 1 FROM gone LEFT JOIN come ON come.whose IS gone.whose
       WHERE gone.records > coalesce(come.records, 0) LIMIT 1`,
    )
    .pluck();
  return short.get(own) !== undefined;
}

/**
 * Counts the missing records whose external id another live record has. A data source that was deleted and imported again leaves
 * such records. 0 in tables without that column.
 */
export function countListedAgain(
  { sqlite }: Warehouse,
  account: string,
  { table }: { readonly table: Table },
  missing: readonly string[],
): number {
  const { name, key, columns } = getShape(table);
  if (!("external_id" in columns)) return 0;
  const recordKey = key
    .slice(1)
    .map((column) => `"${column}"`)
    .join(" || '/' || ");
  const counted = sqlite
    .prepare<{ account: string; missing: string }, number>(
      `WITH live AS MATERIALIZED (
         SELECT external_id, CAST(${recordKey} AS TEXT) IN (SELECT value FROM json_each(@missing)) AS is_missing FROM "${name}"
         WHERE account = @account AND deleted_at IS NULL AND external_id IS NOT NULL)
       SELECT count(*) FROM live
       WHERE is_missing AND external_id IN (SELECT external_id FROM live WHERE NOT is_missing)`,
    )
    .pluck();
  return counted.get({ account, missing: JSON.stringify(missing) }) ?? 0;
}

/**
 * Finds the groups of these missing records. Adds the groups of recent records dated before `until`: a record that came in time
 * would have been stored already.
 */
export function findRewrittenGroups(
  { sqlite }: Warehouse,
  account: string,
  { name: resource, table }: { readonly name: string; readonly table: Table },
  missing: readonly string[],
  { by, dateColumn, from, after, until }: RecordGroup & { readonly until: string },
): string[] {
  const { name, key } = getShape(table);
  const own = {
    account,
    resource,
    missing: JSON.stringify(missing),
    from,
    until,
    after: findFirstOrderAfter(after),
  };
  return sqlite
    .prepare<typeof own, string>(
      `SELECT "${by}" FROM "${name}" WHERE account = @account AND "${by}" IS NOT NULL
         AND "${key[1]}" IN (SELECT value FROM json_each(@missing))
       UNION
       SELECT "${by}" FROM raw_records AS record
       CROSS JOIN "${name}" AS own ON own.account = record.account AND own."${key[1]}" = record.key
       WHERE record.account = @account AND record.resource = @resource AND record.list_order >= @after
         AND "${dateColumn}" >= @from AND "${dateColumn}" < @until AND deleted_at IS NULL AND "${by}" IS NOT NULL`,
    )
    .pluck()
    .all(own);
}
