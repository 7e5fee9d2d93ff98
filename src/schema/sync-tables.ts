import { blob, boolean, counter, datetime, integer, oneOf, required, text } from "./columns.ts";
import { accountTable, fileTable } from "./table.ts";

/**
 * The state of a run, or of one resource in it. `complete` means that everything was read to its end and every deleted record is marked.
 * A resource is `truncated` if its listing ended before its announced end. It is `delete_limit` if too many records were gone to mark
 * any as deleted. A resource that the key may not read is `not_allowed`, one that was not selected is `skipped`: neither is a failure,
 * and its rows stay as they are.
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

const keyOfRecord = "Primary key of the record without the account, parts joined by `/`.";

/** Every record as it was received: shows which records have changed, and loses no field. */
export const rawRecords = accountTable(
  "raw_records",
  {
    resource: required(text("Resource of the record.")),
    key: required(text(keyOfRecord)),
    hash: required(
      text(
        "First 22 characters of the SHA-256, in base64url, of the resource's version and the record's JSON text.",
      ),
    ),
    compression_dictionary: required(
      integer("Row of `sync_compression_dictionaries` that `record` was compressed with."),
    ),
    record: required(blob("JSON text of the record, compressed; the command `raw` prints it.")),
    first_seen_at: required(datetime("When the record was first received (UTC).")),
    changed_at: required(datetime("When the record was last received with new content (UTC).")),
    list_order: counter("Position in ChartMogul's own listing, lower first."),
  },
  {
    description: "Every record exactly as it was received from ChartMogul.",
    key: ["resource", "key"],
    indexes: [["resource", "list_order"]],
  },
);

export const compressionDictionaries = accountTable(
  "sync_compression_dictionaries",
  {
    resource: required(text("Resource whose records are compressed with it.")),
    id: required(integer("Number of the dictionary within the resource, from 0.")),
    sample: required(text("An invented record: the text that most records repeat.")),
  },
  {
    description: "Dictionaries for the compression of `raw_records`, which cannot be read without them.",
    key: ["resource", "id"],
  },
);

export const tombstones = accountTable(
  "sync_tombstones",
  {
    resource: required(text("Resource of the record.")),
    key: required(text(keyOfRecord)),
    deleted_at: required(datetime("When the record was found deleted in ChartMogul (UTC).")),
  },
  {
    description: "Records that were deleted in ChartMogul; `raw_records` still has their content.",
    key: ["resource", "key"],
  },
);

export const suspectedDeletes = accountTable(
  "sync_suspected_deletes",
  {
    resource: required(text("Resource of the record.")),
    key: required(text(keyOfRecord)),
    run_id: required(integer("Last run whose listing lacked the record.")),
    suspected_since: required(datetime("When a listing first lacked the record (UTC).")),
  },
  {
    description:
      "Stored records that a listing lacked while too many were gone to mark them as deleted (`delete_limit`). Summary tables ignore them until a listing has them again or they are marked.",
    key: ["resource", "key"],
  },
);

export const recordChanges = accountTable(
  "record_changes",
  {
    resource: required(text("Resource of the record.")),
    key: required(text(keyOfRecord)),
    run_id: required(integer("Run that found the change.")),
    changed_at: required(datetime("When the change was found (UTC).")),
    kind: required(oneOf<ChangeKind>("`inserted`, `updated`, `deleted` or `restored`.")),
    field: required(
      text(
        "Column that changed; in a child table `table.key.column`, such as `invoice_line_items.0.quantity`. `record` unless `updated`.",
      ),
    ),
    old_value: text("Value before the change, as text; NULL if there was none."),
    new_value: text("Value after the change, as text; NULL if there is none."),
  },
  {
    description:
      "What happened to records since the first complete sync of their resource: one row for each changed field.",
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
        "Primary key of the record without the account. A record without a key has its parent's key and its hash instead, numbered if repeated.",
      ),
    ),
    has_key: counter("1 if `key` is the record's own key, 0 if the record has none."),
    parent: text(
      "Key of the parent whose child listing had the record; NULL in listings of the whole account.",
    ),
    run_id: required(integer("Last run that received the record.")),
    reason: required(text("Field that did not validate, and why.")),
    json: required(text("JSON text of the record as it was received.")),
    first_seen_at: required(datetime("When the record was first rejected (UTC).")),
    resolved_at: datetime(
      "When a later run stored the record, or a complete listing no longer had it (UTC); NULL until then.",
    ),
  },
  {
    description: "Records that did not validate, and are missing in their table while `resolved_at` is NULL.",
    key: ["resource", "key"],
  },
);

export const oddFields = accountTable(
  "sync_odd_fields",
  {
    resource: required(text("Resource of the records.")),
    field: required(text("Path of the key in the record, joined by `.`, without positions in lists.")),
    problem: required(
      text(
        "`has no column`, `was missing`, or what the value was not, such as `was not a number`. The column is then NULL.",
      ),
    ),
    version: required(integer("Version of the resource that counted the records.")),
    records: required(integer("Stored records with this problem, including deleted ones.")),
    first_seen_at: required(datetime("When a record with this problem was first stored (UTC).")),
    last_seen_at: required(datetime("When a record with this problem was last stored or changed (UTC).")),
  },
  {
    description: "Values that are in the received records (`raw_records`) but not in the tables.",
    key: ["resource", "field", "problem"],
  },
);

export const runs = accountTable(
  "sync_runs",
  {
    id: required(integer("Number of the run.")),
    trigger: required(text("What started the run: `command`, `schedule` or `demo`.")),
    status: required(oneOf<Status>("`running`, `complete`, `failed` or `interrupted`.")),
    started_at: required(datetime("When the run began (UTC).")),
    finished_at: datetime("When the run ended (UTC); NULL while it is running."),
    process_id: required(integer("Operating system's number of the process that ran it.")),
    error: text("Why nothing could be read, or what interrupted the run; NULL if neither happened."),
  },
  { description: "Every attempt to sync an account.", key: ["id"] },
);

export const runResources = accountTable(
  "sync_run_resources",
  {
    run_id: required(integer("Number of the run (`sync_runs.id`).")),
    resource: required(text("Resource that the run read.")),
    status: required(
      oneOf<Status>(
        "`complete`, `failed`, `interrupted`, `truncated` (listing ended early), `delete_limit` (too many records gone to mark), `not_allowed` (key may not read it) or `skipped`.",
      ),
    ),
    pages: required(integer("Pages read.")),
    fetched: required(integer("Records read.")),
    inserted: required(integer("Records that were new.")),
    updated: required(integer("Records that had changed.")),
    unchanged: required(integer("Records that had not changed.")),
    rejected: required(integer("Records that did not validate.")),
    milliseconds: required(integer("How long reading the resource took.", "milliseconds")),
    error: text("What went wrong; NULL if nothing did."),
    read_to_end: counter(
      "1 if the listing was read to its end, even if single records were rejected or a delete limit was exceeded.",
    ),
    restored: counter(
      "Records read that had been marked as deleted. Records restored together with their parent are not counted.",
    ),
    deleted: counter("Records that were marked as deleted."),
    announced_pages: integer("Pages that the listing's first page announced; NULL if it announced none."),
    walk_started_at: datetime(
      "When the walk that ended in this run began (UTC). Earlier than the run if a checkpoint was resumed.",
    ),
    missing: counter(
      "Rejected records that are still missing in the table, or stored as they were before, at the end of the run.",
    ),
    reconciled: counter(
      "1 if the whole listing was read and every record gone from it was marked, even if single child listings were refused. Only then may later syncs read less.",
    ),
    fresh_as_of: datetime(
      "Everything stored of the resource was read at this time or later (UTC). NULL unless the listing was read to its end.",
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
    resource: required(text("Resource whose listing is being read.")),
    fingerprint: required(
      text(
        "Resources that the walk reads, each with its version. Only a walk with the same fingerprint resumes.",
      ),
    ),
    cursor: required(text("Cursor of the next page. Every page before it is stored.")),
    started_at: required(datetime("When the walk began (UTC).")),
    saved_at: required(datetime("When the checkpoint was saved (UTC).")),
    run_id: counter("Run in which the walk began."),
    pages: counter("Pages read before the checkpoint."),
    records_without_key: counter("Records without a key that were read before the checkpoint."),
    announced_pages: integer("Pages that the listing's first page announced; NULL if it announced none."),
  },
  { description: "Where interrupted walks resume.", key: ["resource"] },
);

export const seenKeys = accountTable(
  "sync_seen_keys",
  {
    resource: required(text("Resource of the records.")),
    part: required(integer("Number of the part, from 0.")),
    key_hashes: required(blob("First six bytes of the SHA-256 of each key, one after the other.")),
  },
  {
    description: "Keys that interrupted walks have met, needed later to find which records are gone.",
    key: ["resource", "part"],
  },
);

export const retries = accountTable(
  "sync_retries",
  {
    resource: required(text("Child resource, which has one listing for each record of its parent.")),
    parent: required(text("Key of the parent whose child listing could not be read.")),
    reason: required(text("Why the child listing could not be read.")),
    failed_at: required(datetime("When reading it last failed (UTC).")),
  },
  { description: "Child listings that failed. The next sync reads them first.", key: ["resource", "parent"] },
);

export const refreshQueue = accountTable(
  "sync_refresh_queue",
  {
    resource: required(
      text("Child resource, or resource whose records are replaced with their customer's history."),
    ),
    parent: required(text("Key of the parent whose records may have changed.")),
    queued_at: required(datetime("When the possible change was found (UTC).")),
  },
  {
    description: "Child listings that need a refresh. The next sync reads them, even if it reads few others.",
    key: ["resource", "parent"],
  },
);

export const linkedAccounts = accountTable(
  "sync_accounts",
  {
    chartmogul_id: text("ChartMogul's identifier of the account; NULL if the API did not give one."),
    name: text("Name of the ChartMogul account when it was last read."),
    linked_at: required(datetime("When the account was first synced (UTC).")),
  },
  {
    description:
      "Which ChartMogul account each account is linked to. It prevents a wrong key from mixing two ChartMogul accounts.",
    key: [],
  },
);

export const summarisedAccounts = accountTable(
  "sync_summarised_accounts",
  {
    fingerprint: required(
      text("Hash of the queries of the summary tables, and of the version of the time zones."),
    ),
    currency: text("Currency of the account at the last refresh (ISO 4217); NULL if unknown."),
    time_zone: required(text("Time zone of the account at the last refresh (IANA name).")),
    day: required(text("Day of the last refresh in the account's calendar, `YYYY-MM-DD`.")),
    read_until: required(datetime("Records dated later had not happened at the last refresh (UTC).")),
    is_counted: required(boolean("Whether the account counted over all accounts.")),
  },
  {
    description:
      "Accounts whose changes are recorded since the last refresh of the summary tables. If an account is missing here or is not the same, the next refresh calculates everything.",
    key: [],
  },
);

export const staleRecords = accountTable(
  "sync_stale_records",
  {
    resource: required(text("`customers` or `invoices`.")),
    key: required(text("Primary key of the record without the account.")),
  },
  {
    description:
      "Customers and invoices that have changed since the last refresh of the summary tables, or have a date that was still to come. The next refresh calculates their rows.",
    key: ["resource", "key"],
  },
);

export const countedPayments = accountTable(
  "sync_counted_payments",
  {
    invoice_uuid: required(text("Invoice that has changed since the last refresh of the summary tables.")),
    position: required(integer("Position in the invoice's list of transactions, from 0.")),
    currency: required(text("Currency of the invoice (ISO 4217) before the change, or `unknown`.")),
    type: required(text("`payment` or `refund`.")),
    date: datetime("When the transaction took place (UTC)."),
    amount_in_cents: integer(
      "Amount before the change, in hundredths of `currency`; NULL if it exceeds 64 bits.",
      "hundredths of `currency`",
    ),
  },
  {
    description:
      "Successful payments and refunds of changed invoices, as they were before the change. The next refresh takes them off `cash_by_month`.",
    key: ["invoice_uuid", "position"],
  },
);

/** What every column of the file means; the same for all accounts (docs/decisions/0013). */
export const dataDictionary = fileTable(
  "data_dictionary",
  {
    table_name: required(text("Table of the column.")),
    table_meaning: required(text("What the table's rows are.")),
    column_name: required(text("Name of the column.")),
    position: required(
      integer("Position among the table's columns, from 1. Columns added later are last in the file."),
    ),
    type: required(
      text("Declared type: `TEXT`, `INTEGER`, `DOUBLE`, `BOOLEAN`, `DATE`, `DATETIME` or `BLOB`."),
    ),
    unit: text("Unit of the values, or their time zone; NULL if the type says everything."),
    meaning: required(text("What the column means.")),
    wire_field: text(
      "Path of the value in the record that ChartMogul sends; NULL if the record does not contain the value.",
    ),
    nullable: required(boolean("Whether the value may be NULL.")),
    in_primary_key: required(boolean("Whether the column is part of the table's primary key.")),
  },
  {
    description: "Every column of every table of this file, as the version that last wrote to it knows them.",
    key: ["table_name", "column_name"],
  },
);

/** One column in the warehouse's table `data_dictionary`. */
export type DictionaryRow = typeof dataDictionary.$inferSelect;
