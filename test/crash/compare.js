import { readdirSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { getShape } from "#build/schema/table.js";
import { summaries } from "#build/summaries/index.js";
import { file } from "./attempt.js";

/** @import { Database as Sqlite } from "better-sqlite3" */

// How often and when a sync ran may differ; what it brought may not.
const notCompared =
  /^(sqlite_|sync_runs$|sync_run_resources$|freshness$|sync_summarised_accounts$|sync_stale_records$|sync_counted_payments$|__drizzle_migrations$)/;
// What one sync leaves for the next: queued child listings, activities that a merge or an import has moved, with the summary tables that
// count them, and the marks of days from before the history began. A sync that was killed has such a next one on the same night.
const leftForNext = {
  tables: new Set(["sync_refresh_queue", "activities", ...summaries.map((table) => getShape(table).name)]),
  resources: new Set(["activities"]),
  marks: new Set(["daily_metrics", "period_metrics"]),
};
const telling = new Set([
  ...[
    "synced_at",
    "queued_at",
    "first_seen_at",
    "last_seen_at",
    "changed_at",
    "observed_at",
    "resolved_at",
    "deleted_at",
  ],
  ...["saved_at", "started_at", "finished_at", "linked_at", "failed_at", "run_id", "list_order"],
]);
// A record that was rejected is asked for by its key, too, with a reply of fewer fields than a listing.
const asLastMet = new Set(["rejected_records.json"]);
const shownRows = 5;
const shownLength = 400;

/**
 * Compares the warehouses of two folders: every table row by row, except the record of the runs, and the state of the
 * files. Of columns that say when or in which run something was noticed it compares only whether they are filled.
 * `isReconciled`: other syncs have run since, and what one leaves for the next has to agree, too.
 * Gives a line for each difference, none where they agree, and the number of rows compared.
 *
 * @param {string} crashed
 * @param {string} clean
 * @param {{ isReconciled: boolean }} options
 */
export function compare(crashed, clean, { isReconciled }) {
  const one = new Database(join(crashed, file), { readonly: true });
  const other = new Database(join(clean, file), { readonly: true });
  try {
    const tables = [...new Set([...tablesOf(one), ...tablesOf(other)])].sort();
    const wanted = tables.filter((table) => isReconciled || !leftForNext.tables.has(table));
    const compared = wanted.map((table) =>
      compareTable(table, rowsOf(one, table, isReconciled), rowsOf(other, table, isReconciled)),
    );
    return {
      differences: [
        ...compareStates(stateOf(one, crashed), stateOf(other, clean)),
        ...compareTable("sqlite_master", schemaOf(one), schemaOf(other)).differences,
        ...compared.flatMap(({ differences }) => differences),
      ],
      rows: compared.reduce((sum, { rows }) => sum + rows, 0),
    };
  } finally {
    one.close();
    other.close();
  }
}

/** @param {Sqlite} sqlite */
function tablesOf(sqlite) {
  const names = sqlite.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all();
  return names.map(String).filter((name) => !notCompared.test(name));
}

/** @param {Sqlite} sqlite */
function schemaOf(sqlite) {
  return sqlite
    .prepare(
      "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    )
    .all()
    .map((row) => JSON.stringify(row));
}

/**
 * The rows as text; none where there is no such table, which the comparison of the schemas reports.
 *
 * @param {Sqlite} sqlite
 * @param {string} table
 * @param {boolean} isReconciled
 */
function rowsOf(sqlite, table, isReconciled) {
  if (!tablesOf(sqlite).includes(table)) return [];
  const select = sqlite.prepare(`SELECT * FROM "${table}"`);
  const columns = select.columns().map(({ name }) => name);
  const resource = isReconciled ? -1 : columns.indexOf("resource");
  /** @param {string} name */
  const isLeft = (name) =>
    leftForNext.resources.has(name) || (table === "sync_tombstones" && leftForNext.marks.has(name));
  const isTelling = columns.map((name) => telling.has(name) || asLastMet.has(`${table}.${name}`));
  /** @type {(value: unknown, index: number) => unknown} */
  const comparable = (value, index) => {
    if (!isReconciled && columns[index] === "deleted_at" && leftForNext.marks.has(table)) return "left";
    if (isTelling[index]) return value === null ? null : "filled";
    return Buffer.isBuffer(value) ? value.toString("base64") : value;
  };
  const rows = /** @type {unknown[][]} */ (select.raw().all());
  return rows
    .filter((row) => !isLeft(String(row[resource])))
    .map((row) => JSON.stringify(row.map(comparable)));
}

/**
 * @param {string} table
 * @param {string[]} crashed
 * @param {string[]} clean
 */
function compareTable(table, crashed, clean) {
  const surplus = subtract(crashed, clean);
  const missing = subtract(clean, crashed);
  /** @type {(rows: string[], what: string) => string[]} */
  const list = (rows, what) => [
    ...(rows.length > 0 ? [`${table}: ${rows.length} rows ${what}`] : []),
    ...rows.slice(0, shownRows).map((row) => `    ${row.slice(0, shownLength)}`),
  ];
  return {
    differences: [
      ...list(surplus, "only in the warehouse of the killed syncs"),
      ...list(missing, "only in the warehouse of the clean sync"),
    ],
    rows: clean.length,
  };
}

/**
 * What is left of the first rows, sorted, when each of the others has taken away one that is equal to it.
 *
 * @param {string[]} rows
 * @param {string[]} others
 */
function subtract(rows, others) {
  const taken = new Map();
  for (const row of others) taken.set(row, (taken.get(row) ?? 0) + 1);
  const left = rows.filter((row) => {
    const count = taken.get(row) ?? 0;
    taken.set(row, count - 1);
    return count <= 0;
  });
  return left.sort();
}

/**
 * @param {Sqlite} sqlite
 * @param {string} folder
 */
function stateOf(sqlite, folder) {
  /** @param {string} name */
  const pragma = (name) => JSON.stringify(sqlite.pragma(name));
  return {
    "files in the folder": readdirSync(folder).sort().join(", "),
    integrity_check: pragma("integrity_check(10)"),
    foreign_key_check: orphansOf(sqlite),
    application_id: pragma("application_id"),
    user_version: pragma("user_version"),
    journal_mode: pragma("journal_mode"),
  };
}

/**
 * How many orphans each table has. Row numbers are left out: they follow the order of arrival, which may differ.
 *
 * @param {Sqlite} sqlite
 */
function orphansOf(sqlite) {
  const counts = sqlite.prepare(
    `SELECT "table", parent, fkid, count(*) AS rows FROM pragma_foreign_key_check GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
  );
  return JSON.stringify(counts.all());
}

const expected = {
  "files in the folder": `${file}, ${file}.lock`,
  integrity_check: '[{"integrity_check":"ok"}]',
  journal_mode: '[{"journal_mode":"delete"}]',
};

/**
 * @param {Record<string, string>} crashed
 * @param {Record<string, string>} clean
 */
function compareStates(crashed, clean) {
  return Object.entries({ ...clean, ...expected })
    .filter(([name, value]) => crashed[name] !== value)
    .map(([name, value]) => `${name}: ${crashed[name]} instead of ${value}`);
}
