import * as column from "../schema/columns.ts";
import { cents, integer, percent } from "../schema/fields.ts";

/** The columns of ChartMogul's metrics for one period, such as `day`. */
export const metricColumns = (period: string) => ({
  mrr_in_cents: cents(`MRR at the end of the ${period}, in hundredths of the account's currency.`, {
    from: "metrics/mrr.mrr",
  }),
  arr_in_cents: cents(`ARR at the end of the ${period}, in hundredths of the account's currency.`, {
    from: "metrics/all.arr",
  }),
  arpa_in_cents: cents(
    `Average MRR of a paying customer (ARPA) at the end of the ${period}, in hundredths of the account's currency.`,
    { from: "metrics/all.arpa" },
  ),
  asp_in_cents: cents(
    `Average sale price (ASP) over the ${period}, in hundredths of the account's currency.`,
    {
      from: "metrics/all.asp",
      optional: true,
    },
  ),
  ltv_in_cents: cents(
    `Customer lifetime value (LTV) over the ${period}, in hundredths of the account's currency.`,
    { from: "metrics/all.ltv", optional: true },
  ),
  customers: integer(`Paying customers at the end of the ${period}.`, {
    from: "metrics/all.customers",
    needed: true,
  }),
  customer_churn_rate: percent(`Customers lost over the ${period}, in percent (1.71 is 1.71 %).`, {
    from: "metrics/all.customer-churn-rate",
    optional: true,
    needed: true,
  }),
  mrr_churn_rate: percent(`Net MRR lost over the ${period}, in percent; negative if expansion is larger.`, {
    from: "metrics/all.mrr-churn-rate",
    optional: true,
    needed: true,
  }),
  mrr_new_business_in_cents: cents("MRR of new customers, in hundredths of the account's currency.", {
    from: "metrics/mrr.mrr-new-business",
  }),
  mrr_expansion_in_cents: cents(
    "MRR gained because customers pay more, in hundredths of the account's currency.",
    { from: "metrics/mrr.mrr-expansion" },
  ),
  mrr_contraction_in_cents: cents(
    "MRR lost because customers pay less, in hundredths of the account's currency; negative.",
    { from: "metrics/mrr.mrr-contraction" },
  ),
  mrr_churn_in_cents: cents(
    "MRR lost because customers stopped paying, in hundredths of the account's currency; negative.",
    { from: "metrics/mrr.mrr-churn" },
  ),
  mrr_reactivation_in_cents: cents(
    "MRR of former customers who pay again, in hundredths of the account's currency.",
    { from: "metrics/mrr.mrr-reactivation" },
  ),
});

const changes = ["mrr", "arr", "arpa", "asp", "ltv", "customers", "customer-churn-rate", "mrr-churn-rate"];

/** Further keys of the listings: the day, MRR a second time, and changes in percent, which follow from the values. */
export const repeatedMetrics = [
  "metrics/all.date",
  "metrics/all.mrr",
  ...changes.map((metric) => `metrics/all.${metric}-percentage-change`),
  "metrics/mrr.date",
  "metrics/mrr.percentage-change",
];

const unitOfMetric = "unit of the column in `metric`";

/** The columns of a restatement; `table` is the table whose column ChartMogul changed. */
export const restatementColumns = (table: string) => ({
  metric: column.required(column.text(`Column of \`${table}\`, such as \`mrr_in_cents\`.`)),
  observed_at: column.required(column.datetime("When the change was found (UTC).")),
  old_value: column.double("Value before the change; NULL if there was none.", unitOfMetric),
  new_value: column.double("Value after the change; NULL if there is none.", unitOfMetric),
});
