// Kills syncs (SIGKILL) at random moments, runs them again, and compares the warehouse that they leave in the end with
// that of one clean sync, table by table; many times over.
//   npm run crash -- 500            500 kills
//   npm run crash -- 50 --seed 7    the same accounts, changes and moments once more (what a moment hits may differ)
//   npm run crash -- 50 --keep      leaves both warehouses where they are if they differ
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createRandom } from "#build/sandbox/generation/random.js";
import { installNextVersion, thisVersion } from "../support/next-version.js";
import { serveAccounts } from "./chartmogul.js";
import { passDay } from "./day.js";
import { beginnings, drawBeginning, spendNight } from "./night.js";
import { phases } from "./phase.js";

/** @import { Hit } from "./phase.js" */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: "string" }, keep: { type: "boolean", default: false } },
});
const wanted = Number(positionals[0] ?? 50);
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
if (!(wanted > 0 && Number.isInteger(wanted) && Number.isInteger(seed))) {
  throw new Error("usage: npm run crash -- [kills] [--seed number] [--keep]");
}

const began = performance.now();
/** @param {number} since */
const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;
const folder = mkdtempSync(join(tmpdir(), "warehouse-crash-"));
/** @type {Hit[]} */
const hits = [];
const nights = new Map();
let keep = false;
process.once("exit", () => {
  // A sync that was killed a moment ago may still be in it.
  if (!keep) rmSync(folder, { recursive: true, maxRetries: 5 });
});
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => {
    summarize();
    process.exit(130);
  });
}

console.log(`${wanted} kills, seed ${seed}`);

const sandbox = await serveAccounts(seed);
/** @type {string[]} */
let problems = [];
let program = thisVersion;
for (let night = 1; hits.length < wanted && problems.length === 0; night += 1) {
  const nightBegan = performance.now();
  // Streams of its own for each night and account: how many moments an earlier night drew must not change this one.
  const random = createRandom(seed, `night ${night}`);
  if (night > 1)
    for (const world of sandbox.worlds) passDay(world, createRandom(seed, `${night} ${world.name}`));
  const beginning = drawBeginning(random, night === 1);
  // From then on that one is run: what it has written the one before does not read.
  if (beginning === beginnings.older) program = installNextVersion(join(folder, `version-${night}`), program);
  const kills = Math.min(random.integer(4, 8), wanted - hits.length);
  const result = await spendNight({ folder, program, sandbox, random, kills, beginning });
  hits.push(...result.hits);
  nights.set(beginning, (nights.get(beginning) ?? 0) + 1);
  problems = result.problems;
  sandbox.requests.length = 0;
  const end = problems.length > 0 ? "PROBLEMS" : `${result.rows} rows agree`;
  console.log(
    `night ${night} ${beginning}: ${result.hits.length} kills, ${end} (${seconds(nightBegan)}; ${hits.length}/${wanted})`,
  );
  if (problems.length > 0) {
    for (const { moment, phase, insideWrite } of result.hits) {
      console.log(`  killed ${moment}: ${phase}${insideWrite ? ", inside a write" : ""}`);
    }
  }
}
await sandbox.close();

summarize();
if (problems.length === 0) {
  console.log("The killed syncs left the same warehouse as clean ones, every night.");
} else {
  keep = values.keep;
  console.error(`\n${problems.join("\n")}`);
  console.error(`\nRepeat with: npm run crash -- ${wanted} --seed ${seed}`);
  if (keep) console.error(`The warehouses are in ${folder}.`);
  process.exitCode = 1;
}

/** Prints what has been killed so far, and where. */
function summarize() {
  console.log(`\n${hits.length} kills in ${seconds(began)}:`);
  for (const phase of phases) {
    const own = hits.filter((hit) => hit.phase === phase);
    const inside = own.filter(({ insideWrite }) => insideWrite).length;
    console.log(
      `  ${phase.padEnd(36)}${String(own.length).padStart(4)}${inside > 0 ? `, ${inside} inside a write` : ""}`,
    );
  }
  for (const [beginning, count] of nights) console.log(`  nights ${beginning}: ${count}`);
}
