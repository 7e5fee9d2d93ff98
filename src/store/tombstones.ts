import type { Warehouse } from "../database/open.ts";
import { requireDefined } from "../errors.ts";
import { getShape } from "../schema/table.ts";
import { formatTimestamp } from "../schema/timestamp.ts";
import { lazily } from "./lazily.ts";
import { type LiveKeys, openLiveKeys } from "./live-keys.ts";
import { splitKey } from "./record-key.ts";
import type { RecordTables } from "./record-tables.ts";

/** Marks records of one resource of one account as deleted, and finds the live ones. No method opens a transaction. */
export interface Tombstones extends LiveKeys {
  /** Gives those of these keys that are marked. */
  marked(keys: readonly string[]): Set<string>;
  /**
   * Marks a record, its row and its children. False where the record does not exist or was marked already. `at` is a timestamp,
   * by default now.
   */
  mark(key: string, at?: string): boolean;
  /** Removes the mark; returns when it was made. */
  unmark(key: string): string | undefined;
  /** Gives the keys of the records that belong to this record of another resource and were marked at that time. */
  markedOf(parent: string, at: string): string[];
  /** Marks rows and children again that were rewritten. */
  markAgain(): void;
}

export function openTombstones(
  warehouse: Warehouse,
  account: string,
  tables: RecordTables,
  now: () => Date,
): Tombstones {
  const resource = tables.name;
  // A walk opens several of these, and most never mark a record.
  const rows = lazily(() => openRowMarks(warehouse, account, tables));
  const statements = lazily(() => prepareTombstoneStatements(warehouse));
  return {
    ...openLiveKeys(warehouse, account, tables),
    marked: (keys) => new Set(statements().ofKeys.all(account, resource, JSON.stringify(keys))),
    mark(key, at = formatTimestamp(now())) {
      if (statements().insert.run(at, account, resource, key).changes === 0) return false;
      statements().endSuspicion.run(account, resource, key);
      rows().set(key, at);
      return true;
    },
    unmark(key) {
      const at = statements().remove.get(account, resource, key);
      if (at !== undefined) rows().clear(key);
      return at;
    },
    markedOf: (parent, at) => statements().ofParent.all(account, resource, parent, parent, at),
    markAgain() {
      for (const [key, at] of statements().all.all(account, resource)) rows().set(key, at);
    },
  };
}

/** The statements on `sync_tombstones`, which is what counts: `deleted_at` of the rows repeats it. */
function prepareTombstoneStatements({ sqlite }: Warehouse) {
  return {
    insert: sqlite.prepare<[string, string, string, string]>(
      `INSERT INTO sync_tombstones (account, resource, key, deleted_at)
       SELECT account, resource, key, ? FROM raw_records WHERE account = ? AND resource = ? AND key = ?
       ON CONFLICT DO NOTHING`,
    ),
    remove: sqlite
      .prepare<[string, string, string], string>(
        "DELETE FROM sync_tombstones WHERE account = ? AND resource = ? AND key = ? RETURNING deleted_at",
      )
      .pluck(),
    endSuspicion: sqlite.prepare<[string, string, string]>(
      "DELETE FROM sync_suspected_deletes WHERE account = ? AND resource = ? AND key = ?",
    ),
    ofKeys: sqlite
      .prepare<[string, string, string], string>(
        `SELECT key FROM sync_tombstones
         WHERE account = ? AND resource = ? AND key IN (SELECT value FROM json_each(?))`,
      )
      .pluck(),
    // "0" is the character after "/", which ends the parent's part of a key.
    ofParent: sqlite
      .prepare<[string, string, string, string, string], string>(
        `SELECT key FROM sync_tombstones
         WHERE account = ? AND resource = ? AND key > ? || '/' AND key < ? || '0' AND deleted_at = ?`,
      )
      .pluck(),
    all: sqlite
      .prepare<[string, string], [string, string]>(
        "SELECT key, deleted_at FROM sync_tombstones WHERE account = ? AND resource = ?",
      )
      .raw(),
  };
}

interface RowMarks {
  set(key: string, at: string): void;
  clear(key: string): void;
}

/** Sets and clears `deleted_at` of a record's row and of its child rows. */
function openRowMarks({ sqlite }: Warehouse, account: string, { table, children }: RecordTables): RowMarks {
  const { name, key: keyColumns, tombstone } = getShape(table);
  const parts = keyColumns.length - 1;
  const rowIs = keyColumns.map((column) => `"${column}" = ?`).join(" AND ");
  const cleared = tombstone.map((column) => `"${column}" = NULL`).join(", ");
  const setRow = sqlite.prepare<string[]>(`UPDATE "${name}" SET deleted_at = ? WHERE ${rowIs}`);
  const clearRow = sqlite.prepare<string[]>(`UPDATE "${name}" SET ${cleared} WHERE ${rowIs}`);
  const setChildren = children.map((child) => {
    const { name, key } = getShape(child.table);
    const parent = requireDefined(key[1], `the parent column of ${name}`);
    return sqlite.prepare<(string | null)[]>(
      `UPDATE "${name}" SET deleted_at = ? WHERE account = ? AND "${parent}" = ?`,
    );
  });
  return {
    set(key, at) {
      setRow.run(at, account, ...splitKey(key, parts));
      for (const child of setChildren) child.run(at, account, key);
    },
    clear(key) {
      clearRow.run(account, ...splitKey(key, parts));
      for (const child of setChildren) child.run(null, account, key);
    },
  };
}
