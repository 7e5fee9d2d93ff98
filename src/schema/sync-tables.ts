import { blob, boolean, counter, datetime, integer, oneOf, required, text } from "./columns.ts";
import { accountTable, fileTable } from "./table.ts";

/**
 * How a run, or one resource of it, stands: `complete` only if everything was read to its end and what was deleted is marked.
 * A resource is `truncated` if its listing ended before the end that it had announced, and `delete_limit` if so many records were missing
 * that none was marked as deleted. One that the key may not read is `not_allowed`, one that was not to be read `skipped`: neither is a
 * failure, and its rows stay as they are.
 */
export type Status =
  | "running"
  | "complete"
  | "failed"
  | "interrupted"
  | "truncated"
  | "delete_limit"
  | LeftOut;
export type LeftOut = "not_allowed" | "skipped";

/** What can happen to a record. */
export type ChangeKind = "inserted" | "updated" | "deleted" | "restored";

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
    list_order: counter(
      "Order in ChartMogul's own listing, lower first; 0 in rows that were written before the column was there.",
    ),
  },
  {
    description: "Every record as it was received from ChartMogul.",
    key: ["resource", "key"],
    indexes: [["resource", "list_order"]],
  },
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

export const tombstones = accountTable(
  "sync_tombstones",
  {
    resource: required(text("Resource of the record.")),
    key: required(text("Primary key of the record without the account, parts joined by `/`.")),
    deleted_at: required(datetime("When a complete walk first no longer found the record (UTC).")),
  },
  { description: "Records that are in `raw_records` but no longer in ChartMogul.", key: ["resource", "key"] },
);

export const suspectedDeletes = accountTable(
  "sync_suspected_deletes",
  {
    resource: required(text("Resource of the record.")),
    key: required(text("Primary key of the record without the account, parts joined by `/`.")),
    run_id: required(integer("Last run whose walk missed it.")),
    missing_since: required(datetime("When a walk first missed it (UTC).")),
  },
  {
    description:
      "Records that a walk no longer found, but so many of them that none was marked as deleted (`delete_limit`): the summary tables leave them out until a walk finds them or they are marked.",
    key: ["resource", "key"],
  },
);

export const recordChanges = accountTable(
  "record_changes",
  {
    resource: required(text("Resource of the record.")),
    key: required(text("Primary key of the record without the account, parts joined by `/`.")),
    run_id: required(integer("Run that noticed it.")),
    changed_at: required(datetime("When it was noticed (UTC).")),
    kind: required(oneOf<ChangeKind>("`inserted`, `updated`, `deleted` or `restored`.")),
    field: required(
      text(
        "Column that changed; a child's as `table.key.column`, such as `invoice_line_items.0.quantity`. `record` unless `updated`.",
      ),
    ),
    old_value: text("Value before, as text; NULL where there was none."),
    new_value: text("Value after, as text; NULL where there is none."),
  },
  {
    description:
      "What happened to records since the first complete sync of their resource, one row for each field that changed.",
    key: ["run_id", "resource", "key", "kind", "field"],
    indexes: [["changed_at"]],
  },
);

export const rejectedRecords = accountTable(
  "rejected_records",
  {
    resource: required(text("Resource of the record.")),
    key: required(
      text(
        "Primary key of the record without the account. Where it has no key its hash, behind the key of the record whose listing it stood in and with a number from the second one on.",
      ),
    ),
    has_key: counter("1 if `key` is the record's own, 0 if it has none."),
    parent: text("Key of the record whose listing it stood in; NULL in listings of the whole account."),
    run_id: required(integer("Run that last met it.")),
    reason: required(text("Field that did not validate, and why.")),
    json: required(text("The record as it was received.")),
    first_seen_at: required(datetime("When it was first rejected (UTC).")),
    resolved_at: datetime(
      "When a later run could store it, or a complete walk no longer met it (UTC); NULL while neither has happened.",
    ),
  },
  {
    description: "Records that did not validate and are therefore not in their table.",
    key: ["resource", "key"],
  },
);

export const oddFields = accountTable(
  "sync_odd_fields",
  {
    resource: required(text("Resource of the records.")),
    field: required(text("Path of the key in the record, parts joined by `.`, without places in lists.")),
    what: required(
      text(
        "`has no column`; `was missing`; or what its value was not, such as `was not a number`: the column is NULL then.",
      ),
    ),
    version: required(integer("Version of the resource that has counted them.")),
    records: required(integer("Stored records in which it is so, also deleted ones.")),
    first_seen_at: required(datetime("When one of them was first stored (UTC).")),
    last_seen_at: required(datetime("When one of them was last stored or changed (UTC).")),
  },
  {
    description: "What is in records as they were received (`raw_records`) and not in the tables.",
    key: ["resource", "field", "what"],
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
    error: text("Why nothing could be read at all, or what cut it off."),
  },
  { description: "Every attempt to sync an account.", key: ["id"] },
);

export const runResources = accountTable(
  "sync_run_resources",
  {
    run_id: required(integer("Run.")),
    resource: required(text("Resource.")),
    status: required(
      oneOf<Status>(
        "`complete`; `failed`; `interrupted`; `truncated` (the listing ended before its announced end); `delete_limit` (too many records were missing to mark them as deleted); `not_allowed` (the key may not read it); `skipped` (it was not to be read).",
      ),
    ),
    pages: required(integer("Pages read.")),
    fetched: required(integer("Records read.")),
    inserted: required(integer("Records that were new.")),
    updated: required(integer("Records that had changed.")),
    unchanged: required(integer("Records that were the same as before.")),
    rejected: required(integer("Records that did not validate.")),
    milliseconds: required(integer("How long it took.", "milliseconds")),
    error: text("What went wrong."),
    read_to_end: counter(
      "1 if the walk came to the end of its listing, also where single records were held, rejected or refused.",
    ),
    restored: counter(
      "Records read that had been marked as deleted; what came back together with its parent is not counted.",
    ),
    deleted: counter("Records that were marked as deleted."),
    announced_pages: integer("Pages that the listing's first answer announced; NULL where it said nothing."),
    walk_started_at: datetime(
      "When the walk began that ended here (UTC): earlier than the run where it went on from a checkpoint.",
    ),
    missing: counter(
      "Records that did not validate, then or before, and could not be stored since: they are missing, or stored as they were before.",
    ),
    reconciled: counter(
      "1 if the whole listing was read and what is missing there was marked, also where single listings were refused: what later syncs leave out they leave out because of it.",
    ),
    fresh_as_of: datetime(
      "Everything that is stored of the resource was read then or later (UTC): where a sync leaves out what it may, by the walks before it. NULL unless the walk came to its end.",
    ),
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
    fingerprint: required(text("Resources that the walk reads, each with its version.")),
    cursor: required(text("Where the listing goes on; everything before it is stored.")),
    started_at: required(datetime("When the walk began (UTC).")),
    saved_at: required(datetime("When the checkpoint was saved (UTC).")),
    run_id: counter("Run in which the walk began."),
    pages: counter("Pages read before the checkpoint."),
    keyless: counter("Records without a key read before it."),
    announced_pages: integer("Pages that the listing's first answer announced; NULL where it said nothing."),
  },
  { description: "Where walks that did not reach their end go on.", key: ["walk"] },
);

export const seenKeys = accountTable(
  "sync_seen",
  {
    resource: required(text("Resource of the records.")),
    part: required(integer("Number of the part, from 0.")),
    keys: required(blob("Six bytes of a hash of each key that the walk has met so far.")),
  },
  {
    description: "What walks that did not reach their end have met, to tell later what is missing.",
    key: ["resource", "part"],
  },
);

export const retries = accountTable(
  "sync_retries",
  {
    resource: required(text("Resource that has one listing for each record of another.")),
    parent: required(text("Key of the record whose listing could not be read.")),
    reason: required(text("Why it could not.")),
    failed_at: required(datetime("When it was last tried in vain (UTC).")),
  },
  { description: "Listings that the next sync reads first.", key: ["resource", "parent"] },
);

export const refreshQueue = accountTable(
  "sync_refresh_queue",
  {
    resource: required(
      text(
        "Resource that has one listing for each record of another, or whose records are made anew with it.",
      ),
    ),
    parent: required(text("Key of the record whose listing may have changed.")),
    queued_at: required(datetime("When that was noticed (UTC).")),
  },
  {
    description: "Listings that are read by the next sync, although it may leave out others.",
    key: ["resource", "parent"],
  },
);

export const linkedAccounts = accountTable(
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

/** What every column of the file means; the same for all accounts (docs/decisions/0013). */
export const dataDictionary = fileTable(
  "data_dictionary",
  {
    table_name: required(text("Table that the column is in.")),
    table_meaning: required(text("What the table has rows of.")),
    column_name: required(text("Name of the column.")),
    position: required(
      integer(
        "Place among the table's columns, from 1; columns that were added later stand last in the file.",
      ),
    ),
    type: required(
      text("Declared type: `TEXT`, `INTEGER`, `DOUBLE`, `BOOLEAN`, `DATE`, `DATETIME` or `BLOB`."),
    ),
    unit: text("What a value counts, or by which clock it goes; NULL where the type says it all."),
    meaning: required(text("What the column says.")),
    wire_field: text(
      "Path of the value in the record as ChartMogul sends it; NULL where it is not in the record, as in columns of our own and those that tell to which record a row belongs.",
    ),
    nullable: required(boolean("Whether the value may be NULL.")),
    in_primary_key: required(boolean("Whether the column is part of the table's primary key.")),
  },
  {
    description: "Every column of every table of this file, as the version that last wrote to it knows them.",
    key: ["table_name", "column_name"],
  },
);
