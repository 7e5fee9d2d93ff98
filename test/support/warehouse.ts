import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { ApiClient } from "../../src/api/api-client.ts";
import { openWarehouse, type Warehouse } from "../../src/database/open.ts";
import { openRefreshQueues } from "../../src/state/refresh-queue.ts";
import { openCompressor } from "../../src/store/compressor.ts";
import { defaultRules } from "../../src/sync/rules.ts";
import type { Run } from "../../src/sync/run.ts";
import { openPageTurns } from "../../src/sync/write/page-turns.ts";
import { temporaryFolder } from "./folder.ts";

/** A new warehouse that is closed and removed when the test has ended. */
export function temporaryWarehouse(): Warehouse {
  const warehouse = openWarehouse(join(temporaryFolder(), "warehouse.db"));
  onTestFinished(() => warehouse.close());
  return warehouse;
}

/** A run on this warehouse whose API client must not be asked. */
export function runOn(warehouse: Warehouse, id = 1): Run {
  return {
    id,
    account: "default",
    warehouse,
    rules: defaultRules,
    api: noSource,
    now: () => new Date("2024-06-01T12:00:00Z"),
    refreshQueue: openRefreshQueues(warehouse, "default", () => new Date("2024-06-01T12:00:00Z")),
    signal: new AbortController().signal,
    compressor: openCompressor(),
    firstLoad: undefined,
    turns: openPageTurns(),
    onProgress: () => {},
  };
}

const noSource: ApiClient = {
  get: (path) => Promise.reject(new Error(`asked for ${path}`)),
  profile: () => Promise.reject(new Error("asked for the profile")),
  get patient() {
    return noSource;
  },
  now: () => new Date(0),
};

/** All rows of a table in the order of their keys, as objects. */
export function rowsOf({ sqlite }: Warehouse, table: string): Record<string, unknown>[] {
  const keys = sqlite.prepare<[], { name: string }>(
    `SELECT name FROM pragma_table_info('${table}') WHERE pk > 0 ORDER BY pk`,
  );
  const order = keys.all().map(({ name }) => `"${name}"`);
  return sqlite
    .prepare<[], Record<string, unknown>>(`SELECT * FROM "${table}" ORDER BY ${order.join(", ")}`)
    .all();
}
