import { dailyMetricRestatements } from "../resources/daily-metrics.ts";
import { resources } from "../resources/index.ts";
import { periodMetricRestatements } from "../resources/period-metrics.ts";
import * as syncTables from "../schema/sync-tables.ts";
import { getShape, type Table } from "../schema/table.ts";
import { summaries } from "../summaries/index.ts";

// The order of a module's exports depends on the loader: sorted, it is always the same.
const ownTables: readonly Table[] = Object.values(syncTables).sort((one, other) =>
  getShape(one).name.localeCompare(getShape(other).name),
);

/** Every table of a warehouse: those of the resources, the summary tables, then what is recorded of changes and of the syncs. */
export const tables: readonly Table[] = [
  ...resources.flatMap(({ table, children }) => [table, ...children.map((child) => child.table)]),
  dailyMetricRestatements,
  periodMetricRestatements,
  ...summaries,
  ...ownTables,
];
