import { single } from "../api/paging.ts";
import { scalar, text } from "../schema/fields.ts";
import { recordTable } from "../schema/table.ts";
import { defineResource } from "./resource.ts";

// When one of these changes, ChartMogul recalculates its history. Their types are not documented.
const settings = {
  churn_recognition: scalar("When a churn counts, such as `churn_at_time_of_cancelation`.", {
    optional: true,
  }),
  churn_when_zero_mrr: scalar("Whether a customer whose MRR becomes zero counts as churned.", {
    optional: true,
  }),
  auto_churn_subscription: scalar("Whether unpaid subscriptions count as churned.", { optional: true }),
  refund_handling: scalar("What a refund does to MRR, such as `refund_ignore`.", { optional: true }),
  proximate_movement_reclassification: scalar(
    "Period within which MRR movements count as one, such as `one_hour_reclassification`.",
    { optional: true },
  ),
};

export const accounts = recordTable(
  "accounts",
  {
    id: text("ChartMogul's identifier of the account (`acc_…`).", { optional: true }),
    name: text("Name of the account in ChartMogul."),
    currency: text("Primary currency (ISO 4217) of every metric, MRR and ARR.", { needed: true }),
    time_zone: text("IANA time zone in which ChartMogul divides metrics into days.", { needed: true }),
    week_start_on: text("First day of a week in weekly metrics: `monday` or `sunday`."),
    ...settings,
  },
  { description: "One row for each ChartMogul account in this warehouse.", key: [] },
);

/** https://dev.chartmogul.com/reference/retrieve-account */
export const account = defineResource({
  name: "account",
  listing: single("account", { include: Object.keys(settings).join(",") }),
  table: accounts,
});
