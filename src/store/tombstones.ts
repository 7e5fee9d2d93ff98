import type { Warehouse } from "../database/open.ts";
import { requireDefined } from "../errors.ts";
import { getShape } from "../schema/table.ts";
import { formatTimestamp } from "../schema/timestamp.ts";
import { recordIsLive } from "./live-records.ts";
import { splitKey } from "./record-key.ts";
import type { RecordTables } from "./record-tables.ts";

/** Marks records of one resource of one account as deleted, and finds those that are not. Nothing here opens a transaction. */
export interface Tombstones {
  /** The keys of all live records in order, some thousand at a time. */
  liveKeys(): Iterable<readonly string[]>;
  /** The keys of the live records whose row has this date or a later one in a column; only for keys of one part. */
  liveKeysFrom(column: string, date: string): string[];
  /** The same for those that have one of these values in a column. */
  liveKeysWith(column: string, values: readonly string[]): string[];
  /** How many rows are live. */
  count(): number;
  /** The keys of the live records that belong to this one of another resource. */
  liveKeysOf(parent: string): string[];
  isLive(key: string): boolean;
  /** Those of these keys that are marked. */
  marked(keys: readonly string[]): Set<string>;
  /** Marks a record, its row and its children; false where there is none or it was marked already. `at` is a timestamp, by default now. */
  mark(key: string, at?: string): boolean;
  /** Takes the mark away; gives when it had been made. */
  unmark(key: string): string | undefined;
  /** The keys of records that belong to this one of another resource and were marked at that time. */
  markedOf(parent: string, at: string): string[];
  /** Marks rows and children again that were written anew. */
  markAgain(): void;
}

const keysAtOnce = 5000;

export function openTombstones(
  { sqlite }: Warehouse,
  account: string,
  { name: resource, table, children }: RecordTables,
  now: () => Date,
): Tombstones {
  const columns = getShape(table).key.slice(1);
  const rowIs = ["account", ...columns].map((column) => `"${column}" = ?`).join(" AND ");
  const own = getShape(table);
  const cleared = own.tombstone.map((column) => `"${column}" = NULL`).join(", ");
  const setRow = sqlite.prepare<string[]>(`UPDATE "${own.name}" SET deleted_at = ? WHERE ${rowIs}`);
  const clearRow = sqlite.prepare<string[]>(`UPDATE "${own.name}" SET ${cleared} WHERE ${rowIs}`);
  const ofChildren = children.map((child) => {
    const { name, key } = getShape(child.table);
    return sqlite.prepare<(string | null)[]>(
      `UPDATE "${name}" SET deleted_at = ? WHERE account = ? AND "${requireDefined(key[1], `the parent column of ${name}`)}" = ?`,
    );
  });
  const insert = sqlite.prepare(
    `INSERT INTO sync_tombstones (account, resource, key, deleted_at)
     SELECT account, resource, key, ? FROM raw_records WHERE account = ? AND resource = ? AND key = ?
     ON CONFLICT DO NOTHING`,
  );
  const noLongerMissing = sqlite.prepare<[string, string, string]>(
    "DELETE FROM sync_suspected_deletes WHERE account = ? AND resource = ? AND key = ?",
  );
  const remove = sqlite
    .prepare<[string, string, string], string>(
      "DELETE FROM sync_tombstones WHERE account = ? AND resource = ? AND key = ? RETURNING deleted_at",
    )
    .pluck();
  const markedWith = sqlite
    .prepare<[string, string, string, string, string], string>(
      `SELECT key FROM sync_tombstones
       WHERE account = ? AND resource = ? AND key > ? || '/' AND key < ? || '0' AND deleted_at = ?`,
    )
    .pluck();
  const live = sqlite
    .prepare<[string, string, string, number], string>(
      `SELECT key FROM raw_records AS record
       WHERE account = ? AND resource = ? AND key > ? AND ${recordIsLive} ORDER BY key LIMIT ?`,
    )
    .pluck();
  const oneLive = sqlite
    .prepare<[string, string, string], number>(
      `SELECT 1 FROM raw_records AS record WHERE account = ? AND resource = ? AND key = ? AND ${recordIsLive}`,
    )
    .pluck();
  // "0" is the character after "/", which ends the parent's part of a key.
  const liveOf = sqlite
    .prepare<[string, string, string, string], string>(
      `SELECT key FROM raw_records AS record
       WHERE account = ? AND resource = ? AND key > ? || '/' AND key < ? || '0' AND ${recordIsLive}`,
    )
    .pluck();
  const markedOf = sqlite
    .prepare<[string, string, string], string>(
      `SELECT key FROM sync_tombstones
       WHERE account = ? AND resource = ? AND key IN (SELECT value FROM json_each(?))`,
    )
    .pluck();

  const all = sqlite
    .prepare<[string, string], [string, string]>(
      "SELECT key, deleted_at FROM sync_tombstones WHERE account = ? AND resource = ?",
    )
    .raw();
  const setAll = (key: string, at: string) => {
    setRow.run(at, account, ...splitKey(key, columns.length));
    for (const child of ofChildren) child.run(at, account, key);
  };

  return {
    *liveKeys() {
      let last = "";
      for (;;) {
        const keys = live.all(account, resource, last, keysAtOnce);
        if (keys.length === 0) return;
        yield keys;
        last = requireDefined(keys.at(-1), "the last key of a page");
      }
    },
    liveKeysFrom(column, date) {
      const from = sqlite.prepare<[string, string], string>(
        `SELECT "${columns[0]}" FROM "${own.name}" WHERE account = ? AND "${column}" >= ? AND deleted_at IS NULL`,
      );
      return from.pluck().all(account, date);
    },
    liveKeysWith(column, values) {
      const having = sqlite.prepare<[string, string], string>(
        `SELECT "${columns[0]}" FROM "${own.name}"
         WHERE account = ? AND "${column}" IN (SELECT value FROM json_each(?)) AND deleted_at IS NULL`,
      );
      return having.pluck().all(account, JSON.stringify(values));
    },
    count() {
      const rows = sqlite.prepare<[string], number>(
        `SELECT count(*) FROM "${own.name}" WHERE account = ? AND deleted_at IS NULL`,
      );
      return rows.pluck().get(account) ?? 0;
    },
    isLive: (key) => oneLive.get(account, resource, key) !== undefined,
    liveKeysOf: (parent) => liveOf.all(account, resource, parent, parent),
    marked: (keys) => new Set(markedOf.all(account, resource, JSON.stringify(keys))),
    mark(key, at = formatTimestamp(now())) {
      if (insert.run(at, account, resource, key).changes === 0) return false;
      noLongerMissing.run(account, resource, key);
      setAll(key, at);
      return true;
    },
    markAgain() {
      for (const [key, at] of all.all(account, resource)) setAll(key, at);
    },
    markedOf: (parent, at) => markedWith.all(account, resource, parent, parent, at),
    unmark(key) {
      const at = remove.get(account, resource, key);
      if (at === undefined) return undefined;
      clearRow.run(account, ...splitKey(key, columns.length));
      for (const child of ofChildren) child.run(null, account, key);
      return at;
    },
  };
}
