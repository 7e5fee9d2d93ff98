/** The object that a reply's JSON holds. */
export type JsonBody = Record<string, unknown>;

const listKeys = [
  "entries",
  "plans",
  "plan_groups",
  "subscriptions",
  "invoices",
  "subscription_events",
  "data_sources",
];

/** Finds the list in a reply, under the key that its route has for it; undefined for a single object. */
export function findList(body: JsonBody): { key: string; records: unknown[] } | undefined {
  for (const key of listKeys) {
    const records = body[key];
    if (Array.isArray(records)) return { key, records };
  }
  return undefined;
}
