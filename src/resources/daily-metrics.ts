import { dailyMetric, dailyMetrics as everyDay } from "../chartmogul/metrics.ts";
import { cents, idDate, integer, optional, real } from "../fields.ts";
import { defineResource } from "../resource.ts";
import * as column from "../warehouse/columns.ts";
import { restatements } from "../warehouse/restatements.ts";
import { accountTable, recordTable } from "../warehouse/table.ts";

const overall = (key: string) => ["metrics/all", key];
const movement = (key: string) => ["metrics/mrr", key];

export const dailyMetricsTable = recordTable(
  "daily_metrics",
  {
    date: idDate("Calendar day in the account's time zone (`accounts.time_zone`)."),
    mrr_in_cents: cents(
      "MRR at the end of the day, in hundredths of the account's currency.",
      movement("mrr"),
    ),
    arr_in_cents: cents("Annual run rate at the end of the day, in hundredths.", overall("arr")),
    arpa_in_cents: cents("Average MRR per customer at the end of the day, in hundredths.", overall("arpa")),
    asp_in_cents: optional(cents("Average sale price over the day, in hundredths.", overall("asp"))),
    ltv_in_cents: optional(cents("Customer lifetime value over the day, in hundredths.", overall("ltv"))),
    customers: integer("Paying customers at the end of the day.", overall("customers")),
    customer_churn_rate: optional(
      real("Customers lost over the day, in percent (1.71 is 1.71 %).", overall("customer-churn-rate")),
    ),
    mrr_churn_rate: optional(
      real(
        "Net MRR lost over the day, in percent; negative where expansion is larger.",
        overall("mrr-churn-rate"),
      ),
    ),
    mrr_new_business_in_cents: cents("MRR of new customers, in hundredths.", movement("mrr-new-business")),
    mrr_expansion_in_cents: cents(
      "MRR gained from customers who pay more, in hundredths.",
      movement("mrr-expansion"),
    ),
    mrr_contraction_in_cents: cents(
      "MRR lost from customers who pay less, in hundredths; negative.",
      movement("mrr-contraction"),
    ),
    mrr_churn_in_cents: cents(
      "MRR lost from customers who left, in hundredths; negative.",
      movement("mrr-churn"),
    ),
    mrr_reactivation_in_cents: cents(
      "MRR of customers who came back, in hundredths.",
      movement("mrr-reactivation"),
    ),
  },
  {
    description:
      "ChartMogul's metrics for each day of the account's history. The five movements add up to the change of MRR.",
    key: ["date"],
  },
);

export const dailyMetricRestatements = accountTable(
  "daily_metric_restatements",
  {
    date: column.required(column.date("Day whose value has changed.")),
    metric: column.required(column.text("Column of `daily_metrics`, such as `mrr_in_cents`.")),
    observed_at: column.required(column.datetime("When the change was noticed (UTC).")),
    old_value: column.real("Value before, in the unit of that column; NULL where there was none."),
    new_value: column.real("Value after, in the same unit; NULL where there is none."),
  },
  {
    description:
      "One row each time ChartMogul has changed a value of a day that was already over when it was stored.",
    key: ["date", "metric", "observed_at"],
    references: [{ table: dailyMetricsTable, columns: ["date"] }],
  },
);

/** https://dev.chartmogul.com/reference/introduction-metrics-api */
export const dailyMetrics = defineResource({
  name: "daily_metrics",
  extract: everyDay(),
  detail: dailyMetric(),
  table: dailyMetricsTable,
  history: restatements(dailyMetricRestatements),
});
