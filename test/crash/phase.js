import { copyFileSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import Database from "better-sqlite3";
import { file, parts } from "./attempt.js";
import { endsInsideCommit } from "./wal.js";

/** @import { Database as Sqlite } from "better-sqlite3" */

/** Where in a sync a kill can hit, in the order of a sync. */
export const phases = /** @type {const} */ ([
  "before there was a file",
  "before the file was touched",
  "while tables were made or migrated",
  "opened, no run begun",
  "a run open",
  "runs over, closing",
]);

/**
 * @typedef {(typeof phases)[number]} Phase
 *
 * @typedef {{ phase: Phase, insideWrite: boolean, problems: string[] }} Finding
 *
 * @typedef {Finding & { moment: string }} Hit
 *
 * @typedef {object} Killed
 * @property {number | undefined} pid
 * @property {(sqlite: Sqlite) => boolean} isMigrated
 */

/**
 * What the files of a warehouse look like from outside.
 *
 * @param {string} folder
 */
export function traces(folder) {
  return partsIn(folder).map((name) => {
    const { ino, size, mtimeMs } = statSync(join(folder, name));
    return `${name} ${ino} ${size} ${mtimeMs}`;
  });
}

/** @param {string} folder */
function partsIn(folder) {
  return readdirSync(folder)
    .filter((name) => parts.has(name))
    .sort();
}

/**
 * What a kill of the process `pid` hit, and what SQLite finds wrong with the file afterwards: nothing, if all is well. `before` are
 * the traces before the process was started; `isMigrated` says whether the tables of an open file are those of the program. Looks at a
 * copy: the next sync must find everything as the kill left it.
 *
 * @param {string} folder
 * @param {string[]} before
 * @param {Killed} killed
 * @returns {Finding}
 */
export function examine(folder, before, { pid, isMigrated }) {
  const now = traces(folder);
  const insideWrite = endsInsideCommit(join(folder, `${file}-wal`)) || hasJournal(folder);
  /** @type {(phase: Phase, problems?: string[]) => Finding} */
  const seen = (phase, problems = []) => ({ phase, insideWrite, problems });
  if (now.length === 0) return seen(phases[0]);
  if (now.join() === before.join()) return { ...seen(phases[1]), insideWrite: false };
  return onCopy(folder, (sqlite) => {
    const rows = /** @type {{ integrity_check: string }[]} */ (sqlite.pragma("integrity_check(3)"));
    const problems = rows.map((row) => row.integrity_check);
    return seen(phaseOf(sqlite, { pid, isMigrated }), problems[0] === "ok" ? [] : problems);
  });
}

/**
 * True where a rollback journal is left: around the WAL's own life, SQLite writes the file's header with one.
 *
 * @param {string} folder
 */
function hasJournal(folder) {
  return (statSync(join(folder, `${file}-journal`), { throwIfNoEntry: false })?.size ?? 0) > 0;
}

/**
 * @param {Sqlite} sqlite
 * @param {Killed} killed
 */
function phaseOf(sqlite, { pid, isMigrated }) {
  if (!isMigrated(sqlite)) return phases[2];
  const own = sqlite.prepare("SELECT status FROM sync_runs WHERE process_id = ?").pluck().all(pid);
  if (own.length === 0) return phases[3];
  return own.includes("running") ? phases[4] : phases[5];
}

/**
 * @template T
 * @param {string} folder
 * @param {(sqlite: Sqlite) => T} look
 */
function onCopy(folder, look) {
  const copy = mkdtempSync(join(dirname(folder), "copy-"));
  try {
    for (const name of partsIn(folder)) copyFileSync(join(folder, name), join(copy, name));
    const sqlite = new Database(join(copy, file));
    try {
      return look(sqlite);
    } finally {
      sqlite.close();
    }
  } finally {
    rmSync(copy, { recursive: true });
  }
}
