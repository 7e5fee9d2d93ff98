import type Database from "better-sqlite3";
import { WarehouseError } from "../errors.ts";
import { getShape, type Table } from "../schema/table.ts";
import { successfulPayments } from "./cash.ts";
import { listUtcOffsets } from "./list-utc-offsets.ts";
import { months, survivors, today } from "./refresh-summaries.ts";
import { writeViews } from "./suspected-deletes.ts";

/** SQL that calculates a summary table in any SQLite, without functions of this program. */
interface ShellSql {
  /** Statements that create the temporary tables that the query needs. They can be run again on the same connection. */
  readonly preparation: string;
  /** The rows of the table at its last refresh, in the order of its key. */
  readonly query: string;
}

/**
 * Writes the query of a summary table as SQL for a shell such as sqlite3. Its present is the last refresh of the summary tables. An amount over
 * 64 bits makes it fail, and is NULL in the table. Throws a WarehouseError if the tables were never refreshed.
 */
export function writeShellSql(sqlite: Database.Database, table: Table): ShellSql {
  const { name, columns, key, select } = getShape(table);
  if (select === undefined) throw new Error(`${name} is not a summary table`);
  const values = Object.entries(columns).map(([column, { hundredths }]) =>
    hundredths === undefined ? `"${column}"` : `"${hundredths}" / 100.0 AS "${column}"`,
  );
  const order = key.map((column) => `"${column}"`).join(", ");
  const query = `SELECT\n  ${values.join(",\n  ")}\nFROM (\n${indent(select)}\n)\nORDER BY ${order};`;
  const preparation = writePreparation(sqlite, query).map((statement) => replaceAccountDay(statement));
  return { preparation: preparation.join("\n\n"), query: replaceAccountDay(query) };
}

/** Everything temporary that the query needs, directly or through another table. */
function writePreparation(sqlite: Database.Database, query: string): string[] {
  const now = sqlite.prepare("SELECT max(summaries_refreshed_at) FROM freshness").pluck().get();
  if (typeof now !== "string")
    throw new WarehouseError("the summary tables were never refreshed", { hint: "Run `sync` first." });
  const tables = { today: today.replace("?", `'${now}'`), months, survivors, cash: successfulPayments };
  const statements: string[] = [];
  const needs = (name: string) => [query, ...statements].some((sql) => new RegExp(`\\b${name}\\b`).test(sql));
  // Each table comes after those that it needs itself.
  for (const [name, sql] of Object.entries(tables).reverse()) {
    if (needs(name)) statements.unshift(`DROP TABLE IF EXISTS temp.${name};\n${indent(sql, 0)};`);
  }
  for (const { name, sql } of writeViews(sqlite)) {
    if (needs(name)) statements.unshift(`DROP VIEW IF EXISTS temp."${name}";\n${sql};`);
  }
  if (needs("account_day")) statements.unshift(writeUtcOffsets(sqlite, now));
  return statements;
}

/** The instants whose day in the account's calendar may be needed. */
const instants = [
  "SELECT min(started_at), max(started_at) FROM sync_runs",
  "SELECT min(date), max(date) FROM activities",
  "SELECT min(date), max(date) FROM invoices",
  "SELECT min(due_date), max(due_date) FROM invoices",
  "SELECT min(date), max(date) FROM invoice_transactions",
  "SELECT min(free_trial_started_at), max(free_trial_started_at) FROM customers",
].join(" UNION ALL ");

/** A table of the UTC offsets of all accounts' time zones in the years of the data, but not before 1970 or in more than ten years. */
function writeUtcOffsets(sqlite: Database.Database, now: string): string {
  const zones = sqlite
    .prepare<[], string>("SELECT 'UTC' UNION SELECT time_zone FROM accounts WHERE time_zone IS NOT NULL")
    .pluck()
    .all();
  const years = sqlite.prepare<[], [string | null, string | null]>(instants).raw().all().flat();
  const known = [...years, now]
    .filter((instant) => instant !== null)
    .map((instant) => Number.parseInt(instant, 10));
  const first = Math.max(Math.min(...known), 1970);
  const last = Math.min(Math.max(...known), Number.parseInt(now, 10) + 10);
  const rows = zones.flatMap((zone) =>
    listUtcOffsets(zone, `${first}-01-01`, `${last + 1}-01-02`).map(
      ({ since, offset }) => `  ('${zone.replaceAll("'", "''")}', '${since}', '${offset}')`,
    ),
  );
  return `DROP TABLE IF EXISTS temp.utc_offsets;
CREATE TEMP TABLE utc_offsets (zone TEXT, since TEXT, utc_offset TEXT, PRIMARY KEY (zone, since)) WITHOUT ROWID;
INSERT INTO utc_offsets VALUES\n${rows.join(",\n")};`;
}

/** Puts a look-up in `utc_offsets` in place of each call of `account_day(instant, time_zone)`. */
function replaceAccountDay(sql: string): string {
  const call = "account_day(";
  const start = sql.indexOf(call);
  if (start === -1) return sql;
  const [instant = "", timeZone = "", end] = readArguments(sql, start + call.length);
  const day = `(SELECT date(${instant}, utc_offset) FROM utc_offsets WHERE zone = coalesce(${timeZone}, 'UTC') AND since <= ${instant} ORDER BY since DESC LIMIT 1)`;
  return `${sql.slice(0, start)}${day}${replaceAccountDay(sql.slice(end))}`;
}

/** The two arguments of the call whose parenthesis opens before `start`, and where the call ends. */
function readArguments(sql: string, start: number): [string, string, number] {
  let depth = 0;
  let comma = start;
  for (let at = start; at < sql.length; at += 1) {
    if (sql[at] === "(") depth += 1;
    else if (sql[at] === "," && depth === 0) comma = at;
    else if (sql[at] === ")" && depth === 0)
      return [sql.slice(start, comma), sql.slice(comma + 1, at).trim(), at + 1];
    else if (sql[at] === ")") depth -= 1;
  }
  throw new Error(`a call of account_day does not end: ${sql.slice(start)}`);
}

/** The lines of a query, moved so that the first is indented by this many spaces. */
function indent(sql: string, spaces = 2): string {
  const lines = sql.replace(/^\n/, "").split("\n");
  const own = /^ */.exec(lines[0] ?? "")?.[0].length ?? 0;
  return lines.map((line) => " ".repeat(spaces) + line.replace(new RegExp(`^ {0,${own}}`), "")).join("\n");
}
