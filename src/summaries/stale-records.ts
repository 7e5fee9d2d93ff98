import { hash } from "node:crypto";
import { versions } from "node:process";
import type Database from "better-sqlite3";
import { activitiesTable } from "../resources/activities.ts";
import { customersTable } from "../resources/customers.ts";
import { invoiceLineItems, invoicesTable, invoiceTransactions } from "../resources/invoices.ts";
import { subscriptionsTable } from "../resources/subscriptions.ts";
import { getShape, type Table } from "../schema/table.ts";
import { countedPayments } from "./cash.ts";

/** What a stale record is: its rows in summary tables are calculated again. */
export type StaleKind = "customers" | "invoices";

/** For each table that summary tables are made from: the columns that name customers and invoices, which a change of a row makes stale. */
const watched: readonly { readonly table: Table; readonly names: readonly [StaleKind, string][] }[] = [
  {
    table: customersTable,
    names: [
      ["customers", "uuid"],
      ["customers", "merged_into"],
    ],
  },
  { table: subscriptionsTable, names: [["customers", "customer_uuid"]] },
  { table: activitiesTable, names: [["customers", "customer_uuid"]] },
  {
    table: invoicesTable,
    names: [
      ["customers", "customer_uuid"],
      ["invoices", "uuid"],
    ],
  },
  { table: invoiceLineItems, names: [["invoices", "invoice_uuid"]] },
  { table: invoiceTransactions, names: [["invoices", "invoice_uuid"]] },
];

const isRecorded = (account: string) =>
  `EXISTS (SELECT 1 FROM sync_summarised_accounts AS known WHERE known.account = ${account})`;

/** Not INSERT OR IGNORE: the statement that fires the trigger would decide about conflicts. */
const markStale = (kind: StaleKind, row: "OLD" | "NEW", column: string) =>
  `INSERT INTO sync_stale_records (account, resource, key) SELECT ${row}.account, '${kind}', ${row}."${column}"
    WHERE ${row}."${column}" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM sync_stale_records AS known
      WHERE known.account = ${row}.account AND known.resource = '${kind}' AND known.key = ${row}."${column}");`;

/**
 * The triggers that record what changes, by name. They come before the change, because the payments of an invoice are kept as they were. They
 * record nothing of an account that no refresh has summarised, and so a first load costs nothing.
 */
const triggers: ReadonlyMap<string, string> = new Map([
  ...watched.flatMap(({ table, names }) => {
    const { name, columns } = getShape(table);
    const compared = Object.keys(columns).filter((column) => column !== "synced_at");
    const values = (row: string) => `(${compared.map((column) => `${row}."${column}"`).join(", ")})`;
    const write = (event: string, rows: readonly ("OLD" | "NEW")[], when: string): [string, string] => {
      const trigger = `sync_stale_${name}_${event.toLowerCase()}`;
      const marks = rows.flatMap((row) => names.map(([kind, column]) => markStale(kind, row, column)));
      return [
        trigger,
        `CREATE TRIGGER "${trigger}" BEFORE ${event} ON "${name}" WHEN ${when} BEGIN\n  ${marks.join("\n  ")}\nEND`,
      ];
    };
    return [
      write("INSERT", ["NEW"], isRecorded("NEW.account")),
      write("DELETE", ["OLD"], isRecorded("OLD.account")),
      write(
        "UPDATE",
        ["OLD", "NEW"],
        `${values("OLD")} IS NOT ${values("NEW")} AND (${isRecorded("OLD.account")} OR ${isRecorded("NEW.account")})`,
      ),
    ];
  }),
  [
    "sync_stale_records_insert",
    `CREATE TRIGGER "sync_stale_records_insert" AFTER INSERT ON sync_stale_records WHEN NEW.resource = 'invoices' BEGIN
  INSERT INTO sync_counted_payments (account, invoice_uuid, position, currency, type, date, amount_in_cents)
  ${countedPayments("NEW.account", "NEW.key")};
END`,
  ],
]);

/** A hash of everything that decides what summary tables make of the same records. */
export function computeFingerprint(queries: readonly string[]): string {
  const { sqlite = "", tz = "", icu = "" } = versions;
  return hash("sha256", [...queries, ...triggers.values(), sqlite, tz, icu].join("\n"), "base64url");
}

/** The accounts, if they are the same as at the last refresh, later or at the same time, and in the same month. */
const unchangedAccounts = `
  SELECT count(*) FROM today JOIN main.sync_summarised_accounts AS known USING (account)
  WHERE known.fingerprint = ? AND known.currency IS today.currency AND known.time_zone = today.time_zone
    AND known.is_counted = today.is_counted AND known.read_until <= today.read_until
    AND known.day <= today.day AND substr(known.day, 1, 8) || '01' = today.this_month`;

/**
 * True if everything that has changed since the last refresh is recorded, and little has: then stale records are all that must be calculated
 * again. Needs the temporary table `today`.
 */
export function isChangeRecorded(sqlite: Database.Database, fingerprint: string): boolean {
  const ask = (sql: string, ...values: string[]) =>
    sqlite
      .prepare(sql)
      .pluck()
      .get(...values);
  const accounts = ask("SELECT count(*) FROM today");
  if (ask("SELECT count(*) FROM main.sync_summarised_accounts") !== accounts) return false;
  if (ask(unchangedAccounts, fingerprint) !== accounts || !areTriggersThere(sqlite)) return false;
  return ask(`SELECT ${isUncertain} OR NOT ${hasFewStaleRecords}`) === 0;
}

/**
 * Suspected deletes hide records without changing them, and customers merged in a circle have no survivor. Months are counted from the first
 * activity since 1970, so an earlier one belongs to none of them.
 */
const isUncertain = `(EXISTS (SELECT 1 FROM main.sync_suspected_deletes) OR EXISTS (
  SELECT 1 FROM today CROSS JOIN main.activities AS activity ON activity.account = today.account AND date < '1970-01-01') OR EXISTS (
  SELECT 1 FROM survivors CROSS JOIN main.customers AS customer ON customer.account = survivors.account AND customer.uuid = survivor_uuid
  WHERE merged_into IS NOT NULL AND deleted_at IS NOT NULL))`;

// With more of them everything is calculated as fast.
const hasFewStaleRecords = `
  ((SELECT count(*) FROM main.sync_stale_records) * 5 <= (
    SELECT coalesce(sum(all_rows), 0) + 1000 FROM main.freshness WHERE table_name IN ('customers', 'invoices')))`;

/** SQL that finds an account in whose calendar a day has begun since the last refresh. */
export const isOtherDay =
  "SELECT 1 FROM today JOIN main.sync_summarised_accounts AS known USING (account) WHERE known.day <> today.day";

function readTriggers(sqlite: Database.Database): Map<string, string> {
  const stored = sqlite.prepare<[], [string, string]>(
    "SELECT name, sql FROM main.sqlite_schema WHERE type = 'trigger' AND name GLOB 'sync_stale_*'",
  );
  return new Map(stored.raw().all());
}

function areTriggersThere(sqlite: Database.Database): boolean {
  const there = readTriggers(sqlite);
  return there.size === triggers.size && [...triggers].every(([name, sql]) => there.get(name) === sql);
}

/**
 * Begins to record what changes after this refresh. Records with a date that was still to come stay stale. An account with an unfinished walk
 * is left out: its next sync may load as much as a first one. Needs the temporary tables `today` and `cash`, and `stale_customers` if not all
 * customers were read.
 */
export function recordChanges(sqlite: Database.Database, fingerprint: string, customers: string): void {
  forgetChanges(sqlite);
  if (!areTriggersThere(sqlite)) {
    for (const name of readTriggers(sqlite).keys()) sqlite.exec(`DROP TRIGGER main."${name}"`);
    for (const sql of triggers.values()) sqlite.exec(sql);
  }
  sqlite
    .prepare(`
      INSERT INTO main.sync_summarised_accounts (account, fingerprint, currency, time_zone, day, read_until, is_counted)
      SELECT account, ?, currency, time_zone, day, read_until, is_counted FROM today
      WHERE account NOT IN (SELECT account FROM main.sync_checkpoints)
        AND NOT ${isUncertain}`)
    .run(fingerprint);
  sqlite.exec(`
    INSERT INTO main.sync_stale_records (account, resource, key)
    SELECT activity.account, 'customers', customer_uuid
      FROM today CROSS JOIN main.activities AS activity ON activity.account = today.account AND date > read_until
      WHERE customer_uuid IS NOT NULL
    UNION SELECT account, 'customers', uuid FROM ${customers} CROSS JOIN today USING (account)
      WHERE free_trial_started_at > read_until OR customer_since > read_until
    UNION SELECT account, 'invoices', to_come FROM cash WHERE to_come <> ''`);
}

/** Ends the recording of changes: the next refresh calculates everything. */
export function forgetChanges(sqlite: Database.Database): void {
  sqlite.exec(`
    DELETE FROM main.sync_summarised_accounts; DELETE FROM main.sync_stale_records; DELETE FROM main.sync_counted_payments`);
}

/** SQL that makes the temporary tables of stale customers and invoices. A merge concerns all customers who became one, before it and after it. */
export const staleRecords = `
CREATE TEMP TABLE stale_invoices (account TEXT, uuid TEXT, PRIMARY KEY (account, uuid)) WITHOUT ROWID;
INSERT INTO stale_invoices SELECT account, key FROM main.sync_stale_records WHERE resource = 'invoices';
CREATE TEMP TABLE stale_customers (account TEXT, uuid TEXT, PRIMARY KEY (account, uuid)) WITHOUT ROWID;
INSERT INTO stale_customers SELECT account, key FROM main.sync_stale_records WHERE resource = 'customers';
INSERT OR IGNORE INTO stale_customers
SELECT invoice.account, customer_uuid FROM stale_invoices AS stale CROSS JOIN main.invoices AS invoice
  ON invoice.account = stale.account AND invoice.uuid = stale.uuid WHERE customer_uuid IS NOT NULL;
INSERT OR IGNORE INTO stale_customers
SELECT account, survivor_uuid FROM survivors WHERE (account, customer_uuid) IN stale_customers;
INSERT OR IGNORE INTO stale_customers
SELECT account, customer_uuid FROM survivors WHERE (account, survivor_uuid) IN stale_customers`;

/** SQL that adds the invoices whose rows of `failed_payments` have the name of a stale customer. */
export const renamedInvoices = `
INSERT OR IGNORE INTO stale_invoices
SELECT account, invoice_uuid FROM main.failed_payments WHERE (account, customer_uuid) IN stale_customers`;

/** The columns that name customers and invoices in the tables that their rows are made from. */
const names: Readonly<Record<StaleKind, ReadonlyMap<Table, string>>> = {
  customers: new Map<Table, string>([
    [customersTable, "uuid"],
    [subscriptionsTable, "customer_uuid"],
    [activitiesTable, "customer_uuid"],
    [invoicesTable, "customer_uuid"],
  ]),
  invoices: new Map<Table, string>([
    [invoicesTable, "uuid"],
    [invoiceTransactions, "invoice_uuid"],
  ]),
};

/**
 * Runs `work` while queries that name one of these tables without a schema see only its rows of stale records: a temporary view of the same name
 * has them. CROSS JOIN begins with the stale records. With IN, SQLite would go through all of them for each row that is looked up.
 */
export function readStale(
  sqlite: Database.Database,
  kind: StaleKind,
  tables: readonly Table[],
  work: () => void,
): void {
  for (const table of tables) {
    const { name } = getShape(table);
    sqlite.exec(`CREATE TEMP VIEW "${name}" AS SELECT own.* FROM temp.stale_${kind} AS stale
      CROSS JOIN main."${name}" AS own ON own.account = stale.account AND own."${names[kind].get(table)}" = stale.uuid`);
  }
  work();
  for (const table of tables) sqlite.exec(`DROP VIEW temp."${getShape(table).name}"`);
}
