import { single } from "../chartmogul/paging.ts";
import { optional, text } from "../fields.ts";
import { defineResource } from "../resource.ts";
import { recordTable } from "../warehouse/table.ts";

export const accounts = recordTable(
  "accounts",
  {
    id: optional(text("ChartMogul's identifier of the account (`acc_…`).")),
    name: text("Name of the account in ChartMogul."),
    currency: text("Primary currency (ISO 4217) of every metric, of `mrr` and of `arr`."),
    time_zone: text("IANA time zone in which ChartMogul cuts metrics into days."),
    week_start_on: text("First day of a week in weekly metrics: `monday` or `sunday`."),
  },
  { description: "One row for each ChartMogul account in this warehouse.", key: [] },
);

/** https://dev.chartmogul.com/reference/retrieve-account */
export const account = defineResource({ name: "account", extract: single("account"), table: accounts });
