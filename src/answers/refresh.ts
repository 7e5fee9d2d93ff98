import type Database from "better-sqlite3";
import type { Warehouse } from "../warehouse/open.ts";
import { shapeOf, type TableShape } from "../warehouse/table.ts";
import { timestamp } from "../warehouse/timestamp.ts";
import { accountDay } from "./account-day.ts";
import { cashTally } from "./cash.ts";
import { answers } from "./index.ts";

/**
 * Works out the ready answers of all accounts anew, in one transaction. Rows that are as they were are not written again.
 * Throws what SQLite throws; then the answers are as they were.
 */
export function refreshAnswers({ sqlite }: Warehouse, now: Date): void {
  sqlite.function("account_day", { deterministic: true }, accountDay());
  const all = sqlite.transaction(() => {
    sqlite.prepare(today).run(timestamp(now));
    sqlite.exec(months);
    sqlite.exec(cashTally);
    for (const answer of answers) refresh(sqlite, shapeOf(answer));
    sqlite.exec("DROP TABLE temp.today; DROP TABLE temp.months; DROP TABLE temp.cash");
  });
  // In a container there may be no place for temporary files. Measured on a million invoices: 10 MB.
  sqlite.pragma("temp_store = MEMORY");
  try {
    all.immediate();
  } finally {
    sqlite.pragma("temp_store = DEFAULT");
  }
}

/** What every answer may ask: each account's currency, and what day and month it is there. */
const today = `
CREATE TEMP TABLE today AS
SELECT account, currency, coalesce(time_zone, 'UTC') AS time_zone, now, account_day(now, time_zone) AS day,
  substr(account_day(now, time_zone), 1, 8) || '01' AS this_month
FROM (SELECT ? AS now) JOIN sync_accounts LEFT JOIN accounts USING (account)`;

/** The first day of each month since the first movement, up to the present one of whichever account is furthest. */
const months = `
CREATE TEMP TABLE months AS
WITH RECURSIVE span (first, last) AS (
  SELECT (SELECT date(min(date), 'start of month', '-1 month') FROM activities), (SELECT max(this_month) FROM today)
), month (month) AS (
  SELECT first FROM span WHERE first IS NOT NULL
  UNION ALL SELECT date(month, '+1 month') FROM month, span WHERE month < last
) SELECT month FROM month`;

function refresh(sqlite: Database.Database, { name, key, columns, select }: TableShape): void {
  if (select === undefined) throw new Error(`nothing says how ${name} is worked out`);
  const listed = Object.keys(columns)
    .map((column) => `"${column}"`)
    .join(", ");
  const worked = Object.entries(columns)
    .map(([column, { hundredths }]) =>
      hundredths === undefined ? `"${column}"` : `"${hundredths}" / 100.0 AS "${column}"`,
    )
    .join(", ");
  const same = (names: readonly string[]) =>
    names.map((column) => `fresh."${column}" IS "${name}"."${column}"`).join(" AND ");
  sqlite.exec(`
    CREATE TEMP TABLE fresh AS SELECT ${worked} FROM (${select});
    CREATE INDEX temp.fresh_key ON fresh (${key.map((column) => `"${column}"`).join(", ")});
    DELETE FROM main."${name}" WHERE NOT EXISTS (SELECT 1 FROM fresh WHERE ${same(Object.keys(columns))});
    INSERT INTO main."${name}" (${listed}) SELECT ${listed} FROM fresh
      WHERE NOT EXISTS (SELECT 1 FROM main."${name}" WHERE ${same(key)});
    DROP TABLE temp.fresh`);
}
