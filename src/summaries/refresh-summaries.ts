import type Database from "better-sqlite3";
import type { Warehouse } from "../database/open.ts";
import { shapeOf, type TableShape } from "../schema/table.ts";
import { timestamp } from "../schema/timestamp.ts";
import { supersededAccounts } from "../state/linked-accounts.ts";
import { createAccountDay } from "./account-day.ts";
import { successfulPayments } from "./cash.ts";
import { summaries } from "./index.ts";
import { defineSumOrNull, isOverflow } from "./sum-or-null.ts";
import { hideSuspectedDeletes } from "./suspected-deletes.ts";

/**
 * Works out the summary tables of all accounts anew, in one transaction. Rows that are as they were are not written again.
 * Throws what SQLite throws; then the summaries are as they were.
 */
export function refreshSummaries({ sqlite }: Warehouse, now: Date): void {
  sqlite.function("account_day", { deterministic: true }, createAccountDay());
  const all = sqlite.transaction(() => {
    const putBack = hideSuspectedDeletes(sqlite);
    sqlite.prepare(today).run(timestamp(now));
    sqlite.exec(months);
    sqlite.exec(survivors);
    sqlite.exec(successfulPayments);
    for (const answer of summaries) refreshTable(sqlite, shapeOf(answer));
    sqlite.exec(
      "DROP TABLE temp.today; DROP TABLE temp.months; DROP TABLE temp.survivors; DROP TABLE temp.cash",
    );
    putBack();
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
 * What every answer may ask: each account's currency, what day and month it is there, until when it was read, and whether it counts
 * over all accounts. What is dated later than it was read has not happened for all that is known.
 */
const today = `
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

/** Into which customer each one went that was merged, in the end. Its activities keep its name until they are read again. */
const survivors = `
CREATE TEMP TABLE survivors (account TEXT, customer_uuid TEXT, survivor_uuid TEXT, PRIMARY KEY (account, customer_uuid)) WITHOUT ROWID;
INSERT INTO survivors
WITH RECURSIVE led (account, customer_uuid, survivor_uuid, steps) AS (
  SELECT account, uuid, merged_into, 1 FROM customers WHERE merged_into IS NOT NULL AND deleted_at IS NOT NULL
  UNION ALL
  SELECT led.account, customer_uuid, merged_into, steps + 1
  FROM led JOIN customers ON customers.account = led.account AND uuid = survivor_uuid
  WHERE merged_into IS NOT NULL AND deleted_at IS NOT NULL AND steps < 100
) SELECT account, customer_uuid, survivor_uuid FROM (SELECT *, max(steps) FROM led GROUP BY account, customer_uuid)`;

/** The first day of each month since the first movement, up to the present one of whichever account is furthest. */
const months = `
CREATE TEMP TABLE months AS
WITH RECURSIVE span (first, last) AS (
  SELECT (SELECT date(min(date), 'start of month', '-1 month') FROM activities WHERE date BETWEEN '1970-01-01' AND '9999-01-01'),
    (SELECT max(this_month) FROM today)
), month (month) AS (
  SELECT first FROM span WHERE first IS NOT NULL
  UNION ALL SELECT date(month, '+1 month') FROM month, span WHERE month < last
) SELECT month FROM month`;

function refreshTable(sqlite: Database.Database, answer: TableShape): void {
  const { fill, compare, outdate, hasLeftovers, remove, add } = writeStatements(answer);
  for (const statement of [fill, compare, outdate]) sqlite.exec(statement);
  if (sqlite.prepare(hasLeftovers).pluck().get() === 1) sqlite.exec(remove);
  sqlite.exec(add);
  sqlite.exec("DROP TABLE temp.fresh; DROP TABLE temp.changed");
}

/** An amount; NULL where more than 64 bits came out, of which SQLite makes a floating point number. */
const whole = (column: string) =>
  `CASE WHEN typeof("${column}") <> 'real' OR "${column}" BETWEEN -9.2e18 AND 9.2e18 THEN "${column}" END`;

/**
 * What works out one answer: into a temporary table, from which those rows are taken over that differ. Most are as they were, and are
 * looked up in the table once, by its key; only where rows of it are left over it is looked for those that are no more.
 */
export function writeStatements({ name, key, columns, select }: TableShape) {
  if (select === undefined) throw new Error(`nothing says how ${name} is worked out`);
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
    // The columns are those of the table: without their affinity an index is of no use to the comparison.
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
