import { periodMetrics as everyPeriod, metric } from "../api/metrics.ts";
import * as column from "../schema/columns.ts";
import { accountDay, id, idDate, needed, quiet } from "../schema/fields.ts";
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
    up_to: quiet(
      needed(
        accountDay("Last day that the values count: before `date` while the interval goes on.", [
          "metrics/all",
          "date",
        ]),
      ),
    ),
    ...metricColumns("interval"),
  },
  {
    description:
      "ChartMogul's metrics for each week, month, quarter and year of the account's history: ASP, LTV and churn rates mean something only over these.",
    key: ["interval", "date"],
  },
);

export const periodMetricRestatements = accountTable(
  "period_metric_restatements",
  {
    interval: column.required(column.text("Interval whose value has changed.")),
    date: column.required(column.accountDay("Its last day.")),
    ...restatementColumns("period_metrics"),
  },
  {
    description:
      "One row each time ChartMogul has changed a value of an interval that was already over when it was stored.",
    key: ["interval", "date", "metric", "observed_at"],
    references: [{ table: periodMetricsTable, columns: ["interval", "date"] }],
  },
);

/** https://dev.chartmogul.com/reference/introduction-metrics-api */
export const periodMetrics = defineResource({
  name: "period_metrics",
  extract: everyPeriod(["week", "month", "quarter", "year"]),
  leftOut: repeatedMetrics,
  detail: metric(),
  // Weeks that begin on another day take the place of the others.
  derived: true,
  table: periodMetricsTable,
  changeLog: logRestatements(periodMetricRestatements),
  conclude: (warehouse, account, now) =>
    deleteBeforeFirstCustomer(
      warehouse,
      account,
      { name: "period_metrics", table: periodMetricsTable, children: [] },
      now,
    ),
});
