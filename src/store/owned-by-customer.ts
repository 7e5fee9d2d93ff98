import type { Warehouse } from "../database/open.ts";
import { getShape, type Table } from "../schema/table.ts";
import { selectRecordKey } from "./record-key.ts";

/** Describes how records of a resource belong to customers. */
export interface CustomerOwnership {
  /** SQL conditions: each is true for a row `own` that belongs to a row `customer`, and uses an index of the own table. */
  readonly where: readonly string[];
  /** An SQL condition for rows `own` that belong to a live customer as well; by default no row does. */
  readonly shared?: string;
  /** An SQL expression for the value by which a record is requested; by default its key. */
  readonly askedBy?: string;
}

/** Owned by the customer that the record names. */
export const ownedByUuid: CustomerOwnership = { where: ["own.customer_uuid = customer.uuid"] };

/** Owned by the customer that the record names, or whose contact it names. */
export const ownedByUuidOrContact: CustomerOwnership = {
  where: [
    ...ownedByUuid.where,
    `own.associated_object_uuid IN (
       SELECT uuid FROM contacts WHERE contacts.account = customer.account AND contacts.customer_uuid = customer.uuid)`,
  ],
};

/**
 * Owned by the customer with the external id that a billing system reported. After a merge, or after a data source was imported
 * again, another customer may have that id.
 */
export const ownedByExternalId: CustomerOwnership = {
  where: [
    `own.customer_external_id IN (SELECT value FROM json_each(customer.external_ids))
     AND own.data_source_uuid IN (SELECT value FROM json_each(customer.data_source_uuids))`,
  ],
  shared: `(own.customer_external_id, own.data_source_uuid) IN (
    SELECT id.value, source.value FROM customers AS other, json_each(other.external_ids) AS id, json_each(other.data_source_uuids) AS source
    WHERE other.account = @account AND other.deleted_at IS NULL)`,
  askedBy: "json_array(own.data_source_uuid, own.customer_external_id)",
};

/** A live record of a customer that was deleted. */
export interface Orphan {
  readonly key: string;
  readonly customer: string;
  /** When the customer was marked, as a timestamp. */
  readonly at: string;
  /** The value by which it is requested. */
  readonly by: string;
}

/**
 * Finds the live records of customers that were marked as deleted since this timestamp. The records of a merged customer moved to
 * the survivor, and stay until they are read again, unless the survivor was deleted as well.
 */
export function findOrphans(
  { sqlite }: Warehouse,
  account: string,
  table: Table,
  ownership: CustomerOwnership,
  since: string,
): Orphan[] {
  const key = selectRecordKey(table, "own");
  const { shared = "false", askedBy = key } = ownership;
  return sqlite
    .prepare<{ account: string; since: string }, Orphan>(
      withGone("merged_into IS NULL AND deleted_at >= @since") +
        selectOwned(
          table,
          ownership,
          `${key} AS key, customer.uuid AS customer, at, ${askedBy} AS by`,
          `own.deleted_at IS NULL AND NOT ${shared}`,
        ),
    )
    .all({ account, since });
}

/** Finds the customers that were merged into others and marked as deleted since this timestamp. */
export function findMergedSince({ sqlite }: Warehouse, account: string, since: string): string[] {
  return sqlite
    .prepare<[string, string], string>(
      "SELECT uuid FROM customers WHERE account = ? AND merged_into IS NOT NULL AND deleted_at >= ?",
    )
    .pluck()
    .all(account, since);
}

/** Finds the keys of the records that were marked as deleted together with this customer, at that time. */
export function findKeysDeletedWith(
  { sqlite }: Warehouse,
  account: string,
  table: Table,
  ownership: CustomerOwnership,
  { customer, at }: Pick<Orphan, "customer" | "at">,
): string[] {
  return sqlite
    .prepare<{ account: string; customer: string; at: string }, string>(
      withGone("uuid = @customer") +
        selectOwned(table, ownership, selectRecordKey(table, "own"), "own.deleted_at = @at"),
    )
    .pluck()
    .all({ account, customer, at });
}

/** Selects deleted customers, and those merged into them. MATERIALIZED, because each would otherwise scan all customers. */
const withGone = (which: string) => `
  WITH RECURSIVE deleted AS MATERIALIZED (
    SELECT uuid, merged_into, deleted_at FROM customers WHERE account = @account AND deleted_at IS NOT NULL),
  gone (uuid, at) AS (
    SELECT uuid, deleted_at FROM customers WHERE account = @account AND ${which}
    UNION
    SELECT merged.uuid, at FROM gone JOIN deleted AS merged ON merged.merged_into = gone.uuid)`;

// CROSS JOIN keeps the order: SQLite begins with the few customers and not with the many rows.
const selectOwned = (table: Table, { where }: CustomerOwnership, columns: string, which: string) =>
  where
    .map(
      (condition) => `
  SELECT ${columns} FROM gone
  CROSS JOIN customers AS customer ON customer.account = @account AND customer.uuid = gone.uuid
  CROSS JOIN "${getShape(table).name}" AS own ON own.account = @account AND ${condition}
  WHERE ${which}`,
    )
    .join(" UNION ");
