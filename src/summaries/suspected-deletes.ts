import type Database from "better-sqlite3";
import { resources } from "../resources/index.ts";
import { getShape } from "../schema/table.ts";
import { selectRecordKey } from "../store/record-key.ts";

type RegisteredResource = (typeof resources)[number];

/**
 * Hides suspected deletes from queries that name tables without a schema: a temporary view of the same name has the other rows. Returns a
 * function that removes the views again. Called in a transaction.
 */
export function hideSuspectedDeletes(sqlite: Database.Database): () => void {
  const views = writeViews(sqlite);
  for (const view of views) sqlite.exec(view.sql);
  return () => {
    for (const { name } of views) sqlite.exec(`DROP VIEW temp."${name}"`);
  };
}

/** The statements that create these views: one for each table that has, or may have, rows to hide. */
export function writeViews(sqlite: Database.Database): { readonly name: string; readonly sql: string }[] {
  const suspected = new Set(
    sqlite.prepare<[], string>("SELECT DISTINCT resource FROM sync_suspected_deletes").pluck().all(),
  );
  return resources.flatMap((resource) => {
    const conditions = conditionsFor(resource, suspected);
    if (conditions.length === 0) return [];
    const { name } = getShape(resource.table);
    const hides = conditions.map((each) => `NOT EXISTS (${each})`).join(" AND ");
    const sql = `CREATE TEMP VIEW "${name}" AS SELECT * FROM main."${name}" AS own WHERE ${hides}`;
    return [{ name, sql }];
  });
}

/** Queries that find a row if the row `own` is to be hidden. */
function conditionsFor(resource: RegisteredResource, suspected: ReadonlySet<string>): string[] {
  const { listing, name, table } = resource;
  const conditions: string[] = [];
  if (suspected.has(name)) conditions.push(missing(name, selectRecordKey(resource.table, "own")));
  if (listing.parent !== undefined && suspected.has(listing.parent)) {
    conditions.push(missing(listing.parent, `own."${getShape(table).key[1]}"`));
  }
  // A newest-first listing does not reach old records. If it was reconciled since, it has shown that these exist.
  if (listing.newestFirst && "customer_uuid" in getShape(table).columns && suspected.has("customers")) {
    conditions.push(`${missing("customers", "own.customer_uuid")} AND NOT EXISTS (
      SELECT 1 FROM sync_run_resources AS later WHERE later.account = own.account AND later.resource = '${name}'
        AND reconciled = 1 AND later.run_id >= missing.run_id)`);
  }
  return conditions;
}

const missing = (resource: string, key: string) => `SELECT 1 FROM sync_suspected_deletes AS missing
  WHERE missing.account = own.account AND missing.resource = '${resource}' AND missing.key = ${key}`;

/** SQL for the number of hidden records of each resource: `account`, `resource`, `records`. */
export const hiddenRecords = `SELECT account, resource, count(*) AS records FROM (
  SELECT account, resource, key FROM sync_suspected_deletes
  ${resources
    .flatMap((resource) => {
      const { listing, name, table } = resource;
      if (listing.parent === undefined) return [];
      const own = getShape(table);
      return `UNION SELECT own.account, '${name}', ${selectRecordKey(resource.table, "own")} FROM sync_suspected_deletes AS missing
        CROSS JOIN main."${own.name}" AS own ON own.account = missing.account AND own."${own.key[1]}" = missing.key
        WHERE missing.resource = '${listing.parent}' AND own.deleted_at IS NULL`;
    })
    .join(" ")}) GROUP BY account, resource`;
