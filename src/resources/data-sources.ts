import { one, wholeList } from "../api/paging.ts";
import { boolean, datetime, id, integer, json, text } from "../schema/fields.ts";
import { recordTable } from "../schema/table.ts";
import { defineResource } from "./resource.ts";

export const dataSourcesTable = recordTable(
  "data_sources",
  {
    uuid: id("ChartMogul's identifier of the data source (`ds_…`)."),
    name: text("Name of the data source."),
    system: text("Kind of billing system, such as `Stripe`, `Custom` or `Import API`."),
    created_at: datetime("When the data source was connected (UTC)."),
    status: text("State of the import, such as `idle` or `never_imported`.", { volatile: true }),
    processing_status_processed: integer("Records that the last import accepted.", {
      from: "processing_status.processed",
      optional: true,
      volatile: true,
    }),
    processing_status_failed: integer("Records that failed in the last import.", {
      from: "processing_status.failed",
      optional: true,
      volatile: true,
    }),
    processing_status_pending: integer("Records of the last import that are waiting.", {
      from: "processing_status.pending",
      optional: true,
      volatile: true,
    }),
    auto_churn_subscription_setting_enabled: boolean(
      "Whether unpaid subscriptions automatically count as churned.",
      { from: "auto_churn_subscription_setting.enabled", optional: true },
    ),
    auto_churn_subscription_setting_interval: integer(
      "Days after which an unpaid subscription counts as churned.",
      { from: "auto_churn_subscription_setting.interval", unit: "days", optional: true },
    ),
    invoice_handling_setting: json(
      "How manual and automatic invoices become subscriptions, as a JSON object.",
      { optional: true },
    ),
  },
  { description: "Sources of billing data connected to the account.", key: ["uuid"] },
);

const everything = {
  with_processing_status: true,
  with_auto_churn_subscription_setting: true,
  with_invoice_handling_setting: true,
};

/** https://dev.chartmogul.com/reference/sources/list */
export const dataSources = defineResource({
  name: "data_sources",
  listing: wholeList("data_sources", "data_sources", everything),
  detail: one((source) => `data_sources/${source}`, everything),
  table: dataSourcesTable,
});
