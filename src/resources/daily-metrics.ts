import { dailyMetrics as everyDay, metric } from "../api/metrics.ts";
import * as column from "../schema/columns.ts";
import { idDate } from "../schema/fields.ts";
import { accountTable, recordTable } from "../schema/table.ts";
import { deleteBeforeFirstCustomer } from "../store/before-first-customer.ts";
import { logRestatements } from "../store/restatements.ts";
import { metricColumns, repeatedMetrics, restatementColumns } from "./metric-columns.ts";
import { defineResource } from "./resource.ts";

export const dailyMetricsTable = recordTable(
  "daily_metrics",
  {
    date: idDate("Day in the account's time zone (`accounts.time_zone`)."),
    ...metricColumns("day"),
  },
  {
    description:
      "ChartMogul's metrics for each day of the account's history. The five MRR movements add up to the change of MRR.",
    key: ["date"],
  },
);

export const dailyMetricRestatements = accountTable(
  "daily_metric_restatements",
  {
    date: column.required(column.accountDay("Day whose value ChartMogul changed.")),
    ...restatementColumns("daily_metrics"),
  },
  {
    description: "Restatements: each value that ChartMogul changed after its day had been stored as over.",
    key: ["date", "metric", "observed_at"],
    references: [{ table: dailyMetricsTable, columns: ["date"] }],
  },
);

/** https://dev.chartmogul.com/reference/introduction-metrics-api */
export const dailyMetrics = defineResource({
  name: "daily_metrics",
  listing: everyDay(),
  keysWithoutColumn: repeatedMetrics,
  detail: metric(),
  table: dailyMetricsTable,
  changeLog: logRestatements(dailyMetricRestatements),
  afterSync: (warehouse, account, now) =>
    deleteBeforeFirstCustomer(
      warehouse,
      account,
      { name: "daily_metrics", table: dailyMetricsTable, children: [] },
      now,
    ),
});
