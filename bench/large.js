// A warehouse with one account of more than 100,000 customers and 1,000,000 invoices: how long it takes to make, how large it is,
// how long the summary tables take, and the queries of docs/queries.md. `--file PATH` keeps the file and makes it only where it does not exist; without it
// the file is made in a temporary folder and removed. Exits with 1 if a query that was run before takes
// more than a second, or the summary tables more than ten.
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

/** @import { Database as Sqlite } from "better-sqlite3" */

const slowest = 1000;
const longestRefresh = 10;
const runs = 3;
const documented = join(import.meta.dirname, "..", "docs", "queries.md");

/**
 * @param {string} words
 * @param {(string | number)[]} figures
 */
function columns(words, ...figures) {
  return [words.padEnd(60), ...figures.map((figure) => String(figure).padStart(12))].join("");
}

/**
 * Makes the file in a process of its own, whose memory does not weigh on what is measured afterwards.
 *
 * @param {string} path
 */
function make(path) {
  if (existsSync(path)) return console.log(`${path} is there already`);
  const output = execFileSync(
    process.execPath,
    ["--max-old-space-size=8192", join(import.meta.dirname, "large-account.js"), path],
    { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] },
  );
  /** @type {Record<"inventSeconds" | "syncSeconds" | "replySeconds" | "peakMegabytes", number>} */
  const { inventSeconds, syncSeconds, replySeconds, peakMegabytes } = JSON.parse(output);
  console.log(columns("invent the account, s", inventSeconds));
  console.log(columns("sync it from memory, s", syncSeconds));
  console.log(columns("of it making replies, s", replySeconds));
  console.log(columns("peak memory, the invented account included, MB", peakMegabytes));
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
 * Makes the summary tables twice, as the end of a sync does: from nothing, and where next to nothing has changed.
 *
 * @param {string} path
 */
function timeAnswers(path) {
  const warehouse = openWarehouse(path, { dictionary: createDictionaryRows() });
  try {
    createIndexes(warehouse, [invoicesTable]);
    for (const when of ["the first time", "again", "again"]) {
      const began = performance.now();
      refreshSummaries(warehouse, new Date());
      const seconds = Math.round((performance.now() - began) / 100) / 10;
      console.log(columns(`make the summary tables, ${when}, s`, seconds));
      if (seconds > longestRefresh && when === "again") process.exitCode = 1;
    }
    console.log(columns("peak memory of that, MB", Math.round(process.resourceUsage().maxRSS / 1024)));
  } finally {
    warehouse.close();
  }
}

/** @param {Sqlite} sqlite */
function runQueries(sqlite) {
  if (!existsSync(documented)) return console.log("there is no docs/queries.md");
  console.log(columns("query", "first, ms", "best", "worst", "rows"));
  for (const { heading, sql } of sqlBlocks(readFileSync(documented, "utf8"))) {
    const { first, best, worst, rows } = time(sqlite, sql);
    console.log(columns(heading, first, best, worst, rows));
    if (worst > slowest) process.exitCode = 1;
  }
}

const { file } = parseArgs({ options: { file: { type: "string" } } }).values;
const folder = mkdtempSync(join(tmpdir(), "warehouse-bench-"));
const path = file ?? join(folder, "warehouse.db");

try {
  make(path);
  console.log(columns("file, MB", Math.round(statSync(path).size / 1_048_576)));

  timeAnswers(path);

  const sqlite = new Database(path, { readonly: true });
  countRows(sqlite);
  runQueries(sqlite);
  sqlite.close();
} finally {
  rmSync(folder, { recursive: true });
}
