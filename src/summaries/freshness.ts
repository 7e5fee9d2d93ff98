import { resources } from "../resources/index.ts";
import { datetime, integer, required, text } from "../schema/columns.ts";
import { accountTable, getShape } from "../schema/table.ts";
import { hiddenRecords } from "./suspected-deletes.ts";

const sources = resources.flatMap(({ name: resource, table, children }) =>
  [table, ...children.map((child) => child.table)].map((of) => ({ resource, table: getShape(of).name })),
);

/** SQL for the rows of a table by account. SQLite counts all rows of a table many times as fast as those of one account. */
const countRows = (table: string) => {
  const [first, last] = ["min", "max"].map((end) => `(SELECT ${end}(account) FROM main."${table}")`);
  return `SELECT account, '${table}' AS table_name, CASE WHEN ${first} = account AND ${last} = account
      THEN (SELECT count(*) FROM main."${table}")
      ELSE (SELECT count(*) FROM main."${table}" AS own WHERE own.account = today.account) END AS all_rows FROM today`;
};

export const freshness = accountTable(
  "freshness",
  {
    table_name: required(text("Table that the row is about.")),
    resource: text("Resource that the table belongs to."),
    all_rows: integer("Rows, including deleted ones."),
    deleted_records: integer("Deleted records of the resource."),
    records_missing: integer(
      "Rejected records of the resource: missing in the table, or stored as they were before (see `rejected_records`).",
    ),
    suspected_deletes: integer(
      "Stored records of the resource that may be deleted (see `sync_suspected_deletes`). Summary tables ignore them.",
    ),
    fresh_as_of: datetime(
      "Everything stored of the table was read at this time or later (UTC); NULL if it was never read to its end.",
    ),
    last_complete_at: datetime(
      "When the last complete read of the resource began (UTC); NULL if there was none.",
    ),
    last_status: text(
      "How the last read ended: `complete`, `failed`, `interrupted`, `truncated`, `delete_limit`, `not_allowed` or `skipped`.",
    ),
    last_error: text("What went wrong in the last read; NULL if nothing did."),
    summaries_refreshed_at: datetime(
      "When all summary tables, including this one, were last refreshed (UTC).",
    ),
  },
  {
    description: "How fresh each table of records is, and how many records are missing in it.",
    key: ["table_name"],
    select: `
      WITH tables (table_name, resource) AS (VALUES ${sources.map(({ table, resource }) => `('${table}', '${resource}')`).join(", ")}),
      counted AS (${sources.map(({ table }) => countRows(table)).join(" UNION ALL ")})
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
