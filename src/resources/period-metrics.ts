import { periodMetrics as everyPeriod, metric } from "../api/metrics.ts";
import * as column from "../schema/columns.ts";
import { accountDay, id, idDate } from "../schema/fields.ts";
import { accountTable, recordTable } from "../schema/table.ts";
import { deleteBeforeFirstCustomer } from "../store/before-first-customer.ts";
import { logRestatements } from "../store/restatements.ts";
import { metricColumns, repeatedMetrics, restatementColumns } from "./metric-columns.ts";
import { defineResource } from "./resource.ts";

export const periodMetricsTable = recordTable(
  "period_metrics",
  {
    interval: id("`week`, `month`, `quarter` or `year`."),
    date: idDate("Last day of the interval, in the account's time zone (`accounts.time_zone`)."),
    up_to: accountDay("Last day that the values include; before `date` while the interval is not over.", {
      from: "metrics/all.date",
      needed: true,
      volatile: true,
    }),
    ...metricColumns("interval"),
  },
  {
    description:
      "ChartMogul's metrics for each week, month, quarter and year of the account's history. ASP, LTV and churn rates are meaningful only over such intervals.",
    key: ["interval", "date"],
  },
);

export const periodMetricRestatements = accountTable(
  "period_metric_restatements",
  {
    interval: column.required(
      column.text("Interval whose value ChartMogul changed: `week`, `month`, `quarter` or `year`."),
    ),
    date: column.required(column.accountDay("Last day of the interval, in the account's time zone.")),
    ...restatementColumns("period_metrics"),
  },
  {
    description:
      "Restatements: each value that ChartMogul changed after its interval had been stored as over.",
    key: ["interval", "date", "metric", "observed_at"],
    references: [{ table: periodMetricsTable, columns: ["interval", "date"] }],
  },
);

/** https://dev.chartmogul.com/reference/introduction-metrics-api */
export const periodMetrics = defineResource({
  name: "period_metrics",
  listing: everyPeriod(["week", "month", "quarter", "year"]),
  keysWithoutColumn: repeatedMetrics,
  detail: metric(),
  // If the first day of a week changes, other weeks replace the present ones.
  recomputed: true,
  table: periodMetricsTable,
  changeLog: logRestatements(periodMetricRestatements),
  afterSync: (warehouse, account, now) =>
    deleteBeforeFirstCustomer(
      warehouse,
      account,
      { name: "period_metrics", table: periodMetricsTable, children: [] },
      now,
    ),
});
