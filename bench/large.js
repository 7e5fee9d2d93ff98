// A warehouse with one account of more than 100,000 customers and 1,000,000 invoices: how long it takes to make, how large it is, how
// long the summary tables, the queries of docs/queries.md and the commands that read everything take. A fifth of the account is made
// as well, which shows whether the memory of these commands grows with the rows. `--file PATH` keeps both files and makes them only
// where they do not exist; without it they are made in a temporary folder and removed. Exits with 1 if a figure is not as wanted.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import Database from "better-sqlite3";
import { openWarehouse } from "#build/database/open.js";
import { createDictionaryRows } from "#build/dictionary/dictionary.js";
import { invoicesTable } from "#build/resources/invoices.js";
import { createIndexes } from "#build/store/indexes.js";
import { refreshSummaries } from "#build/summaries/refresh-summaries.js";
import { forgetChanges } from "#build/summaries/stale-records.js";
import { measureScript } from "./measure-script.js";

/** @import { Database as Sqlite } from "better-sqlite3" */
/** @import { Warehouse } from "#build/database/open.js" */

const customers = 114_000;
const longestSync = 480;
const slowestQuery = 1000;
const longestRefresh = 5;
const longestRefreshOfChanges = 1;
// What a fifth of the rows may take less: the memory of a process varies a little.
const mostGrowth = 1.25;
const runs = 3;
const documented = join(import.meta.dirname, "..", "docs", "queries.md");

/**
 * @param {string} words
 * @param {(string | number)[]} figures
 */
function columns(words, ...figures) {
  return [words.padEnd(66), ...figures.map((figure) => String(figure).padStart(12))].join("");
}

/**
 * @param {string} words
 * @param {number} figure
 * @param {number} most
 */
function limited(words, figure, most) {
  console.log(columns(words, figure, `at most ${most}`));
  if (figure > most) process.exitCode = 1;
}

/** @typedef {Record<"inventSeconds" | "syncSeconds" | "replySeconds" | "peakMegabytes", number>} Made */

/**
 * Makes the file in a process of its own, whose memory does not weigh on what is measured afterwards. Gives nothing where it is there.
 *
 * @param {string} path
 * @param {number} size
 * @returns {Made | undefined}
 */
function make(path, size) {
  if (existsSync(path)) return void console.log(`${path} is there already`);
  const output = execFileSync(
    process.execPath,
    ["--max-old-space-size=8192", join(import.meta.dirname, "large-account.js"), path, String(size)],
    { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] },
  );
  return JSON.parse(output);
}

/** @param {string} path */
function makeWhole(path) {
  const made = make(path, customers);
  if (made !== undefined) {
    const { inventSeconds, syncSeconds, replySeconds, peakMegabytes } = made;
    console.log(columns("invent the account, s", inventSeconds));
    console.log(columns("make the replies of its sync, s", replySeconds));
    limited("sync it from memory, without that, s", Math.round(syncSeconds - replySeconds), longestSync);
    console.log(columns("peak memory, the invented account included, MB", peakMegabytes));
  }
  console.log(columns("file, MB", Math.round(statSync(path).size / 1_048_576)));
}

/** @param {Sqlite} sqlite */
function countRows(sqlite) {
  const tables = sqlite.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").pluck();
  for (const table of tables.all()) {
    const rows = sqlite.prepare(`SELECT count(*) FROM "${table}"`).pluck().get();
    if (Number(rows) > 0) console.log(columns(`rows of ${table}`, Number(rows)));
  }
}

/**
 * The SQL blocks of a Markdown text, each with the heading above it.
 *
 * @param {string} markdown
 */
function sqlBlocks(markdown) {
  // Blocks in other languages are matched too: what looks like a heading in them is not one.
  const parts = markdown.matchAll(/^#+ +(?<heading>[^\n]+)$|^```(?<language>\w*)\n(?<text>.*?)^```/gms);
  const blocks = [];
  let under = "";
  for (const { groups = {} } of parts) {
    const { heading, language, text } = groups;
    under = heading ?? under;
    if (language === "sql" && text !== undefined) blocks.push({ heading: under, sql: text });
  }
  return blocks;
}

/**
 * Runs one query some times and fetches all of its rows; milliseconds of the first run, and best and worst of the others.
 *
 * @param {Sqlite} sqlite
 * @param {string} sql
 */
function time(sqlite, sql) {
  const statement = sqlite.prepare(sql).raw();
  const milliseconds = [];
  let rows = 0;
  for (let run = 0; run < runs; run += 1) {
    const began = performance.now();
    rows = statement.all().length;
    milliseconds.push(Math.round((performance.now() - began) * 10) / 10);
  }
  const [first = 0, ...others] = milliseconds;
  return { first, best: Math.min(...others), worst: Math.max(...others), rows };
}

/**
 * Makes the summary tables as the end of a sync does. Gives the seconds of processor time.
 *
 * @param {Warehouse} warehouse
 */
function refresh(warehouse) {
  const before = process.cpuUsage();
  refreshSummaries(warehouse, new Date());
  const { user, system } = process.cpuUsage(before);
  return Math.round((user + system) / 10_000) / 100;
}

// A day on which one customer in a hundred has paid more.
const busyDay = `
  CREATE TEMP TABLE busy AS SELECT account, uuid FROM customers WHERE rowid % 100 = 0;
  UPDATE customers SET mrr_in_cents = mrr_in_cents + 500 WHERE (account, uuid) IN busy;
  UPDATE subscriptions SET mrr_in_cents = mrr_in_cents + 500 WHERE (account, customer_uuid) IN busy;
  UPDATE activities SET activity_mrr_movement_in_cents = activity_mrr_movement_in_cents + 500 WHERE (account, uuid) IN
    (SELECT account, max(uuid) FROM activities WHERE (account, customer_uuid) IN busy GROUP BY account, customer_uuid);
  UPDATE invoice_line_items SET amount_in_cents = amount_in_cents + 500 WHERE (account, invoice_uuid) IN
    (SELECT account, max(uuid) FROM invoices WHERE (account, customer_uuid) IN busy GROUP BY account, customer_uuid);`;

/**
 * Lets that day pass, gives the seconds that the summary tables took, and leaves the file as it was.
 *
 * @param {Warehouse} warehouse
 */
function refreshBusyDay(warehouse) {
  const { sqlite } = warehouse;
  sqlite.exec("BEGIN");
  try {
    sqlite.exec(busyDay);
    return refresh(warehouse);
  } finally {
    sqlite.exec("ROLLBACK");
  }
}

/**
 * @param {string} path
 * @param {(warehouse: Warehouse) => void} work
 */
function write(path, work) {
  const warehouse = openWarehouse(path, { dictionary: createDictionaryRows() });
  try {
    createIndexes(warehouse, [invoicesTable]);
    work(warehouse);
  } finally {
    warehouse.close();
  }
}

/**
 * Makes the summary tables from nothing, all of them again, and again where nothing or little has changed.
 *
 * @param {string} path
 */
function timeAnswers(path) {
  write(path, (warehouse) => {
    console.log(columns("make the summary tables the first time, s of processor time", refresh(warehouse)));
    forgetChanges(warehouse.sqlite);
    limited("calculate all of them again, s of processor time", refresh(warehouse), longestRefresh);
    limited("again, nothing has changed", refresh(warehouse), longestRefreshOfChanges);
    limited(
      "again, one customer in a hundred has changed",
      refreshBusyDay(warehouse),
      longestRefreshOfChanges,
    );
    console.log(columns("peak memory of that, MB", Math.round(process.resourceUsage().maxRSS / 1024)));
  });
}

/** @param {Sqlite} sqlite */
function runQueries(sqlite) {
  if (!existsSync(documented)) return console.log("there is no docs/queries.md");
  console.log(columns("query", "first, ms", "best", "worst", "rows"));
  for (const { heading, sql } of sqlBlocks(readFileSync(documented, "utf8"))) {
    const { first, best, worst, rows } = time(sqlite, sql);
    console.log(columns(heading, first, best, worst, rows));
    if (worst > slowestQuery) process.exitCode = 1;
  }
}

/**
 * Runs the commands that read everything, on the whole account and on a fifth of it.
 *
 * @param {string} whole
 * @param {string} fifth
 */
function timeCommands(whole, fifth) {
  make(fifth, customers / 5);
  write(fifth, refresh);
  /** @typedef {Record<string, Record<"seconds" | "processorSeconds" | "peakMegabytes", number>>} Taken */
  const small = /** @type {Taken} */ (measureScript("commands.js", fifth));
  const large = /** @type {Taken} */ (measureScript("commands.js", whole));
  console.log(columns("command", "s", "processor s", "peak MB", "a fifth, MB"));
  for (const [command, { seconds, processorSeconds, peakMegabytes }] of Object.entries(large)) {
    const less = small[command]?.peakMegabytes ?? 0;
    console.log(columns(command, seconds, processorSeconds, peakMegabytes, less));
    if (peakMegabytes > less * mostGrowth) process.exitCode = 1;
  }
}

const { file } = parseArgs({ options: { file: { type: "string" } } }).values;
const folder = mkdtempSync(join(tmpdir(), "warehouse-bench-"));
const path = file ?? join(folder, "warehouse.db");

try {
  makeWhole(path);
  timeAnswers(path);

  const sqlite = new Database(path, { readonly: true });
  countRows(sqlite);
  runQueries(sqlite);
  sqlite.close();

  timeCommands(path, `${path}.fifth`);
} finally {
  rmSync(folder, { recursive: true });
}
