import type Database from "better-sqlite3";
import type { Warehouse } from "../database/open.ts";
import { getShape, type TableShape } from "../schema/table.ts";
import { formatTimestamp } from "../schema/timestamp.ts";
import { supersededAccounts } from "../state/linked-accounts.ts";
import { createAccountDay } from "./account-day.ts";
import { successfulPayments } from "./cash.ts";
import { summaries } from "./index.ts";
import { defineSumOrNull, isOverflow } from "./sum-or-null.ts";
import { hideSuspectedDeletes } from "./suspected-deletes.ts";

/**
 * Refreshes the summary tables of all accounts in one transaction. Unchanged rows are not written again.
 * Throws what SQLite throws, and then leaves the tables as they were.
 */
export function refreshSummaries({ sqlite }: Warehouse, now: Date): void {
  sqlite.function("account_day", { deterministic: true }, createAccountDay());
  const all = sqlite.transaction(() => {
    const showSuspectedDeletes = hideSuspectedDeletes(sqlite);
    sqlite.prepare(today).run(formatTimestamp(now));
    sqlite.exec(months);
    sqlite.exec(survivors);
    sqlite.exec(successfulPayments);
    for (const table of summaries) refreshTable(sqlite, getShape(table));
    sqlite.exec(
      "DROP TABLE temp.today; DROP TABLE temp.months; DROP TABLE temp.survivors; DROP TABLE temp.cash",
    );
    showSuspectedDeletes();
  });
  try {
    all.immediate();
  } catch (error) {
    if (!isOverflow(error)) throw error;
    defineSumOrNull(sqlite);
    all.immediate();
  }
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

function refreshTable(sqlite: Database.Database, table: TableShape): void {
  const { fill, compare, outdate, hasLeftovers, remove, add } = writeStatements(table);
  for (const statement of [fill, compare, outdate]) sqlite.exec(statement);
  if (sqlite.prepare(hasLeftovers).pluck().get() === 1) sqlite.exec(remove);
  sqlite.exec(add);
  sqlite.exec("DROP TABLE temp.fresh; DROP TABLE temp.changed");
}

/** An amount; NULL if it exceeds 64 bits, since SQLite makes a floating point number of it. */
const whole = (column: string) =>
  `CASE WHEN typeof("${column}") <> 'real' OR "${column}" BETWEEN -9.2e18 AND 9.2e18 THEN "${column}" END`;

/**
 * The statements that refresh one summary table. Its rows are calculated into a temporary table, and only those that differ are written.
 * Each row is looked up once, by its key. Rows to remove are searched only if the counts show that there are some.
 */
export function writeStatements({ name, key, columns, select }: TableShape) {
  if (select === undefined) throw new Error(`${name} has no query`);
  const quoted = (names: readonly string[]) => names.map((column) => `"${column}"`).join(", ");
  const listed = quoted(Object.keys(columns));
  const worked = Object.entries(columns)
    .map(([column, { hundredths }]) => {
      if (hundredths !== undefined) return `${whole(hundredths)} / 100.0 AS "${column}"`;
      return column.endsWith("_in_cents") ? `${whole(column)} AS "${column}"` : `"${column}"`;
    })
    .join(", ");
  const same = (other: string, names: readonly string[]) =>
    names.map((column) => `"${name}"."${column}" IS ${other}."${column}"`).join(" AND ");
  return {
    // The columns have the affinity of the table's own; otherwise the comparison could not use an index.
    fill: `CREATE TEMP TABLE fresh AS SELECT ${listed} FROM main."${name}" WHERE false;
      INSERT INTO temp.fresh SELECT ${worked} FROM (${select})`,
    compare: `CREATE TEMP TABLE changed AS SELECT * FROM fresh
      WHERE NOT EXISTS (SELECT 1 FROM main."${name}" WHERE ${same("fresh", Object.keys(columns))})`,
    outdate: `DELETE FROM main."${name}" WHERE rowid IN (
      SELECT "${name}".rowid FROM changed CROSS JOIN main."${name}" ON ${same("changed", key)})`,
    hasLeftovers: `SELECT (SELECT count(*) FROM main."${name}") > (SELECT count(*) FROM fresh) - (SELECT count(*) FROM changed)`,
    remove: `CREATE INDEX temp.fresh_key ON fresh (${quoted(key)});
      DELETE FROM main."${name}" WHERE NOT EXISTS (SELECT 1 FROM fresh WHERE ${same("fresh", key)})`,
    add: `INSERT INTO main."${name}" (${listed}) SELECT ${listed} FROM changed`,
  };
}
