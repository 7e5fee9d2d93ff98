import { join } from "node:path";
import type { ApiClient } from "../../src/api/api-client.ts";
import { openWarehouse, type Warehouse } from "../../src/database/open.ts";
import { resources } from "../../src/resources/index.ts";
import { getShape } from "../../src/schema/table.ts";
import type { Rules } from "../../src/sync/rules.ts";
import { defaultRules } from "../../src/sync/rules.ts";
import { sync } from "../../src/sync/sync.ts";
import { today } from "./accounts.ts";
import { temporaryFolder } from "./folder.ts";
import { rowsOf } from "./warehouse.ts";

interface Options {
  readonly rules?: Partial<Rules>;
  readonly only?: readonly string[];
  readonly signal?: AbortSignal;
  /** The clock; a date never advances. */
  readonly now?: Date | (() => Date);
}

/** Syncs these accounts into the file as the command would. */
export function syncInto(path: string, accounts: Readonly<Record<string, ApiClient>>, options: Options = {}) {
  const { only, rules, signal = new AbortController().signal, now = today } = options;
  return sync({
    path,
    accounts: Object.entries(accounts).map(([name, api]) => ({ name, api })),
    resources: resources.filter(({ name }) => only === undefined || only.includes(name)),
    registry: resources,
    rules: { ...defaultRules, ...rules },
    trigger: "test",
    signal,
    now: typeof now === "function" ? now : () => now,
  });
}

/** Looks into the warehouse between two syncs. */
export function looking<T>(path: string, look: (warehouse: Warehouse) => T): T {
  const warehouse = openWarehouse(path);
  try {
    return look(warehouse);
  } finally {
    warehouse.close();
  }
}

type Row = Readonly<Record<string, unknown>>;

const recordTables = resources
  .flatMap(({ table, children }) => [table, ...children.map((child) => child.table)])
  .map((table) => getShape(table).name);

/** All rows copied from ChartMogul, without the sync tables. */
export function contents(path: string): Readonly<Record<string, readonly Row[]>> {
  return looking(path, (warehouse) => ({
    ...Object.fromEntries(recordTables.map((table) => [table, rowsOf(warehouse, table)])),
    raw: rowsOf(warehouse, "raw_records").map(({ resource, key, hash }) => ({ resource, key, hash })),
  }));
}

/** A path for a warehouse that is removed with the test. */
export const newWarehouse = () => join(temporaryFolder(), "warehouse.db");
/** How each resource of a sync ended. */
export const statuses = (reports: readonly { resource: string; status: string }[]) =>
  Object.fromEntries(reports.map(({ resource, status }) => [resource, status]));
