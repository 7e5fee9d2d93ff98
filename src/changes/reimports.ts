import type { Warehouse } from "../database/open.ts";

/** A customer whose data source was deleted and imported again, which gave the customer another uuid. */
export interface Reimport {
  readonly old: string;
  readonly current: string;
  /** 1 where the present one has come since the timestamp. */
  readonly is_new: 0 | 1;
  /** 1 where the old one is still live: it is missing, and was not marked. */
  readonly is_suspected: 0 | 1;
}

/**
 * The customers of an account that are deleted, or suspected deletes, since a timestamp and exist again under another uuid. They
 * have the same external id, from a data source of the same name, and no two of them have that id. A suspected delete counts only
 * if its new record came since then.
 */
export function findReimports({ sqlite }: Warehouse, account: string, since: string): Reimport[] {
  return sqlite
    .prepare<{ account: string; since: string }, Reimport>(
      `WITH known AS MATERIALIZED (
         SELECT customers.uuid, external_id, coalesce(data_sources.name, data_source_uuid) AS source,
           customers.deleted_at, customers.deleted_at IS NOT NULL OR EXISTS (SELECT 1 FROM sync_suspected_deletes AS missing
             WHERE missing.account = @account AND resource = 'customers' AND key = customers.uuid) AS is_gone
         FROM customers LEFT JOIN data_sources ON data_sources.account = customers.account AND data_sources.uuid = data_source_uuid
         WHERE customers.account = @account AND external_id IS NOT NULL AND merged_into IS NULL
           AND (customers.deleted_at IS NULL OR customers.deleted_at >= @since)),
       single AS (
         SELECT external_id, source, is_gone, min(uuid) AS uuid, min(deleted_at) AS deleted_at FROM known
         GROUP BY external_id, source, is_gone HAVING count(*) = 1)
       SELECT * FROM (
         SELECT gone.uuid AS old, live.uuid AS current, gone.deleted_at IS NULL AS is_suspected,
           EXISTS (SELECT 1 FROM record_changes AS change WHERE change.account = @account AND changed_at >= @since
             AND resource = 'customers' AND change.key = live.uuid AND kind = 'inserted') AS is_new
         FROM single AS gone JOIN single AS live USING (external_id, source)
         WHERE gone.is_gone AND NOT live.is_gone)
       WHERE is_new OR NOT is_suspected`,
    )
    .all({ account, since });
}
