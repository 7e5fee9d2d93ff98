import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { attempt } from "./attempt.js";
import { compare } from "./compare.js";
import { drawMoment } from "./moments.js";
import { examine, phases, traces } from "./phase.js";

/** @import { Database as Sqlite } from "better-sqlite3" */
/** @import { Random } from "#build/sandbox/generation/random.js" */
/** @import { Sandbox } from "#build/sandbox/sandbox.js" */
/** @import { Program } from "../support/next-version.js" */
/** @import { Attempt } from "./attempt.js" */
/** @import { Hit } from "./phase.js" */

/** What both warehouses of a night start from. */
export const beginnings = {
  nothing: "from no file",
  yesterday: "from the files of the night before",
  older: "from the files of an older version",
};

/**
 * The beginning of a night; before the first there are no files.
 *
 * @param {Random} random
 * @param {boolean} isFirst
 */
export function drawBeginning(random, isFirst) {
  if (isFirst) return beginnings.nothing;
  return random.weigh([
    [4, beginnings.yesterday],
    [3, beginnings.nothing],
    [3, beginnings.older],
  ]);
}

/**
 * @typedef {object} Night
 * @property {string} folder
 * @property {Program} program
 * @property {Sandbox} sandbox
 * @property {Random} random
 * @property {number} kills
 * @property {string} beginning
 */

/**
 * One night in one state of the accounts: a clean sync into one warehouse; into the other syncs that are killed at random
 * moments, as many as `kills`, and one that is left alone, unless one of them has come to its end before; then two more into both. Gives
 * what the kills hit, what went wrong and the number of rows that were compared.
 *
 * @param {Night} night
 * @returns {Promise<{ hits: Hit[], rows: number, problems: string[] }>}
 */
export async function spendNight({ folder, program, sandbox, random, kills, beginning }) {
  const clean = join(folder, "clean");
  const crashed = join(folder, "crashed");
  if (beginning === beginnings.nothing) [clean, crashed].forEach(empty);

  const reference = await attempt(program, clean, sandbox);
  if (!isComplete(reference))
    return { hits: [], rows: 0, problems: [unexpected("the clean sync", reference)] };

  /** @type {Hit[]} */
  const hits = [];
  for (;;) {
    const state = { unmade: isUnmade(hits, beginning), last: hits.length === kills - 1 };
    const moment = hits.length < kills ? drawMoment(random, timesOf(reference), state) : undefined;
    const before = traces(crashed);
    const ended = await attempt(program, crashed, sandbox, moment);
    if (isComplete(ended)) break;
    if (ended.code !== null) {
      const problems = [unexpected("a sync that was not killed", ended)];
      return { hits, rows: 0, problems };
    }
    const hit = {
      moment: String(moment?.name),
      ...examine(crashed, before, { pid: ended.pid, isMigrated: isMigratedBy(program) }),
    };
    hits.push(hit);
    if (hit.problems.length > 0) return { hits, rows: 0, problems: hit.problems };
  }
  const { differences } = compare(crashed, clean, { isReconciled: false });
  if (differences.length > 0) return { hits, rows: 0, problems: differences };
  // The second still has to store the moves that the first has found.
  for (const folder of [clean, crashed, clean, crashed]) {
    const next = await attempt(program, folder, sandbox);
    if (!isComplete(next)) return { hits, rows: 0, problems: [unexpected("the sync after it", next)] };
  }
  const reconciled = compare(crashed, clean, { isReconciled: true });
  return { hits, rows: reconciled.rows, problems: reconciled.differences };
}

/**
 * Gives a function that says whether an open warehouse has all migrations of a program.
 *
 * @type {(program: Program) => (sqlite: Sqlite) => boolean}
 */
const isMigratedBy = (program) => (sqlite) => {
  const isMade = sqlite.prepare("SELECT 1 FROM sqlite_master WHERE name = '__drizzle_migrations'").get();
  if (isMade === undefined) return false;
  const count = sqlite.prepare("SELECT count(*) FROM __drizzle_migrations").pluck().get();
  return Number(count) >= program.migrations;
};

/**
 * How long a sync took, and when it first touched its file.
 *
 * @param {Attempt} attempt
 */
function timesOf({ milliseconds, touchedAfter }) {
  if (touchedAfter === undefined) throw new Error("the clean sync has not touched its file");
  return { milliseconds, touchedAfter };
}

/** @param {string} folder */
function empty(folder) {
  if (existsSync(folder)) rmSync(folder, { recursive: true });
  mkdirSync(folder);
}

/**
 * True as long as no kill came after the tables of this night's file were brought up to date.
 *
 * @param {Hit[]} hits
 * @param {string} beginning
 */
function isUnmade(hits, beginning) {
  return beginning !== beginnings.yesterday && hits.every(({ phase }) => phases.indexOf(phase) <= 2);
}

/**
 * True for a sync that came to its end; records that a day has broken are missing, which is said in the exit code.
 *
 * @param {Attempt} attempt
 */
function isComplete({ code, output }) {
  return code === 0 || (code === 1 && / sync ended complete=true missing=\d+$/m.test(output));
}

/**
 * @param {string} which
 * @param {Attempt} attempt
 */
function unexpected(which, { code, output }) {
  return `${which} ended with exit code ${code}:\n${output}`;
}
