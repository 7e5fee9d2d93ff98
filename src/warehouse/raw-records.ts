import { and, eq } from "drizzle-orm";
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
