import { blob, datetime, integer, oneOf, required, text } from "./columns.ts";
import { accountTable } from "./table.ts";

/** How a run, or one resource of it, stands: `complete` only if everything was read to its end. */
export type Status = "running" | "complete" | "failed" | "interrupted";

/** Every record as it was received: tells changed records from unchanged ones and loses no field. */
export const rawRecords = accountTable(
  "raw_records",
  {
    resource: required(text("Resource of the record.")),
    key: required(text("Primary key of the record without the account, parts joined by `/`.")),
    hash: required(text("SHA-256 of the resource's version and the record's JSON text, base64url.")),
    dictionary: required(integer("Row of `sync_dictionaries` that `record` was compressed with.")),
    record: required(blob("The record's JSON text, compressed; the command `raw` prints it.")),
    first_seen_at: required(datetime("When the record was first received (UTC).")),
    changed_at: required(datetime("When its content was last different from before (UTC).")),
  },
  { description: "Every record as it was received from ChartMogul.", key: ["resource", "key"] },
);

export const dictionaries = accountTable(
  "sync_dictionaries",
  {
    resource: required(text("Resource whose records are compressed with it.")),
    id: required(integer("Number of the dictionary within the resource.")),
    sample: required(text("A made-up record: what most records repeat.")),
  },
  { description: "Dictionaries that `raw_records` is compressed with.", key: ["resource", "id"] },
);

export const rejectedRecords = accountTable(
  "rejected_records",
  {
    resource: required(text("Resource of the record.")),
    key: required(text("Primary key of the record without the account, or its hash where it has no key.")),
    run_id: required(integer("Run that last met it.")),
    reason: required(text("Field that did not validate, and why.")),
    json: required(text("The record as it was received.")),
    first_seen_at: required(datetime("When it was first rejected (UTC).")),
    resolved_at: datetime(
      "When a later run could store it (UTC); NULL while none could. A record without a key stays unresolved.",
    ),
  },
  {
    description: "Records that did not validate and are therefore not in their table.",
    key: ["resource", "key"],
  },
);

export const runs = accountTable(
  "sync_runs",
  {
    id: required(integer("Number of the run.")),
    trigger: required(text("What started it: `command`, `schedule` or `demo`.")),
    status: required(oneOf<Status>("`running`, `complete`, `failed` or `interrupted`.")),
    started_at: required(datetime("When it began (UTC).")),
    finished_at: datetime("When it ended (UTC)."),
    process_id: required(integer("Process that ran it.")),
    error: text("Why nothing could be read at all."),
  },
  { description: "Every attempt to sync an account.", key: ["id"] },
);

export const runResources = accountTable(
  "sync_run_resources",
  {
    run_id: required(integer("Run.")),
    resource: required(text("Resource.")),
    status: required(oneOf<Status>("`complete`, `failed` or `interrupted`.")),
    pages: required(integer("Pages read.")),
    fetched: required(integer("Records read.")),
    inserted: required(integer("Records that were new.")),
    updated: required(integer("Records that had changed.")),
    unchanged: required(integer("Records that were the same as before.")),
    rejected: required(integer("Records that did not validate.")),
    milliseconds: required(integer("How long it took.")),
    error: text("What went wrong."),
  },
  {
    description: "What each run did with each resource.",
    key: ["run_id", "resource"],
    references: [{ table: runs, columns: ["run_id"] }],
  },
);

export const checkpoints = accountTable(
  "sync_checkpoints",
  {
    walk: required(text("Resource whose listing is walked.")),
    members: required(text("Resources that the walk reads, each with its version.")),
    cursor: required(text("Where the listing goes on; everything before it is stored.")),
    started_at: required(datetime("When the walk began (UTC).")),
    saved_at: required(datetime("When the checkpoint was saved (UTC).")),
  },
  { description: "Where walks that did not reach their end go on.", key: ["walk"] },
);

export const sources = accountTable(
  "sync_accounts",
  {
    chartmogul_id: text("ChartMogul's identifier of the account; NULL where the API did not say it."),
    name: text("Name of the ChartMogul account when it was last seen."),
    connected_at: required(datetime("When it was first synced under this name (UTC).")),
  },
  {
    description:
      "Which ChartMogul account belongs to which name, so that a wrong key cannot mix two of them.",
    key: [],
  },
);
