import type Database from "better-sqlite3";
import type { Warehouse } from "../database/open.ts";
import { invoicesTable, invoiceTransactions } from "../resources/invoices.ts";
import { getShape, type Table, type TableShape } from "../schema/table.ts";
import { formatTimestamp } from "../schema/timestamp.ts";
import { supersededAccounts } from "../state/linked-accounts.ts";
import { createAccountDay } from "./account-day.ts";
import { changedPayments, inexactCash, successfulPayments } from "./cash.ts";
import { addedUp, refreshedAlways, rowsAbout, type SumsOf, summaries } from "./index.ts";
import {
  computeFingerprint,
  forgetChanges,
  isChangeRecorded,
  isOtherDay,
  readStale,
  recordChanges,
  renamedInvoices,
  staleRecords,
} from "./stale-records.ts";
import { defineSumOrNull, isOverflow } from "./sum-or-null.ts";
import { writeChangedSums } from "./summary-table.ts";
import { hideSuspectedDeletes } from "./suspected-deletes.ts";
import { unpaidInvoices, unpaidWithStale } from "./unpaid-invoices.ts";

/**
 * Refreshes the summary tables of all accounts in one transaction. Calculates the rows of what has changed since the last refresh, or all rows
 * if that is not known for certain. Unchanged rows are not written again. Throws what SQLite throws, and then leaves the tables as they were.
 */
export function refreshSummaries({ sqlite }: Warehouse, now: Date): void {
  sqlite.function("account_day", { deterministic: true }, createAccountDay());
  const fingerprint = computeFingerprint([
    ...summaries.flatMap((table) => Object.values(writeStatements(getShape(table)))),
    ...[...addedUp.values()].map(({ sums }) => writeChangedSums(sums)),
    ...[today, months, survivors, changedPayments, unpaidWithStale],
  ]);
  const all = sqlite.transaction((isExact: boolean) => {
    sqlite.prepare(today).run(formatTimestamp(now));
    sqlite.exec(months);
    sqlite.exec(survivors);
    if (!isExact || !refreshStale(sqlite, fingerprint)) refreshAll(sqlite, fingerprint, isExact);
    sqlite.exec(
      "DROP TABLE temp.today; DROP TABLE temp.months; DROP TABLE temp.survivors; DROP TABLE temp.cash",
    );
  });
  try {
    all.immediate(true);
  } catch (error) {
    if (!isOverflow(error)) throw error;
    defineSumOrNull(sqlite);
    all.immediate(false);
  }
}

/** Calculates all rows. Sums that had to be replaced by NULL leave nothing that changes could be added to. */
function refreshAll(sqlite: Database.Database, fingerprint: string, isExact: boolean): void {
  const showSuspectedDeletes = hideSuspectedDeletes(sqlite);
  sqlite.exec(successfulPayments);
  for (const table of summaries) refreshTable(sqlite, getShape(table));
  showSuspectedDeletes();
  if (isExact && sqlite.prepare(inexactCash).get() === undefined)
    recordChanges(sqlite, fingerprint, "main.customers");
  else forgetChanges(sqlite);
}

/** Calculates the rows of stale records, and what is made from these. Does nothing and returns false if more may have changed. */
function refreshStale(sqlite: Database.Database, fingerprint: string): boolean {
  if (!isChangeRecorded(sqlite, fingerprint)) return false;
  sqlite.exec(staleRecords);
  readStale(sqlite, "invoices", [invoiceTransactions], () => sqlite.exec(changedPayments));
  const isExact = sqlite.prepare(inexactCash).get() === undefined;
  if (isExact) {
    sqlite.exec(renamedInvoices);
    refreshStaleTables(sqlite);
    recordChanges(sqlite, fingerprint, "stale_customers CROSS JOIN main.customers USING (account, uuid)");
  } else {
    sqlite.exec("DROP TABLE temp.cash");
  }
  sqlite.exec("DROP TABLE temp.stale_invoices; DROP TABLE temp.stale_customers");
  return isExact;
}

function refreshStaleTables(sqlite: Database.Database): void {
  const exists = (sql: string) => sqlite.prepare(`SELECT EXISTS (${sql})`).pluck().get() === 1;
  const hasStaleCustomers = exists("SELECT 1 FROM stale_customers");
  const ages = hasStaleCustomers || exists("SELECT 1 FROM stale_invoices") || exists(isOtherDay);
  for (const table of summaries) {
    if (table === unpaidInvoices ? ages : hasStaleCustomers || refreshedAlways.has(table))
      refreshStaleRows(sqlite, table);
  }
  for (const table of keptRows) sqlite.exec(`DROP TABLE IF EXISTS ${earlierRows(table)}`);
}

function refreshStaleRows(sqlite: Database.Database, table: Table): void {
  const shape = getShape(table);
  const about = rowsAbout.get(table);
  const sums = addedUp.get(table);
  if (keptRows.has(table)) sqlite.exec(`CREATE TEMP TABLE ${earlierRows(table)} AS ${rowsOfStale(table)}`);
  if (sums !== undefined) refreshSums(sqlite, table, sums);
  else if (table === unpaidInvoices)
    readStale(sqlite, "invoices", [invoicesTable], () =>
      refreshTable(sqlite, { ...shape, select: unpaidWithStale }),
    );
  else if (about !== undefined)
    readStale(sqlite, about.kind, about.read, () => refreshTable(sqlite, shape, `temp.stale_${about.kind}`));
  else refreshTable(sqlite, shape);
}

/** The tables whose stored rows are kept until the sums that are made from them are right again. */
const keptRows: ReadonlySet<Table> = new Set([...addedUp.values()].map(({ rows }) => rows));

const earlierRows = (table: Table) => `temp."earlier_${getShape(table).name}"`;

const rowsOfStale = (table: Table) => `SELECT own.* FROM stale_customers AS stale
  CROSS JOIN main."${getShape(table).name}" AS own ON own.account = stale.account AND own.customer_uuid = stale.uuid`;

/** Takes the sums of stale customers off a summary table as they were, and adds them as they are. */
function refreshSums(sqlite: Database.Database, table: Table, { rows, sums }: SumsOf): void {
  const { name } = getShape(rows);
  const add = (into: string, source: string) =>
    sqlite.exec(`CREATE TEMP VIEW "${name}" AS ${source};
      CREATE TEMP TABLE ${into} AS ${sums.select};
      DROP VIEW temp."${name}"`);
  add("taken", `SELECT * FROM ${earlierRows(rows)}`);
  add("added", rowsOfStale(rows));
  refreshTable(sqlite, { ...getShape(table), select: writeChangedSums(sums) });
  sqlite.exec("DROP TABLE temp.taken; DROP TABLE temp.added");
}

/**
 * What every summary table may need of an account: its currency, its current day and month, until when it was read, and whether it counts
 * over all accounts. Anything dated after the account was read has not happened yet.
 */
export const today = `
CREATE TEMP TABLE today AS
WITH runs AS (
  SELECT account, max(coalesce(finished_at, '9999')) AS read_until FROM sync_runs
  WHERE finished_at IS NULL OR EXISTS (
    SELECT 1 FROM sync_run_resources AS read WHERE read.account = sync_runs.account AND run_id = id AND fetched > 0)
  GROUP BY account)
SELECT account, currency, coalesce(time_zone, 'UTC') AS time_zone, now, account_day(now, time_zone) AS day,
  substr(account_day(now, time_zone), 1, 8) || '01' AS this_month, min(now, coalesce(read_until, now)) AS read_until,
  account NOT IN (${supersededAccounts}) AS is_counted
FROM (SELECT ? AS now) JOIN (
  SELECT account, time_zone, coalesce(
    accounts.currency,
    (SELECT currency FROM customers WHERE customers.account = known.account AND currency IS NOT NULL LIMIT 1),
    (SELECT currency FROM activities WHERE activities.account = known.account AND currency IS NOT NULL LIMIT 1)) AS currency
  FROM (SELECT account FROM sync_accounts UNION SELECT account FROM sync_runs) AS known LEFT JOIN accounts USING (account)) AS known LEFT JOIN runs USING (account)`;

/** The customer that each merged customer finally became part of. Activities name the merged one until they are read again. */
export const survivors = `
CREATE TEMP TABLE survivors (account TEXT, customer_uuid TEXT, survivor_uuid TEXT, PRIMARY KEY (account, customer_uuid)) WITHOUT ROWID;
INSERT INTO survivors
WITH RECURSIVE led (account, customer_uuid, survivor_uuid, steps) AS (
  SELECT account, uuid, merged_into, 1 FROM customers WHERE merged_into IS NOT NULL AND deleted_at IS NOT NULL
  UNION ALL
  SELECT led.account, customer_uuid, merged_into, steps + 1
  FROM led JOIN customers ON customers.account = led.account AND uuid = survivor_uuid
  WHERE merged_into IS NOT NULL AND deleted_at IS NOT NULL AND steps < 100
) SELECT account, customer_uuid, survivor_uuid FROM (SELECT *, max(steps) FROM led GROUP BY account, customer_uuid)`;

/** The first day of each month, from the first movement to the latest current month of any account. */
export const months = `
CREATE TEMP TABLE months AS
WITH RECURSIVE span (first, last) AS (
  SELECT (SELECT date(min(date), 'start of month', '-1 month') FROM activities WHERE date BETWEEN '1970-01-01' AND '9999-01-01'),
    (SELECT max(this_month) FROM today)
), month (month) AS (
  SELECT first FROM span WHERE first IS NOT NULL
  UNION ALL SELECT date(month, '+1 month') FROM month, span WHERE month < last
) SELECT month FROM month`;

/** Refreshes one summary table: all of its rows, or those of the records in this table of stale records. */
function refreshTable(sqlite: Database.Database, table: TableShape, stale?: string): void {
  const { fill, compare, update, countLeftovers, remove, add } = writeStatements(table, stale);
  for (const statement of [fill, compare, update]) sqlite.exec(statement);
  if (sqlite.prepare(countLeftovers).pluck().get() !== 0) sqlite.exec(remove);
  sqlite.exec(add);
  sqlite.exec("DROP TABLE temp.fresh; DROP TABLE temp.changed");
}

/** An amount; NULL if it exceeds 64 bits, since SQLite makes a floating point number of it. */
const whole = (column: string) =>
  `CASE WHEN typeof("${column}") <> 'real' OR "${column}" BETWEEN -9.2e18 AND 9.2e18 THEN "${column}" END`;

/**
 * The statements that refresh one summary table, or its rows of some records. Rows are calculated into a temporary table, and only those that
 * differ are written. Each row is looked up once, by its key. Rows to remove are searched only if the counts show that there are some.
 */
export function writeStatements({ name, key, columns, select }: TableShape, stale?: string) {
  if (select === undefined) throw new Error(`${name} has no query`);
  const quoted = (names: readonly string[]) => names.map((column) => `"${column}"`).join(", ");
  const all = Object.keys(columns);
  const others = all.filter((column) => !key.includes(column));
  const listed = quoted(all);
  const worked = Object.entries(columns)
    .map(([column, { hundredths }]) => {
      if (hundredths !== undefined) return `${whole(hundredths)} / 100.0 AS "${column}"`;
      return column.endsWith("_in_cents") ? `${whole(column)} AS "${column}"` : `"${column}"`;
    })
    .join(", ");
  const same = (other: string) =>
    key.map((column) => `stored."${column}" = ${other}."${column}"`).join(" AND ");
  const differs = others.map((column) => `stored."${column}" IS NOT fresh."${column}"`).join(" OR ");
  const concerned =
    stale === undefined
      ? "true"
      : `(stored.account, stored."${key[1]}") IN (SELECT account, uuid FROM ${stale})`;
  return {
    // The columns have the affinity of the table's own; otherwise the comparison could not use an index.
    fill: `CREATE TEMP TABLE fresh AS SELECT ${listed} FROM main."${name}" WHERE false;
      INSERT INTO temp.fresh SELECT ${worked} FROM (${select})`,
    compare: `CREATE TEMP TABLE changed AS SELECT fresh.*, stored.rowid AS stored_rowid
      FROM fresh LEFT JOIN main."${name}" AS stored ON ${same("fresh")} WHERE stored.rowid IS NULL OR ${differs}`,
    update: `UPDATE main."${name}" SET ${others.map((column) => `"${column}" = changed."${column}"`).join(", ")}
      FROM changed WHERE "${name}".rowid = stored_rowid`,
    countLeftovers: `SELECT (SELECT count(*) FROM main."${name}" AS stored WHERE ${concerned}) - (SELECT count(*) FROM fresh)
      + (SELECT count(*) FROM changed WHERE stored_rowid IS NULL)`,
    remove: `CREATE INDEX temp.fresh_key ON fresh (${quoted(key)});
      DELETE FROM main."${name}" AS stored WHERE ${concerned} AND NOT EXISTS (SELECT 1 FROM fresh WHERE ${same("fresh")})`,
    add: `INSERT INTO main."${name}" (${listed}) SELECT ${listed} FROM changed WHERE stored_rowid IS NULL`,
  };
}
