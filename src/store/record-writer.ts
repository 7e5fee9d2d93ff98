import { hash } from "node:crypto";
import { getTableColumns, sql } from "drizzle-orm";
import type { Warehouse } from "../database/open.ts";
import { requireDefined } from "../errors.ts";
import type { Value } from "../schema/columns.ts";
import { getShape, type Table } from "../schema/table.ts";
import { formatTimestamp } from "../schema/timestamp.ts";
import { insertRawRecord, openAppender, type Writing } from "./append-records.ts";
import { compressText } from "./compress-texts.ts";
import { prepareCompression } from "./compression.ts";
import type { Compressor } from "./compressor.ts";
import type { FirstLoad } from "./first-load.ts";
import { lazily } from "./lazily.ts";
import { describeOrphanRows } from "./orphan-rows.ts";
import type { PackedRecord, RecordRows } from "./packed-record.ts";
import { splitKey } from "./record-key.ts";
import type { RecordTables } from "./record-tables.ts";

/** A record as text, and the hash of its content. */
export interface RawRecord {
  readonly key: string;
  readonly json: string;
  readonly hash: string;
}

// 132 bits. A hash is only compared with that of the same record before: the odds that a change goes unseen are 1 in 10^39. SHA-256 has
// instructions of its own in most processors: SHA-1 is not faster, and MD5 is slower.
const hashLength = 22;

/**
 * Hashes a record's text and the version of its resource. The same hash means that the record is unchanged and this version
 * mapped it.
 */
export function hashRecord(json: string, version: number): string {
  return hash("sha256", `${version} ${json}`, "base64url").slice(0, hashLength);
}

interface RewrittenRecord {
  readonly key: string;
  readonly hash: string;
  readonly changed_at: string;
  readonly deleted_at: string | null;
}

/** Writes the records of one resource of one account. No method opens a transaction, because a whole page is one. */
export interface RecordWriter {
  /** Gives the stored hash of each of these keys that has one. */
  hashes(keys: readonly string[]): Map<string, string>;
  /** Compresses a record for storing. */
  pack(record: RawRecord): PackedRecord;
  /** Compresses the records of a page, in the same order. */
  packAll(records: readonly RawRecord[], compressor: Compressor): Promise<PackedRecord[]>;
  /** Stores a record, its row and its children, and replaces what its key had. Only a new record takes the list order. */
  write(record: PackedRecord, rows: RecordRows, listOrder: number): void;
  /** Replaces the text of a stored record whose content has not changed, and keeps its `changed_at`. */
  replaceText(record: PackedRecord): void;
  /** Sets the row of a stored record as read now. */
  confirm(key: string): void;
  /**
   * Writes the rows of a stored record again, dated as at that time. `hash` replaces the stored one. The row of a live record
   * loses marks of deletion; `markAgain` sets those of a deleted one.
   */
  rewrite(record: RewrittenRecord, rows: RecordRows): void;
  /** Removes rows without a stored record and children without their parent's row. Returns their number. */
  removeOrphanRows(): number;
}

interface WrittenTables extends RecordTables {
  /** The made-up record with which raw records are compressed. */
  readonly sample: string;
}

/** Opens the writer; during a first load it appends what is new. */
export function openRecordWriter(
  warehouse: Warehouse,
  account: string,
  resource: WrittenTables,
  now: () => Date,
  firstLoad?: FirstLoad,
): RecordWriter {
  const { dictionary, sample } = prepareCompression(warehouse, account, resource.name, resource.sample);
  const appender = firstLoad && openAppender(warehouse, account, resource, firstLoad);
  const byKey = lazily(() => openKeyedWriter(warehouse, account, resource));

  return {
    hashes: (keys) => appender?.hashes(keys) ?? byKey().hashes(keys),
    pack: ({ key, json, hash }) => ({
      key,
      hash,
      dictionary,
      bytes: compressText(json, Buffer.from(sample)),
    }),
    async packAll(records, compressor) {
      const compressed = await compressor.compress({ texts: records.map(({ json }) => json), sample });
      return records.map(({ key, hash }, index) => {
        const bytes = requireDefined(compressed[index], `the compressed text of ${key}`);
        return { key, hash, dictionary, bytes };
      });
    },
    write(record, rows, listOrder) {
      const at = formatTimestamp(now());
      if (firstLoad?.isOpen()) appender?.append(record, rows, { at, listOrder });
      else byKey().write(record, rows, { at, listOrder });
    },
    replaceText: (record) => byKey().replaceText(record),
    confirm: (key) => byKey().confirm(key, formatTimestamp(now())),
    rewrite: (record, rows) => byKey().rewrite(record, rows),
    removeOrphanRows() {
      let removed = 0;
      for (const { table, where } of describeOrphanRows(resource)) {
        const own = { account, resource: resource.name };
        removed += warehouse.sqlite.prepare(`DELETE FROM "${table}" WHERE ${where}`).run(own).changes;
      }
      return removed;
    },
  };
}

/** Writes records whose rows are found by their keys. */
function openKeyedWriter(warehouse: Warehouse, account: string, resource: WrittenTables) {
  const own = rowWriter(warehouse, resource.table);
  const children = resource.children.map(({ table }) => rowWriter(warehouse, table));
  const { stored, insertRaw, updateRaw, updateText, updateHash } = prepareRawRecordStatements(warehouse);
  const addChildren = (rows: RecordRows, at: string) => {
    for (const [index, child] of children.entries()) {
      for (const row of rows.children[index] ?? []) child.upsert(account, row, at);
    }
  };
  const name = resource.name;

  return {
    hashes: (keys: readonly string[]) => new Map(stored.all(account, name, JSON.stringify(keys))),
    write({ key, hash, dictionary, bytes }: PackedRecord, rows: RecordRows, { at, listOrder }: Writing) {
      const raw = [account, name, key, hash, dictionary, bytes, at, at, listOrder];
      const isNew = insertRaw.run(raw).changes === 1;
      if (!isNew) {
        updateRaw.run(hash, dictionary, bytes, at, account, name, key);
        for (const child of children) child.removeOf(account, key);
      }
      own.upsert(account, rows.row, at);
      addChildren(rows, at);
    },
    replaceText({ key, hash, dictionary, bytes }: PackedRecord) {
      updateText.run(hash, dictionary, bytes, account, name, key);
    },
    confirm: (key: string, at: string) => own.confirm(account, key, at),
    rewrite({ key, hash, changed_at, deleted_at }: RewrittenRecord, rows: RecordRows) {
      updateHash.run(hash, account, name, key, hash);
      for (const child of children) child.removeOf(account, key);
      // The survivor of a deleted customer may no longer be known.
      const write = deleted_at === null ? own.upsert : own.replace;
      write(account, rows.row, changed_at);
      addChildren(rows, changed_at);
    },
  };
}

/** The statements on `raw_records`. */
function prepareRawRecordStatements({ sqlite }: Warehouse) {
  return {
    stored: sqlite
      .prepare<[string, string, string], [string, string]>(
        `SELECT key, hash FROM raw_records
       WHERE account = ? AND resource = ? AND key IN (SELECT value FROM json_each(?))`,
      )
      .raw(),
    insertRaw: sqlite.prepare(`${insertRawRecord} ON CONFLICT DO NOTHING`),
    updateRaw: sqlite.prepare(
      `UPDATE raw_records SET hash = ?, compression_dictionary = ?, record = ?, changed_at = ?
     WHERE account = ? AND resource = ? AND key = ?`,
    ),
    updateText: sqlite.prepare(
      "UPDATE raw_records SET hash = ?, compression_dictionary = ?, record = ? WHERE account = ? AND resource = ? AND key = ?",
    ),
    updateHash: sqlite.prepare(
      "UPDATE raw_records SET hash = ? WHERE account = ? AND resource = ? AND key = ? AND hash <> ?",
    ),
  };
}

/**
 * Prepares statements for the rows of one table. Drizzle writes the SQL and better-sqlite3 runs it: bound by drizzle, the same
 * statements took 1.25 times as long.
 */
function rowWriter({ sqlite, orm }: Warehouse, table: Table) {
  const { columns, key, name, tombstone } = getShape(table);
  const names = Object.keys(columns);
  const values = Object.fromEntries(names.map((column) => [column, sql.placeholder(column)]));
  const changing = names.filter((column) => !key.includes(column));
  const upsertion = (columns: readonly string[]) =>
    orm
      .insert(table)
      .values(values)
      .onConflictDoUpdate({
        target: key.map((column) => columnOf(table, column)),
        set: Object.fromEntries(columns.map((column) => [column, sql.raw(`excluded."${column}"`)])),
      })
      .toSQL().sql;
  const upsert = sqlite.prepare<Value[]>(upsertion(changing));
  const replace = sqlite.prepare<Value[]>(
    upsertion(changing.filter((column) => !tombstone.includes(column))),
  );
  const isRow = key.map((column) => `"${column}" = ?`).join(" AND ");
  const confirm = sqlite.prepare<string[]>(`UPDATE "${name}" SET synced_at = ? WHERE ${isRow}`);
  const remove = sqlite.prepare(`DELETE FROM "${name}" WHERE account = ? AND "${key[1] ?? "account"}" = ?`);

  const live = tombstone.map(() => null);
  return {
    upsert: (account: string, row: readonly Value[], at: string) => upsert.run(account, ...row, at, ...live),
    /** Does the same for a row that may be deleted, and keeps the marks of its deletion. */
    replace: (account: string, row: readonly Value[], at: string) =>
      replace.run(account, ...row, at, ...live),
    confirm: (account: string, record: string, at: string) =>
      confirm.run(at, account, ...splitKey(record, key.length - 1)),
    /** Removes the children of one record. */
    removeOf: (account: string, parent: string) => remove.run(account, parent),
  };
}

function columnOf(table: Table, name: string) {
  const column = getTableColumns(table)[name];
  if (!column) throw new Error(`table ${getShape(table).name} has no column ${name}`);
  return column;
}
