// Opens the demo's warehouse with real drivers, as another user and without permission to write: while a sync runs, after it,
// and by the steps of docs/reading.md. Started by test/readers/run, which sees to it that the drivers are there.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asNobody, canMount, nobody } from "./as-nobody.js";
import { takeSteps } from "./guide.js";
import { readValue, summaryOf } from "./reference.js";

/** @import { ChildProcess } from "node:child_process" */

const cli = join(import.meta.dirname, "../../dist/cli.js");
const jars = ["sqlite-jdbc", "slf4j-api", "slf4j-nop"].map((name) => `/usr/share/java/${name}.jar`).join(":");
// Debian's own Python, which finds Debian's packages.
const python = "/usr/bin/python3";
const readers = {
  // Without a file of performance figures, which it would leave in /tmp.
  JDBC: ["java", "-XX:-UsePerfData", "-cp", jars, "Reader.java"],
  ODBC: [python, "-B", "read_odbc.py"],
  SQLAlchemy: [python, "-B", "read_sqlalchemy.py"],
  pandas: [python, "-B", "read_pandas.py"],
};
const sources = ["Reader.java", "sums.py", "read_odbc.py", "read_sqlalchemy.py", "read_pandas.py"];

const began = performance.now();
/** @param {number} since */
const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;
const folder = mkdtempSync(join(tmpdir(), "warehouse-readers-"));
/** @type {Set<ChildProcess>} */
const children = new Set();
process.once("exit", () => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130));

// The folder of the warehouse belongs to root: nobody may enter it and read, as everywhere in here, and not write.
const programs = join(folder, "programs");
const home = join(folder, "warehouse");
const warehouse = join(home, "demo.db");
for (const path of [programs, home]) mkdirSync(path);
chmodSync(folder, 0o755);
for (const name of sources) copyFileSync(join(import.meta.dirname, name), join(programs, name));

await ended(start(["demo"]));
const before = summaryOf(warehouse);
/** @param {readonly string[]} lines */
const rowsOf = (lines) => new Map(lines.map((line) => [keyOf(line), Number(line.split("\t")[3])]));
const tables = new Set(before.map((line) => line.split("\t")[0]));
console.log(`The demo's warehouse: ${tables.size} tables, ${before.length} columns (${seconds(began)})`);

await readWhileSyncing();
await readAfter();
await followGuide();
console.log(`All readers agree with SQLite (${seconds(began)}).`);

/**
 * Starts the built command line in the folder of the warehouse.
 *
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
function start(args, env = {}) {
  // Others may read it: the user nobody is one of them.
  const shared = { WAREHOUSE_PATH: warehouse, WAREHOUSE_FILE_MODE: "0644" };
  const own = { PATH: process.env["PATH"], LOG_LEVEL: "warn", ...shared, ...env };
  const child = spawn(process.execPath, [cli, ...args], {
    cwd: home,
    env: own,
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.add(child);
  child.once("close", () => children.delete(child));
  const started = { child, output: "" };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk) => {
      started.output += chunk;
    });
  }
  return started;
}

/** @param {ReturnType<typeof start>} started */
async function ended(started) {
  const { child } = started;
  const [code] = child.exitCode === null ? await once(child, "close") : [child.exitCode];
  if (code !== 0)
    throw new Error(`${child.spawnargs.slice(1).join(" ")} ended with ${code}:\n${started.output}`);
}

/**
 * @param {string} what
 * @param {() => boolean} isSo
 */
async function until(what, isSo) {
  for (const since = performance.now(); !isSo(); await new Promise((resolve) => setTimeout(resolve, 50))) {
    if (performance.now() - since > 20_000) throw new Error(`after 20 s still not: ${what}`);
  }
}

/**
 * The sync fills the warehouse with an account once more, under another name, so slowly that it certainly outlasts the
 * readers. Then it is stopped, and continues at full speed.
 */
async function readWhileSyncing() {
  const sandbox = start(["sandbox", "--port", "0"]);
  await until("the sandbox answers", () => /API_KEY=\S+\n/.test(sandbox.output));
  const [, url] = /API_URL=(\S+)/.exec(sandbox.output) ?? [];
  const [, key] = /API_KEY=(\S+)/.exec(sandbox.output) ?? [];
  const environment = { CHARTMOGUL_API_URL: url, CHARTMOGUL_API_KEY_AGAIN: key };
  const rowsSoFar = () =>
    Number(readValue(warehouse, "SELECT count(*) FROM raw_records WHERE account = 'again'"));

  const slow = start(["sync"], { ...environment, CHARTMOGUL_REQUESTS_PER_SECOND: "3" });
  await until("the sync has stored rows", () => !children.has(slow.child) || rowsSoFar() > 0);
  const atFirst = rowsSoFar();
  const times = [];
  for (const [name, command] of Object.entries(readers)) {
    const since = performance.now();
    const lines = await read(command, warehouse, { cwd: programs });
    if (!children.has(slow.child) || !existsSync(`${warehouse}-wal`)) {
      throw new Error(`the sync was over before ${name} was:\n${slow.output}`);
    }
    // Tables and types are those of before, and no sync has taken a row out of this file.
    const now = rowsOf(lines);
    complain(name, [
      ...[...rowsOf(before)]
        .filter(([column, rows]) => (now.get(column) ?? -1) < rows)
        .map(([column]) => column),
      ...[...now.keys()].filter((column) => !rowsOf(before).has(column)),
    ]);
    times.push(`${name} ${seconds(since)}`);
  }
  const meanwhile = rowsSoFar() - atFirst;
  if (meanwhile === 0) throw new Error("the sync has stored nothing while they read");
  console.log(`While a sync ran, which stored ${meanwhile} records meanwhile: ${times.join(", ")}`);

  slow.child.kill("SIGTERM");
  await once(slow.child, "close");
  await ended(start(["sync"], environment));
  sandbox.child.kill("SIGTERM");
  await ended(sandbox);
}

/** Each line of each reader must be SQLite's. */
async function readAfter() {
  const reference = new Set(summaryOf(warehouse));
  const mounted = canMount ? home : undefined;
  if (!canMount) {
    console.log("No read-only mount can be made here: they read from a folder that they may not write to.");
  }
  const times = [];
  for (const [name, command] of Object.entries(readers)) {
    const since = performance.now();
    const lines = new Set(await read(command, warehouse, { cwd: programs, mounted }));
    complain(name, [
      ...[...reference].filter((line) => !lines.has(line)).map((line) => `SQLite: ${line}`),
      ...[...lines].filter((line) => !reference.has(line)).map((line) => `${name}: ${line}`),
    ]);
    times.push(`${name} ${seconds(since)}`);
  }
  console.log(`After it${mounted ? ", on a read-only mount" : ""}: ${times.join(", ")}`);
}

async function followGuide() {
  const metrics = "FROM daily_metrics WHERE account = 'default' ORDER BY date DESC LIMIT 1";
  const day = String(readValue(warehouse, `SELECT date ${metrics}`));
  const mrr = String(readValue(warehouse, `SELECT mrr_in_cents / 100.0 ${metrics}`));
  const own = join(folder, "own");
  mkdirSync(own);
  // unixODBC passes over an .odbc.ini that its user may not write to.
  chownSync(own, nobody, nobody);
  const titles = new Set();
  for (const { title, command } of takeSteps(own, warehouse)) {
    const printed = await asNobody(["sh", "-c", command], { cwd: own });
    if (!printed.includes(day) || !printed.includes(mrr)) {
      throw new Error(`docs/reading.md, ${title}: not ${day} and ${mrr}, but\n${printed}`);
    }
    titles.add(title);
  }
  console.log(`docs/reading.md: ${[...titles].join(", ")} say that MRR was ${mrr} on ${day}`);
}

/**
 * @param {readonly string[]} command
 * @param {string} path
 * @param {{ cwd: string, mounted?: string | undefined }} options
 */
async function read(command, path, options) {
  return (await asNobody([...command, path], options)).trimEnd().split("\n");
}

/**
 * Table, column and type.
 *
 * @param {string} line
 */
function keyOf(line) {
  return line.split("\t").slice(0, 3).join("\t");
}

/**
 * @param {string} name
 * @param {readonly string[]} differences
 */
function complain(name, differences) {
  if (differences.length === 0) return;
  const shown = differences.slice(0, 20).join("\n");
  throw new Error(`${name} and SQLite differ in ${differences.length} lines:\n${shown}`);
}
