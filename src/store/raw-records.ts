import { and, eq } from "drizzle-orm";
import type { Warehouse } from "../database/open.ts";
import { readJson } from "../json/read-json.ts";
import { compressionDictionaries, rawRecords } from "../schema/sync-tables.ts";
import { getShape, type Table } from "../schema/table.ts";
import { createUnreadableError, decompress } from "./compression.ts";
import { listFirstLiveKeys } from "./live-records.ts";
import { hashRecord } from "./record-writer.ts";

/** A record as it was received. */
export interface AccountRecord {
  readonly account: string;
  /** JSON text. */
  readonly json: string;
}

/** Reads the record with this key from every account that has one. Throws a WarehouseError where one of them cannot be read. */
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

const recordsTried = 20;

/**
 * Reads any live record of one resource of one account, as it was received. Undefined where there is none. Throws a
 * WarehouseError where several cannot be read.
 */
export function readAnyRecord(warehouse: Warehouse, account: string, resource: StoredResource): unknown {
  const keys = listFirstLiveKeys(warehouse, account, resource.name, recordsTried);
  let reason: unknown;
  for (const key of keys) {
    try {
      return prepareStoredRecord(warehouse, account, resource)(key)?.read().record;
    } catch (error) {
      reason = error;
    }
  }
  if (reason !== undefined) throw reason;
  return undefined;
}

/** The part of a resource that reading its stored records needs. */
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
  /** The key of the parent whose listing had the record; undefined for resources without a parent. */
  readonly parent: string | undefined;
}

/** A stored record and what the warehouse recorded about it. */
export interface StoredRecord {
  readonly key: string;
  readonly hash: string;
  /** When its content last changed, as a timestamp. */
  readonly changed_at: string;
  /** When it was marked as deleted; null while it is live. */
  readonly deleted_at: string | null;
  /** Throws a WarehouseError where the record cannot be read, or is not what was received under this key. */
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

/** Prepares reading single records of one resource of one account. */
export function prepareStoredRecord({ sqlite }: Warehouse, account: string, resource: StoredResource) {
  const select = sqlite.prepare<[string, string, string], StoredRecordRow>(`${keptRows} AND record.key = ?`);
  return (key: string): StoredRecord | undefined => {
    const row = select.get(account, resource.name, key);
    return row && createStoredRecord(row, account, resource);
  };
}

const recordsAtOnce = 500;

/**
 * Prepares reading the records of one resource of one account that come after a key, a few hundred at a time. All keys come after
 * undefined.
 */
export function prepareStoredRecordsAfter({ sqlite }: Warehouse, account: string, resource: StoredResource) {
  const select = (keys: string) =>
    sqlite.prepare<[string, string, string, number], StoredRecordRow>(
      `${keptRows} AND record.key ${keys} ? ORDER BY record.key LIMIT ?`,
    );
  const [from, after] = [select(">="), select(">")];
  return (last: string | undefined): StoredRecord[] =>
    (last === undefined ? from : after)
      .all(account, resource.name, last ?? "", recordsAtOnce)
      .map((row) => createStoredRecord(row, account, resource));
}

/** Reads all records of one resource of one account in the order of their keys. Other records may be written meanwhile. */
export function* readStoredRecords(
  warehouse: Warehouse,
  account: string,
  resource: StoredResource,
): Iterable<StoredRecord> {
  const recordsAfter = prepareStoredRecordsAfter(warehouse, account, resource);
  let last: string | undefined;
  for (;;) {
    const some = recordsAfter(last);
    yield* some;
    last = some.at(-1)?.key;
    if (last === undefined) return;
  }
}

function createStoredRecord(
  { record: bytes, sample, ...known }: StoredRecordRow,
  account: string,
  resource: StoredResource,
): StoredRecord {
  const { key, hash } = known;
  return {
    ...known,
    read() {
      const name = { account, resource: resource.name, key };
      const json = decompress(bytes, sample, name);
      if (!isHashOf(hash, json, resource.version))
        throw createUnreadableError(name, "its hash is that of another text");
      const record = readJson(json);
      const parent = resource.listing.parent === undefined ? undefined : key.split("/")[0];
      const own = resource.keyOf(record, parent);
      if (own !== key) throw createUnreadableError(name, `it is the record ${own ?? "of no key"}`);
      return { json, record, parent };
    },
  };
}

// A resource counts its versions one by one, and an older program may read what a newer one has written.
const versionsAhead = 10;

/** True where some version of the resource gives this text that hash. */
function isHashOf(hash: string, json: string, version: number): boolean {
  if (hashRecord(json, version) === hash) return true;
  return Array.from({ length: version + versionsAhead }, (_, before) => before + 1).some(
    (other) => hashRecord(json, other) === hash,
  );
}

/** Lists the accounts that have stored records or rows of this resource. */
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
