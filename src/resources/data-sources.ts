import { one, wholeList } from "../api/paging.ts";
import { boolean, datetime, duration, id, integer, json, optional, quiet, text } from "../schema/fields.ts";
import { recordTable } from "../schema/table.ts";
import { defineResource } from "./resource.ts";

const processing = (key: string) => ["processing_status", key];
const autoChurn = (key: string) => ["auto_churn_subscription_setting", key];

export const dataSourcesTable = recordTable(
  "data_sources",
  {
    uuid: id("ChartMogul's identifier of the data source (`ds_…`)."),
    name: text("Name of the data source."),
    system: text("Kind of billing system, such as `Stripe`, `Custom` or `Import API`."),
    created_at: datetime("When it was connected (UTC)."),
    status: quiet(text("How its import stands, such as `idle` or `never_imported`.")),
    processing_status_processed: quiet(
      optional(integer("Records of the last import that were taken over.", processing("processed"))),
    ),
    processing_status_failed: quiet(
      optional(integer("Records of the last import that failed.", processing("failed"))),
    ),
    processing_status_pending: quiet(
      optional(integer("Records of the last import that are waiting.", processing("pending"))),
    ),
    auto_churn_subscription_setting_enabled: optional(
      boolean("Whether unpaid subscriptions are counted as churned by themselves.", autoChurn("enabled")),
    ),
    auto_churn_subscription_setting_interval: optional(
      duration("days", "After how many days unpaid.", autoChurn("interval")),
    ),
    invoice_handling_setting: optional(
      json("How manual and automatic invoices become subscriptions, as a JSON object."),
    ),
  },
  { description: "Sources of billing data that are connected to the account.", key: ["uuid"] },
);

const everything = {
  with_processing_status: true,
  with_auto_churn_subscription_setting: true,
  with_invoice_handling_setting: true,
};

/** https://dev.chartmogul.com/reference/sources/list */
export const dataSources = defineResource({
  name: "data_sources",
  extract: wholeList("data_sources", "data_sources", everything),
  detail: one((source) => `data_sources/${source}`, everything),
  table: dataSourcesTable,
});
