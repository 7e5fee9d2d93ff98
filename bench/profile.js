// Where the time of a load goes: loads invoices from memory into a new warehouse, twice, each in a process of its own under the
// profiler of Node. Prints a table for the first load and one for the second, unchanged one, with the slowest functions below.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadInvoices } from "./load-invoices.js";

/**
 * @typedef {{ functionName: string, url: string, lineNumber: number }} Frame
 *
 * @typedef {{ id: number, callFrame: Frame, children?: number[] }} ProfileNode
 *
 * @typedef {{ nodes: ProfileNode[], samples: number[], timeDeltas: number[] }} Profile
 *
 * @typedef {{ stack: Frame[], milliseconds: number, isMain: boolean }} Spent The stack begins with the function that ran.
 */

const functionsShown = 15;
const samplingMicroseconds = 500;

// The first step that fits a function or one of its callers counts, the innermost function first. Rooms of the code and modules of
// Node are named here, and as few functions as possible: these move.
/** @type {[step: string, fits: (frame: Frame) => boolean][]} */
const steps = [
  ["(waiting)", ({ functionName }) => functionName === "(idle)"],
  ["collect garbage", ({ functionName }) => functionName === "(garbage collector)"],
  ["hash", isNamed(/crypto\/|hash\.js/, /^hash$|^hash[A-Z]/)],
  ["compress", isNamed(/node:zlib|internal\/zlib|compress/, /deflate|compress/i)],
  ["parse and write JSON", ({ url }) => isIn(url, "json")],
  ["validate and map", ({ url }) => isIn(url, "schema", "resources") || url.includes("/zod/")],
  ["commit", ({ url }) => url.endsWith("better-sqlite3/lib/methods/transaction.js")],
  ["build indexes", ({ url }) => url.endsWith("/store/indexes.js")],
  ["find and write rows", ({ url }) => isIn(url, "store", "state")],
  ["open and close the file", ({ url }) => isIn(url, "database")],
  ["plan, judge, count", ({ url }) => isIn(url, "sync", "api")],
  ["start the program", ({ url }) => url.startsWith("node:internal/modules")],
];
const rest = "the rest";

/** @type {(file: RegExp, name: RegExp) => (frame: Frame) => boolean} */
function isNamed(file, name) {
  return ({ url, functionName }) => file.test(url) || name.test(functionName);
}

/** @type {(url: string, ...rooms: string[]) => boolean} */
function isIn(url, ...rooms) {
  return rooms.some((room) => url.includes(`/build/${room}/`));
}

/** @param {Spent} spent */
function findStep({ stack }) {
  // Node's own functions work for whoever calls them.
  const ours = stack.find(({ url }) => url !== "" && !url.startsWith("node:"));
  if (ours?.url.includes("/bench/")) return "(make the pages)";
  for (const frame of stack) {
    const step = steps.find(([, fits]) => fits(frame));
    if (step !== undefined) return step[0];
  }
  return rest;
}

/**
 * How long each stack of functions was met in a profile.
 *
 * @param {Profile} profile
 * @param {boolean} isMain
 * @returns {Spent[]}
 */
function readSpent({ nodes, samples, timeDeltas }, isMain) {
  const nodesById = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  /** @type {Map<number, number>} */
  const microseconds = new Map();
  for (const [index, id] of samples.entries())
    microseconds.set(id, (microseconds.get(id) ?? 0) + (timeDeltas[index] ?? 0));
  return [...microseconds].map(([leaf, spent]) => {
    const stack = [];
    for (let id = /** @type {number | undefined} */ (leaf); id !== undefined; id = parents.get(id)) {
      const frame = nodesById.get(id)?.callFrame;
      if (frame !== undefined) stack.push(frame);
    }
    return { stack, milliseconds: spent / 1000, isMain };
  });
}

/**
 * Loads in a process of its own and gives the profiles of all its threads.
 *
 * @param {string} folder
 * @param {number} invoices
 */
function profileLoad(folder, invoices) {
  const profiles = mkdtempSync(join(folder, "profiles-"));
  const flags = ["--cpu-prof", `--cpu-prof-dir=${profiles}`, `--cpu-prof-interval=${samplingMicroseconds}`];
  const args = [import.meta.filename, String(invoices), join(folder, "warehouse.db")];
  execFileSync(process.execPath, [...flags, ...args], { stdio: "inherit" });
  return readdirSync(profiles).flatMap((name) => {
    // CPU.<date>.<time>.<process>.<thread>.<number>.cpuprofile
    const isMain = Number(name.split(".")[4]) === 0;
    return readSpent(JSON.parse(readFileSync(join(profiles, name), "utf8")), isMain);
  });
}

/** @param {Spent[]} all */
function addUp(all) {
  return all.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
}

/**
 * Groups by a name, the longest first.
 *
 * @param {Spent[]} all
 * @param {(spent: Spent) => string} nameOf
 */
function group(all, nameOf) {
  /** @type {Map<string, Spent[]>} */
  const groups = new Map();
  for (const spent of all) groups.set(nameOf(spent), [...(groups.get(nameOf(spent)) ?? []), spent]);
  return [...groups].sort(([, one], [, other]) => addUp(other) - addUp(one));
}

/** @param {Spent} spent */
function nameFunction({ stack: [frame] }) {
  if (frame === undefined) return "";
  const { functionName, url, lineNumber } = frame;
  const file = url.replace(/^.*\/(build|bench|node_modules)\//, "");
  return `${functionName || "(anonymous)"} ${file === "" ? "" : `${file}:${lineNumber + 1}`}`;
}

/**
 * @param {string} title
 * @param {Spent[]} all
 * @param {number} invoices
 */
function print(title, all, invoices) {
  const busy = all.filter((spent) => !findStep(spent).startsWith("("));
  const total = addUp(busy);
  /** @type {(...cells: string[]) => void} */
  const line = (name = "", ...figures) =>
    console.log(name.padEnd(26) + figures.map((figure) => figure.padStart(18)).join(""));
  console.log(`\n${title}, ${invoices} invoices: ${(total / 1000).toFixed(1)} s in all threads\n`);
  line("step", "ms", "in other threads", "part", "µs an invoice");
  for (const [step, spent] of group(all, findStep)) {
    const others = addUp(spent.filter(({ isMain }) => !isMain));
    const part = step.startsWith("(") ? "" : `${((addUp(spent) / total) * 100).toFixed(1)} %`;
    const each = ((addUp(spent) * 1000) / invoices).toFixed(1);
    line(step, addUp(spent).toFixed(0), others.toFixed(0), part, each);
  }
  console.log("\nSlowest functions, without what they call (calls into SQLite count as theirs), ms:");
  for (const [name, spent] of group(busy, nameFunction).slice(0, functionsShown))
    console.log(`${addUp(spent).toFixed(0).padStart(8)}  ${name}`);
}

const [invoices = 50_000, path] = [Number(process.argv[2] ?? 50_000), process.argv[3]];
if (path === undefined) {
  const folder = mkdtempSync(join(tmpdir(), "warehouse-bench-"));
  try {
    print("First load", profileLoad(folder, invoices), invoices);
    print("Second load, unchanged", profileLoad(folder, invoices), invoices);
  } finally {
    rmSync(folder, { recursive: true });
  }
} else {
  await loadInvoices(path, invoices);
}
