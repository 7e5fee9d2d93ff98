/**
 * When ChartMogul first saw a record, in microseconds since 1970. A symbol never reaches the wire, survives `{...record}`, and
 * collides with no wire key. Compare records as JSON. Newest-first lists and their cursors depend on it.
 */
export const created: unique symbol = Symbol("created");

/** The data source of an invoice, which the wire does not show. Without it, the customer's first data source counts. */
export const cameFrom: unique symbol = Symbol("cameFrom");

/** A record that a newest-first list holds. One pushed without `created` counts as created after all others. */
export interface Stored {
  [created]?: number;
  created_at?: string;
}
