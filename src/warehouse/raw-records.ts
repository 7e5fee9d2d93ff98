import { and, eq, min } from "drizzle-orm";
import { dictionaries, rawRecords } from "./bookkeeping.ts";
import { decompress } from "./compression.ts";
import type { Warehouse } from "./open.ts";

/** A record as it was received. */
export interface StoredRecord {
  readonly account: string;
  /** JSON text. */
  readonly json: string;
}

/** The record with this key in every account that has one. */
export function rawRecordsWithKey({ orm }: Warehouse, resource: string, key: string): StoredRecord[] {
  return orm
    .select({ account: rawRecords.account, record: rawRecords.record, sample: dictionaries.sample })
    .from(rawRecords)
    .innerJoin(
      dictionaries,
      and(
        eq(dictionaries.account, rawRecords.account),
        eq(dictionaries.resource, rawRecords.resource),
        eq(dictionaries.id, rawRecords.dictionary),
      ),
    )
    .where(and(eq(rawRecords.resource, resource), eq(rawRecords.key, key)))
    .all()
    .map(({ account, record, sample }) => ({ account, json: decompress(record, sample) }));
}

/** Reads single records of one resource of one account. */
export function rawReader({ sqlite }: Warehouse, account: string, resource: string) {
  const select = sqlite
    .prepare<[string, string, string], [Buffer, string]>(
      `SELECT record, sample FROM raw_records AS record
       JOIN sync_dictionaries AS dictionary ON dictionary.account = record.account
         AND dictionary.resource = record.resource AND dictionary.id = record.dictionary
       WHERE record.account = ? AND record.resource = ? AND key = ?`,
    )
    .raw();
  /** The JSON text of the record with this key. */
  return (key: string): string | undefined => {
    const found = select.get(account, resource, key);
    return found && decompress(...found);
  };
}

/** The smallest key of the records of one resource of one account; undefined where there is none. */
export function firstKeyOf({ orm }: Warehouse, account: string, resource: string): string | undefined {
  const own = and(eq(rawRecords.account, account), eq(rawRecords.resource, resource));
  const [first] = orm
    .select({ key: min(rawRecords.key) })
    .from(rawRecords)
    .where(own)
    .all();
  return first?.key ?? undefined;
}

/** A stored record with what the warehouse knows of it. */
export interface KeptRecord {
  readonly key: string;
  readonly hash: string;
  /** When its content was last different from before, as a timestamp. */
  readonly changed_at: string;
  readonly json: string;
}

const recordsAtOnce = 500;

/** All records of one resource of one account in the order of their keys; others may be written meanwhile. */
export function* keptRecords({ sqlite }: Warehouse, account: string, resource: string): Iterable<KeptRecord> {
  const select = sqlite.prepare<
    [string, string, string, string, number],
    Omit<KeptRecord, "json"> & { record: Buffer; sample: string }
  >(
    `SELECT key, hash, changed_at, record, sample FROM raw_records AS record
     JOIN sync_dictionaries AS dictionary ON dictionary.account = record.account
       AND dictionary.resource = record.resource AND dictionary.id = record.dictionary
     WHERE record.account = ? AND record.resource = ? AND (key > ? OR ? = 'first') ORDER BY key LIMIT ?`,
  );
  let last: string | undefined;
  for (;;) {
    const some = select.all(account, resource, last ?? "", last === undefined ? "first" : "", recordsAtOnce);
    for (const { record, sample, ...kept } of some) yield { ...kept, json: decompress(record, sample) };
    last = some.at(-1)?.key;
    if (last === undefined) return;
  }
}

/** The accounts of which records of this resource are stored. */
export function accountsWith({ orm }: Warehouse, resource: string): string[] {
  return orm
    .selectDistinct({ account: rawRecords.account })
    .from(rawRecords)
    .where(eq(rawRecords.resource, resource))
    .all()
    .map(({ account }) => account);
}
