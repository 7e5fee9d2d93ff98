import { buildDeferredKeys, deferKeys, hasRows } from "../database/deferred-keys.ts";
import type { Warehouse } from "../database/open.ts";
import { setPageCache } from "../database/page-cache.ts";
import { rawRecords } from "../schema/sync-tables.ts";
import { getShape } from "../schema/table.ts";
import { createKeyMap, type KeyMap } from "./key-map.ts";
import type { RecordTables } from "./record-tables.ts";

/**
 * The first load of an empty warehouse. Records arrive in an order that has nothing to do with their keys, and an index of random keys is
 * written again and again. So rows are appended to tables without keys, and all keys are built when the load ends. Meanwhile records are
 * only added; a map in memory knows which.
 */
export interface FirstLoad {
  /** True until the load has ended. */
  isOpen(): boolean;
  /** Gives the row of a record in `raw_records`; undefined where none was added. A very rare row is that of another record. */
  findRow(record: RecordName): number | undefined;
  /** Remembers the row of a record that was added to `raw_records`. */
  add(record: RecordName, row: number): void;
  /** The listings of an account were read, or cannot be. The last account ends the load. */
  leave(account: string): void;
  /** Builds the keys. From then on the tables are like any other. */
  end(): void;
  /** Resolves when the load has ended; rejects where the keys could not be built. */
  readonly ended: Promise<void>;
}

interface RecordName {
  readonly account: string;
  readonly resource: string;
  readonly key: string;
}

/** Begins the first load of these accounts. Undefined where the warehouse has records: then they are looked up by their keys. */
export function beginFirstLoad(
  { sqlite }: Warehouse,
  accounts: readonly string[],
  resources: readonly RecordTables[],
): FirstLoad | undefined {
  const tables = resources.flatMap(({ table, children }) => [table, ...children.map((child) => child.table)]);
  const shapes = [rawRecords, ...tables].map(getShape);
  if (shapes.some(({ name }) => hasRows(sqlite, name))) return undefined;
  // A table with one row for each account needs no more than its key.
  const names = shapes.filter(({ key }) => key.length > 1).map(({ name }) => name);
  deferKeys(sqlite, [...new Set(names)]);
  setPageCache(sqlite, "small");
  return openFirstLoad(new Set(accounts), () => buildDeferredKeys(sqlite));
}

function openFirstLoad(reading: Set<string>, buildKeys: () => void): FirstLoad {
  const nameOf = ({ account, resource, key }: RecordName) => `${account}\n${resource}\n${key}`;
  let rows: KeyMap | undefined = createKeyMap();
  let settle: (failure: unknown) => void = () => {};
  const ended = new Promise<void>((resolve, reject) => {
    settle = (failure) => (failure === undefined ? resolve() : reject(failure));
  });
  // The sync itself meets the same failure, also where no walk waits for the end.
  ended.catch(() => {});
  const end = () => {
    if (rows === undefined) return;
    try {
      buildKeys();
      rows = undefined;
      settle(undefined);
    } catch (failure) {
      settle(failure);
      throw failure;
    }
  };
  return {
    isOpen: () => rows !== undefined,
    findRow: (record) => rows?.find(nameOf(record)),
    add: (record, row) => rows?.set(nameOf(record), row),
    leave(account) {
      reading.delete(account);
      if (reading.size === 0) end();
    },
    end,
    ended,
  };
}
