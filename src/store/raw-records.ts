import { and, count, eq, gte } from "drizzle-orm";
import type { Warehouse } from "../database/open.ts";
import { readJson } from "../json/read-json.ts";
import { findFirstOrderAfter } from "../schema/list-order.ts";
import { compressionDictionaries, rawRecords } from "../schema/sync-tables.ts";
import { getShape, type Table } from "../schema/table.ts";
import { createUnreadableError, decompress } from "./compression.ts";
import { hashRecord } from "./record-writer.ts";

/** A record as it was received. */
export interface AccountRecord {
  readonly account: string;
  /** JSON text. */
  readonly json: string;
}

/** The record with this key in every account that has one. Throws a WarehouseError where one of them cannot be read. */
export function readRawRecords({ orm }: Warehouse, resource: string, key: string): AccountRecord[] {
  return orm
    .select({
      account: rawRecords.account,
      record: rawRecords.record,
      sample: compressionDictionaries.sample,
    })
    .from(rawRecords)
    .leftJoin(
      compressionDictionaries,
      and(
        eq(compressionDictionaries.account, rawRecords.account),
        eq(compressionDictionaries.resource, rawRecords.resource),
        eq(compressionDictionaries.id, rawRecords.compression_dictionary),
      ),
    )
    .where(and(eq(rawRecords.resource, resource), eq(rawRecords.key, key)))
    .all()
    .map(({ account, record, sample }) => ({
      account,
      json: decompress(record, sample, { account, resource, key }),
    }));
}

/** The smallest key of the live records of one resource of one account; undefined where there is none. */
export function findFirstLiveKey(
  { sqlite }: Warehouse,
  account: string,
  resource: string,
): string | undefined {
  return sqlite
    .prepare<[string, string], string>(
      `SELECT key FROM raw_records AS record WHERE account = ? AND resource = ? AND NOT EXISTS
         (SELECT 1 FROM sync_tombstones AS tombstone WHERE tombstone.account = record.account
          AND tombstone.resource = record.resource AND tombstone.key = record.key)
       ORDER BY key LIMIT 1`,
    )
    .pluck()
    .get(account, resource);
}

/** The keys of so many live records of one resource of one account, the first of its listing. */
export function listSomeLiveKeys(
  { sqlite }: Warehouse,
  account: string,
  resource: string,
  most: number,
): string[] {
  return sqlite
    .prepare<[string, string, number], string>(
      `SELECT key FROM raw_records AS record WHERE account = ? AND resource = ? AND NOT EXISTS
         (SELECT 1 FROM sync_tombstones AS tombstone WHERE tombstone.account = record.account
          AND tombstone.resource = record.resource AND tombstone.key = record.key)
       ORDER BY list_order LIMIT ?`,
    )
    .pluck()
    .all(account, resource, most);
}

const recordsTried = 20;

/**
 * One of the live records of one resource of one account, as it was received; undefined where there is none. Throws a WarehouseError
 * where several cannot be read.
 */
export function readAnyRecord(warehouse: Warehouse, account: string, kind: StoredResource): unknown {
  const keys = listSomeLiveKeys(warehouse, account, kind.name, recordsTried);
  let unreadable: unknown;
  for (const key of keys) {
    try {
      return prepareStoredRecord(warehouse, account, kind)(key)?.read().record;
    } catch (error) {
      unreadable = error;
    }
  }
  if (unreadable !== undefined) throw unreadable;
  return undefined;
}

/**
 * How many records of one resource of one account, whose listing does not begin with the newest, were received for the first time by
 * walks that began after this run.
 */
export function countReceivedAfter(
  { orm }: Warehouse,
  account: string,
  resource: string,
  run: number,
): number {
  const recent = and(
    eq(rawRecords.account, account),
    eq(rawRecords.resource, resource),
    gte(rawRecords.list_order, findFirstOrderAfter(run)),
  );
  const [counted] = orm.select({ records: count() }).from(rawRecords).where(recent).all();
  return counted?.records ?? 0;
}

/** What of a resource its records need to be understood. */
interface StoredResource {
  readonly name: string;
  readonly version: number;
  readonly listing: { readonly parent?: string };
  keyOf(record: unknown, parent: string | undefined): string | undefined;
}

/** A record as it came from ChartMogul. */
export interface ReceivedRecord {
  readonly json: string;
  readonly record: unknown;
  /** Key of the record whose listing it stood in, for resources that have such listings. */
  readonly parent: string | undefined;
}

/** A stored record with what the warehouse knows of it. */
export interface StoredRecord {
  readonly key: string;
  readonly hash: string;
  /** When its content was last different from before, as a timestamp. */
  readonly changed_at: string;
  /** When it was marked as deleted; null while it is live. */
  readonly deleted_at: string | null;
  /** Throws a WarehouseError where it cannot be read, or is not what was received under this key. */
  read(): ReceivedRecord;
}

interface StoredRecordRow extends Omit<StoredRecord, "read"> {
  readonly record: Buffer;
  readonly sample: string | null;
}

const keptRows = `SELECT record.key, hash, changed_at, deleted_at, record, sample FROM raw_records AS record
  LEFT JOIN sync_compression_dictionaries AS dictionary ON dictionary.account = record.account
    AND dictionary.resource = record.resource AND dictionary.id = record.compression_dictionary
  LEFT JOIN sync_tombstones AS tombstone ON tombstone.account = record.account
    AND tombstone.resource = record.resource AND tombstone.key = record.key
  WHERE record.account = ? AND record.resource = ?`;

/** Reads single records of one resource of one account with what is known of them. */
export function prepareStoredRecord({ sqlite }: Warehouse, account: string, kind: StoredResource) {
  const select = sqlite.prepare<[string, string, string], StoredRecordRow>(`${keptRows} AND record.key = ?`);
  return (key: string): StoredRecord | undefined => {
    const row = select.get(account, kind.name, key);
    return row && kept(row, account, kind);
  };
}

const recordsAtOnce = 500;

/** Gives the records of one resource of one account that come after this key, at most some hundred of them; all keys come after undefined. */
export function prepareStoredRecordsAfter({ sqlite }: Warehouse, account: string, kind: StoredResource) {
  const select = (keys: string) =>
    sqlite.prepare<[string, string, string, number], StoredRecordRow>(
      `${keptRows} AND record.key ${keys} ? ORDER BY record.key LIMIT ?`,
    );
  const [from, after] = [select(">="), select(">")];
  return (last: string | undefined): StoredRecord[] =>
    (last === undefined ? from : after)
      .all(account, kind.name, last ?? "", recordsAtOnce)
      .map((row) => kept(row, account, kind));
}

/** All records of one resource of one account in the order of their keys; others may be written meanwhile. */
export function* readStoredRecords(
  warehouse: Warehouse,
  account: string,
  kind: StoredResource,
): Iterable<StoredRecord> {
  const recordsAfter = prepareStoredRecordsAfter(warehouse, account, kind);
  let last: string | undefined;
  for (;;) {
    const some = recordsAfter(last);
    yield* some;
    last = some.at(-1)?.key;
    if (last === undefined) return;
  }
}

function kept(
  { record: bytes, sample, ...known }: StoredRecordRow,
  account: string,
  kind: StoredResource,
): StoredRecord {
  const { key, hash } = known;
  return {
    ...known,
    read() {
      const name = { account, resource: kind.name, key };
      const json = decompress(bytes, sample, name);
      if (!isHashOf(hash, json, kind.version))
        throw createUnreadableError(name, "its hash is that of another text");
      const record = readJson(json);
      const parent = kind.listing.parent === undefined ? undefined : key.split("/")[0];
      const own = kind.keyOf(record, parent);
      if (own !== key) throw createUnreadableError(name, `it is the record ${own ?? "of no key"}`);
      return { json, record, parent };
    },
  };
}

// A resource counts its versions one by one; an older program may look at what a newer one has written.
const versionsAhead = 10;

/** True where some version of the resource gives a record with this text that hash. */
function isHashOf(hash: string, json: string, version: number): boolean {
  if (hashRecord(json, version) === hash) return true;
  return Array.from({ length: version + versionsAhead }, (_, before) => before + 1).some(
    (other) => hashRecord(json, other) === hash,
  );
}

/** The accounts of which records or rows of this resource are stored. */
export function listAccountsWith(
  { sqlite }: Warehouse,
  { name, table }: { name: string; table: Table },
): string[] {
  return sqlite
    .prepare<[string], string>(
      `SELECT account FROM raw_records WHERE resource = ? UNION SELECT account FROM "${getShape(table).name}"`,
    )
    .pluck()
    .all(name);
}
