import { copyFileSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { attempt, file } from "./attempt.js";
import { compare } from "./compare.js";
import { drawMoment } from "./moments.js";
import { makeOldWarehouse, schemaVersion } from "./old-warehouse.js";
import { examine, phases, traces } from "./phase.js";

/** What both warehouses of a night start from. */
export const beginnings = {
  nothing: "from no file",
  yesterday: "from the files of the night before",
  older: "from files of an older version",
};

/** The beginning of a night; the first has no files yet, and older versions there are once there are migrations. */
export function drawBeginning(random, isFirst) {
  if (isFirst) return beginnings.nothing;
  return random.weigh([
    [4, beginnings.yesterday],
    [3, beginnings.nothing],
    [schemaVersion > 1 ? 3 : 0, beginnings.older],
  ]);
}

/**
 * One night in one state of the accounts: a clean sync into one warehouse; into the other syncs that are killed at random
 * moments, as many as `kills`, and one that is left alone, unless one of them has come to its end before; then two more into both. Gives
 * what the kills hit, what went wrong (nothing, it is to be hoped) and the number of rows that were compared.
 */
export async function spendNight({ folder, sandbox, random, kills, beginning }) {
  const clean = join(folder, "clean");
  const crashed = join(folder, "crashed");
  prepare({ clean, crashed }, beginning, random);

  const reference = await attempt(clean, sandbox);
  if (!isComplete(reference))
    return { hits: [], rows: 0, problems: [unexpected("the clean sync", reference)] };

  const hits = [];
  for (;;) {
    const state = { unmade: isUnmade(hits, beginning), last: hits.length === kills - 1 };
    const moment = hits.length < kills ? drawMoment(random, reference, state) : undefined;
    const before = traces(crashed);
    const ended = await attempt(crashed, sandbox, moment);
    if (isComplete(ended)) break;
    if (ended.code !== null) {
      const problems = [unexpected("a sync that was not killed", ended)];
      return { hits, rows: 0, problems };
    }
    const hit = { moment: moment.name, ...examine(crashed, before, ended.pid) };
    hits.push(hit);
    if (hit.problems.length > 0) return { hits, rows: 0, problems: hit.problems };
  }
  const { differences } = compare(crashed, clean, { isReconciled: false });
  if (differences.length > 0) return { hits, rows: 0, problems: differences };
  // What the first of them finds moved is news to the second.
  for (const folder of [clean, crashed, clean, crashed]) {
    const next = await attempt(folder, sandbox);
    if (!isComplete(next)) return { hits, rows: 0, problems: [unexpected("the sync after it", next)] };
  }
  const reconciled = compare(crashed, clean, { isReconciled: true });
  return { hits, rows: reconciled.rows, problems: reconciled.differences };
}

function prepare({ clean, crashed }, beginning, random) {
  const filled = join(clean, file);
  if (beginning === beginnings.older) {
    const old = join(clean, "..", "old.db");
    makeOldWarehouse(old, random.integer(1, schemaVersion - 1), filled);
    for (const folder of [clean, crashed]) copyFileSync(old, join(empty(folder), file));
    rmSync(old);
  }
  if (beginning === beginnings.nothing) for (const folder of [clean, crashed]) empty(folder);
}

function empty(folder) {
  if (existsSync(folder)) rmSync(folder, { recursive: true });
  mkdirSync(folder);
  return folder;
}

/** True as long as no kill came after the tables of this night's file were brought up to date. */
function isUnmade(hits, beginning) {
  return beginning !== beginnings.yesterday && hits.every(({ phase }) => phases.indexOf(phase) <= 2);
}

/** True for a sync that came to its end; records that a day has broken are missing, which is said in the exit code. */
function isComplete({ code, output }) {
  return code === 0 || (code === 1 && / sync ended complete=true missing=\d+$/m.test(output));
}

function unexpected(which, { code, output }) {
  return `${which} ended with exit code ${code}:\n${output}`;
}
