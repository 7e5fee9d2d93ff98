import { and, eq, ne } from "drizzle-orm";
import type { Warehouse } from "../database/open.ts";
import { oddFields } from "../schema/sync-tables.ts";
import { formatTimestamp } from "../schema/timestamp.ts";

/** The odd fields of a record: for each path its problem, such as `was not a number`. */
export type Oddities = ReadonlyMap<string, string>;

/** The odd fields of a record that was stored. */
export interface CountedRecord {
  readonly now: Oddities;
  /** The oddities of the previous content, if this version counted them. */
  readonly before: Oddities | undefined;
}

/** Counts in how many stored records of one resource of one account a field is odd; called within the transaction that stores them. */
export type CountOddFields = (records: readonly CountedRecord[]) => void;

interface CountedResource {
  readonly name: string;
  readonly version: number;
}

// A resource with more odd fields has keys that are data, and the table must not grow with these.
const mostFields = 100;

export function prepareOddFieldCount(
  { sqlite, orm }: Warehouse,
  account: string,
  { name, version }: CountedResource,
  now: () => Date,
): CountOddFields {
  const own = and(eq(oddFields.account, account), eq(oddFields.resource, name));
  // Another version may find other values odd, so its counts are removed. This version counts each record when it maps it again.
  orm
    .delete(oddFields)
    .where(and(own, ne(oddFields.version, version)))
    .run();
  const upsert = sqlite.prepare(
    `INSERT INTO sync_odd_fields (account, resource, field, problem, version, records, first_seen_at, last_seen_at)
     SELECT @account, @name, @field, @problem, @version, @added, @at, @at
     WHERE (SELECT count(*) FROM sync_odd_fields WHERE account = @account AND resource = @name) < ${mostFields}
       OR EXISTS (SELECT 1 FROM sync_odd_fields WHERE account = @account AND resource = @name AND field = @field AND problem = @problem)
     ON CONFLICT DO UPDATE SET records = records + excluded.records,
       last_seen_at = CASE WHEN @seen THEN excluded.last_seen_at ELSE last_seen_at END`,
  );
  const forget = sqlite.prepare(
    "DELETE FROM sync_odd_fields WHERE account = ? AND resource = ? AND records <= 0",
  );
  return (records) => {
    const fields = new Map<string, { field: string; problem: string; added: number; seen: number }>();
    const add = (oddities: Oddities | undefined, sign: 1 | -1) => {
      for (const [field, problem] of oddities ?? []) {
        const key = `${field} ${problem}`;
        const known = fields.get(key) ?? { field, problem, added: 0, seen: 0 };
        fields.set(key, { ...known, added: known.added + sign, seen: sign === 1 ? 1 : known.seen });
      }
    };
    for (const { now: present, before } of records) {
      add(present, 1);
      add(before, -1);
    }
    if (fields.size === 0) return;
    const at = formatTimestamp(now());
    for (const field of fields.values()) upsert.run({ account, name, version, at, ...field });
    forget.run(account, name);
  };
}

/** Removes the counts of a resource, before all its records are counted again. */
export function forgetOddFields({ orm }: Warehouse, account: string, resource: string): void {
  const own = and(eq(oddFields.account, account), eq(oddFields.resource, resource));
  orm.delete(oddFields).where(own).run();
}
