/**
 * When ChartMogul first saw a record, in microseconds since 1970. A symbol, so that it never reaches the wire, survives
 * `{...record}`, and stays out of the way of the wire keys; compare records as JSON. Newest-first lists and their cursors
 * are built on it.
 */
export const created: unique symbol = Symbol("created");

/** The data source an invoice came from, which the wire does not say; without it the customer's first one counts. */
export const cameFrom: unique symbol = Symbol("cameFrom");

/** A record that a newest-first list holds. One pushed without `created` counts as created after all others. */
export interface Stored {
  [created]?: number;
  created_at?: string;
}
