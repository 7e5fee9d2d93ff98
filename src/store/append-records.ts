import type Database from "better-sqlite3";
import type { Warehouse } from "../database/open.ts";
import type { Value } from "../schema/columns.ts";
import { getShape, type Table } from "../schema/table.ts";
import type { FirstLoad } from "./first-load.ts";
import type { PackedRecord, RecordRows } from "./packed-record.ts";
import type { RecordTables } from "./record-tables.ts";

/** Where and when a record is written. */
export interface Writing {
  /** A timestamp. */
  readonly at: string;
  readonly listOrder: number;
}

/** Adds records during a first load. It writes none a second time: before that, the load must end. */
export interface RecordAppender {
  /** Gives the stored hashes of these keys; undefined where the load has ended. */
  hashes(keys: readonly string[]): Map<string, string> | undefined;
  /** Adds a record that is not stored, its row and its children. */
  append(record: PackedRecord, rows: RecordRows, writing: Writing): void;
}

/** The statement that adds a raw record. */
export const insertRawRecord = `INSERT INTO raw_records
  (account, resource, key, hash, compression_dictionary, record, first_seen_at, changed_at, list_order)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** Opens the appender of one resource of one account. */
export function openAppender(
  { sqlite }: Warehouse,
  account: string,
  { name: resource, table, children }: RecordTables,
  firstLoad: FirstLoad,
): RecordAppender {
  const stored = sqlite
    .prepare<[string], [string, string]>(
      "SELECT key, hash FROM raw_records WHERE rowid IN (SELECT value FROM json_each(?))",
    )
    .raw();
  const insertRaw = sqlite.prepare<Value[]>(insertRawRecord);
  const insertOwn = prepareInsert(sqlite, table);
  const insertChildren = children.map((child) => prepareInsert(sqlite, child.table));
  return {
    hashes(keys) {
      const rows = new Set(
        keys.map((key) => firstLoad.findRow({ account, resource, key })).filter((row) => row !== undefined),
      );
      if (rows.size === 0) return firstLoad.isOpen() ? new Map() : undefined;
      const hashes = new Map(stored.all(JSON.stringify([...rows])));
      const asked = new Set(keys);
      const isOthers = hashes.size < rows.size || [...hashes.keys()].some((key) => !asked.has(key));
      if (isOthers) firstLoad.end();
      return firstLoad.isOpen() ? hashes : undefined;
    },
    append({ key, hash, dictionary, bytes }, rows, { at, listOrder }) {
      const raw = insertRaw.run(account, resource, key, hash, dictionary, bytes, at, at, listOrder);
      firstLoad.add({ account, resource, key }, Number(raw.lastInsertRowid));
      insertOwn(account, [rows.row], at);
      for (const [index, insert] of insertChildren.entries()) insert(account, rows.children[index] ?? [], at);
    },
  };
}

/** Prepares adding rows of one record to a table. */
function prepareInsert(sqlite: Database.Database, table: Table) {
  const { name, columns, key, tombstone } = getShape(table);
  const names = Object.keys(columns);
  const quoted = names.map((column) => `"${column}"`).join(", ");
  const insert = sqlite.prepare<Value[]>(
    `INSERT INTO "${name}" (${quoted}) VALUES (${names.map(() => "?").join(", ")})`,
  );
  const live = tombstone.map(() => null);
  // The account is not in the rows.
  const parts = key.slice(1).map((column) => names.indexOf(column) - 1);
  return (account: string, rows: readonly (readonly Value[])[], at: string) => {
    for (const row of withoutRepeated(rows, parts)) insert.run(account, ...row, at, ...live);
  };
}

/** Leaves out rows whose key a later row has, too: the tags `1` and `"1"` become the same text. */
function withoutRepeated(rows: readonly (readonly Value[])[], parts: readonly number[]) {
  if (rows.length < 2) return rows;
  const last = new Map(rows.map((row) => [JSON.stringify(parts.map((part) => row[part])), row]));
  return last.size === rows.length ? rows : [...last.values()];
}
