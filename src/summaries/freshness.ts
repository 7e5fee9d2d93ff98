import { resources } from "../resources/index.ts";
import { datetime, integer, required, text } from "../schema/columns.ts";
import { accountTable, shapeOf } from "../schema/table.ts";
import { hiddenRecords } from "./suspected-deletes.ts";

const sources = resources.flatMap(({ name: resource, table, children }) =>
  [table, ...children.map((child) => child.table)].map((of) => ({ resource, table: shapeOf(of).name })),
);

export const freshness = accountTable(
  "freshness",
  {
    table_name: required(text("Table.")),
    resource: text("Resource that it is a part of."),
    all_rows: integer("Rows, also those that are marked as deleted."),
    deleted_records: integer("Records of the resource that are marked as deleted."),
    records_missing: integer(
      "Records of the resource that did not validate and are missing, or as they were before (see `rejected_records`).",
    ),
    suspected_deletes: integer(
      "Records of the resource that its last reading no longer found, but too many to believe it (`delete_limit`): the summary tables leave them out.",
    ),
    fresh_as_of: datetime("Everything in it was read then or later (UTC); NULL if never to its end."),
    last_complete_at: datetime("When the last complete reading of it began (UTC)."),
    last_status: text(
      "How the last reading ended: `complete`, `failed`, `interrupted`, `truncated`, `delete_limit`, `not_allowed` or `skipped`.",
    ),
    last_error: text("What went wrong in it."),
    summaries_refreshed_at: datetime("When this table and all other summary tables were worked out (UTC)."),
  },
  {
    description: "How fresh each table is.",
    key: ["table_name"],
    select: `
      WITH tables (table_name, resource) AS (VALUES ${sources.map(({ table, resource }) => `('${table}', '${resource}')`).join(", ")}),
      counted AS (${sources
        .map(
          ({ table }) =>
            `SELECT account, '${table}' AS table_name, count(*) AS all_rows FROM main."${table}" GROUP BY account`,
        )
        .join(" UNION ALL ")})
      SELECT of_resource.account, table_name, resource, coalesce(all_rows, 0) AS all_rows,
        (SELECT count(*) FROM sync_tombstones AS tombstone WHERE tombstone.account = of_resource.account
         AND tombstone.resource = of_resource.resource) AS deleted_records,
        (SELECT count(*) FROM rejected_records AS reject WHERE reject.account = of_resource.account
         AND reject.resource = of_resource.resource AND resolved_at IS NULL) AS records_missing,
        coalesce(left_out.records, 0) AS suspected_deletes,
        (SELECT max(coalesce(fresh_as_of, walk_started_at)) FROM sync_run_resources AS earlier
         WHERE earlier.account = of_resource.account AND earlier.resource = of_resource.resource AND status = 'complete')
          AS fresh_as_of,
        (SELECT max(coalesce(walk_started_at, started_at)) FROM sync_run_resources AS earlier JOIN sync_runs AS run
         ON run.account = earlier.account AND run.id = earlier.run_id
         WHERE earlier.account = of_resource.account AND earlier.resource = of_resource.resource AND earlier.status = 'complete')
          AS last_complete_at,
        of_resource.status AS last_status, of_resource.error AS last_error, now AS summaries_refreshed_at
      FROM sync_run_resources AS of_resource JOIN tables USING (resource) JOIN today USING (account)
      LEFT JOIN counted USING (account, table_name)
      LEFT JOIN (${hiddenRecords}) AS left_out USING (account, resource)
      WHERE (of_resource.account, resource, run_id) IN
        (SELECT account, resource, max(run_id) FROM sync_run_resources GROUP BY account, resource)`,
  },
);
