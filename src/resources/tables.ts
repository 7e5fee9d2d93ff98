import * as bookkeeping from "../warehouse/bookkeeping.ts";
import { shapeOf, type Table } from "../warehouse/table.ts";
import { dailyMetricRestatements } from "./daily-metrics.ts";
import { resources } from "./index.ts";
import { periodMetricRestatements } from "./period-metrics.ts";

// The order of a module's exports hangs on who loads it.
const ownTables: readonly Table[] = Object.values(bookkeeping).sort((one, other) =>
  shapeOf(one).name.localeCompare(shapeOf(other).name),
);

/** Every table of a warehouse: those of the resources, then what is recorded of their changes and of the syncs. */
export const tables: readonly Table[] = [
  ...resources.flatMap(({ table, children }) => [table, ...children.map((child) => child.table)]),
  dailyMetricRestatements,
  periodMetricRestatements,
  ...ownTables,
];
