import { answers } from "../answers/index.ts";
import { dailyMetricRestatements } from "../resources/daily-metrics.ts";
import { resources } from "../resources/index.ts";
import { periodMetricRestatements } from "../resources/period-metrics.ts";
import * as bookkeeping from "../warehouse/bookkeeping.ts";
import { shapeOf, type Table } from "../warehouse/table.ts";

// The order of a module's exports hangs on who loads it.
const ownTables: readonly Table[] = Object.values(bookkeeping).sort((one, other) =>
  shapeOf(one).name.localeCompare(shapeOf(other).name),
);

/** Every table of a warehouse: those of the resources, the ready answers, then what is recorded of changes and of the syncs. */
export const tables: readonly Table[] = [
  ...resources.flatMap(({ table, children }) => [table, ...children.map((child) => child.table)]),
  dailyMetricRestatements,
  periodMetricRestatements,
  ...answers,
  ...ownTables,
];
