import { single } from "../api/paging.ts";
import { needed, optional, scalar, text } from "../schema/fields.ts";
import { recordTable } from "../schema/table.ts";
import { defineResource } from "./resource.ts";

// When one of them is changed, ChartMogul works out its history anew. In which type they come is not documented.
const settings = {
  churn_recognition: optional(scalar("When a churn counts, such as `churn_at_time_of_cancelation`.")),
  churn_when_zero_mrr: optional(scalar("Whether a customer whose MRR becomes zero has churned.")),
  auto_churn_subscription: optional(scalar("Whether unpaid subscriptions are counted as churned.")),
  refund_handling: optional(scalar("What a refund does to MRR, such as `refund_ignore`.")),
  proximate_movement_reclassification: optional(
    scalar("Within which time movements are taken for one, such as `one_hour_reclassification`."),
  ),
};

export const accounts = recordTable(
  "accounts",
  {
    id: optional(text("ChartMogul's identifier of the account (`acc_…`).")),
    name: text("Name of the account in ChartMogul."),
    currency: needed(text("Primary currency (ISO 4217) of every metric, of `mrr` and of `arr`.")),
    time_zone: needed(text("IANA time zone in which ChartMogul cuts metrics into days.")),
    week_start_on: text("First day of a week in weekly metrics: `monday` or `sunday`."),
    ...settings,
  },
  { description: "One row for each ChartMogul account in this warehouse.", key: [] },
);

/** https://dev.chartmogul.com/reference/retrieve-account */
export const account = defineResource({
  name: "account",
  extract: single("account", { include: Object.keys(settings).join(",") }),
  table: accounts,
});
