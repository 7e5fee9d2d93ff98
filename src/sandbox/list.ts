/** The object that an answer's JSON holds. */
export type Body = Record<string, unknown>;

const LIST_KEYS = [
  "entries",
  "plans",
  "plan_groups",
  "subscriptions",
  "invoices",
  "subscription_events",
  "data_sources",
];

/** The list in an answer, under whichever key its route has for it; undefined for a single object. */
export function listIn(body: Body): { key: string; records: unknown[] } | undefined {
  for (const key of LIST_KEYS) {
    const records = body[key];
    if (Array.isArray(records)) return { key, records };
  }
  return undefined;
}
