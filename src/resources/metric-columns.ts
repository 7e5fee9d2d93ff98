import * as column from "../schema/columns.ts";
import { cents, integer, needed, optional, percent } from "../schema/fields.ts";

const overall = (key: string) => ["metrics/all", key];
const rate = (description: string, from: readonly string[]) => needed(percent(description, from));
const movement = (key: string) => ["metrics/mrr", key];

/** The values of ChartMogul's metrics for one stretch of time; `stretch` is what it is called. */
export const metricColumns = (stretch: string) => ({
  mrr_in_cents: cents(
    `MRR at the end of the ${stretch}, in hundredths of the account's currency.`,
    movement("mrr"),
  ),
  arr_in_cents: cents(`Annual run rate at the end of the ${stretch}, in hundredths.`, overall("arr")),
  arpa_in_cents: cents(
    `Average MRR per customer at the end of the ${stretch}, in hundredths.`,
    overall("arpa"),
  ),
  asp_in_cents: optional(cents(`Average sale price over the ${stretch}, in hundredths.`, overall("asp"))),
  ltv_in_cents: optional(
    cents(`Customer lifetime value over the ${stretch}, in hundredths.`, overall("ltv")),
  ),
  customers: needed(integer(`Paying customers at the end of the ${stretch}.`, overall("customers"))),
  customer_churn_rate: optional(
    rate(`Customers lost over the ${stretch}, in percent (1.71 is 1.71 %).`, overall("customer-churn-rate")),
  ),
  mrr_churn_rate: optional(
    rate(
      `Net MRR lost over the ${stretch}, in percent; negative where expansion is larger.`,
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
});

const changes = ["mrr", "arr", "arpa", "asp", "ltv", "customers", "customer-churn-rate", "mrr-churn-rate"];

/** What the listings say besides: the day, which the record has, a value that both have, and changes, which follow from the values. */
export const repeatedMetrics = [
  "metrics/all.date",
  "metrics/all.mrr",
  ...changes.map((metric) => `metrics/all.${metric}-percentage-change`),
  "metrics/mrr.date",
  "metrics/mrr.percentage-change",
];

const unitOfMetric = "that of the column in `metric`";

/** What is kept of a value that ChartMogul has changed afterwards; `table` is where it is the value of a column. */
export const restatementColumns = (table: string) => ({
  metric: column.required(column.text(`Column of \`${table}\`, such as \`mrr_in_cents\`.`)),
  observed_at: column.required(column.datetime("When the change was noticed (UTC).")),
  old_value: column.double("Value before; NULL where there was none.", unitOfMetric),
  new_value: column.double("Value after; NULL where there is none.", unitOfMetric),
});
