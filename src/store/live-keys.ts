import type { Warehouse } from "../database/open.ts";
import { requireDefined } from "../errors.ts";
import { getShape } from "../schema/table.ts";
import { lazily } from "./lazily.ts";
import { selectLiveKeys } from "./live-records.ts";
import type { RecordTables } from "./record-tables.ts";

/** Finds the records of one resource of one account that are stored and not marked as deleted. */
export interface LiveKeys {
  /** Gives the keys of all live records in order, some thousand at a time. */
  liveKeys(): Iterable<readonly string[]>;
  /** Gives the keys of the live records whose row has this date or a later one in a column. Only for keys of one part. */
  liveKeysFrom(column: string, date: string): string[];
  /** Gives the same for records that have one of these values in a column. */
  liveKeysWith(column: string, values: readonly string[]): string[];
  /** Gives the keys of the live records that belong to this record of another resource. */
  liveKeysOf(parent: string): string[];
  isLive(key: string): boolean;
  /** Counts the live rows. */
  count(): number;
}

const keysAtOnce = 5000;

export function openLiveKeys(
  { sqlite }: Warehouse,
  account: string,
  { name: resource, table }: Pick<RecordTables, "name" | "table">,
): LiveKeys {
  const { name: tableName, key } = getShape(table);
  const pageOfKeys = lazily(() =>
    sqlite
      .prepare<[string, string, string, number], string>(`${selectLiveKeys} AND key > ? ORDER BY key LIMIT ?`)
      .pluck(),
  );
  const one = lazily(() => sqlite.prepare<[string, string, string], string>(`${selectLiveKeys} AND key = ?`));
  // "0" is the character after "/", which ends the parent's part of a key.
  const ofParent = lazily(() =>
    sqlite
      .prepare<[string, string, string, string], string>(
        `${selectLiveKeys} AND key > ? || '/' AND key < ? || '0'`,
      )
      .pluck(),
  );
  const selectKeys = (condition: string) =>
    sqlite
      .prepare<[string, string], string>(
        `SELECT "${key[1]}" FROM "${tableName}" WHERE account = ? AND ${condition} AND deleted_at IS NULL`,
      )
      .pluck();
  return {
    *liveKeys() {
      let last = "";
      for (;;) {
        const keys = pageOfKeys().all(account, resource, last, keysAtOnce);
        if (keys.length === 0) return;
        yield keys;
        last = requireDefined(keys.at(-1), "the last key of a page");
      }
    },
    liveKeysFrom: (column, date) => selectKeys(`"${column}" >= ?`).all(account, date),
    liveKeysWith: (column, values) =>
      selectKeys(`"${column}" IN (SELECT value FROM json_each(?))`).all(account, JSON.stringify(values)),
    liveKeysOf: (parent) => ofParent().all(account, resource, parent, parent),
    isLive: (record) => one().get(account, resource, record) !== undefined,
    count() {
      const rows = sqlite.prepare<[string], number>(
        `SELECT count(*) FROM "${tableName}" WHERE account = ? AND deleted_at IS NULL`,
      );
      return rows.pluck().get(account) ?? 0;
    },
  };
}
