import { copyFileSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import Database from "better-sqlite3";
import { file, parts } from "./attempt.js";
import { endsInsideCommit } from "./wal.js";

/** Where in a sync a kill can hit, in the order of a sync. */
export const phases = [
  "before there was a file",
  "before the file was touched",
  "while tables were made or migrated",
  "opened, no run begun",
  "a run open",
  "runs over, closing",
];

/** What the files of a warehouse look like from outside. */
export function traces(folder) {
  return partsIn(folder).map((name) => {
    const { ino, size, mtimeMs } = statSync(join(folder, name));
    return `${name} ${ino} ${size} ${mtimeMs}`;
  });
}

function partsIn(folder) {
  return readdirSync(folder)
    .filter((name) => parts.has(name))
    .sort();
}

/**
 * What a kill of the process `pid` hit, and what SQLite finds wrong with the file afterwards (nothing, it is to be
 * hoped). `before` are the traces before the process was started; `isMigrated` says of an open file whether its tables are those of the program. Looks at a copy: the next sync must find everything as
 * the kill left it.
 */
export function examine(folder, before, { pid, isMigrated }) {
  const now = traces(folder);
  const insideWrite = endsInsideCommit(join(folder, `${file}-wal`)) || hasJournal(folder);
  const seen = (phase, problems = []) => ({ phase, insideWrite, problems });
  if (now.length === 0) return seen(phases[0]);
  if (now.join() === before.join()) return { ...seen(phases[1]), insideWrite: false };
  return onCopy(folder, (sqlite) => {
    const problems = sqlite.pragma("integrity_check(3)").map((row) => row.integrity_check);
    return seen(phaseOf(sqlite, { pid, isMigrated }), problems[0] === "ok" ? [] : problems);
  });
}

/** True where a rollback journal is left: around the WAL's own life, SQLite writes the file's header with one. */
function hasJournal(folder) {
  return (statSync(join(folder, `${file}-journal`), { throwIfNoEntry: false })?.size ?? 0) > 0;
}

function phaseOf(sqlite, { pid, isMigrated }) {
  if (!isMigrated(sqlite)) return phases[2];
  const own = sqlite.prepare("SELECT status FROM sync_runs WHERE process_id = ?").pluck().all(pid);
  if (own.length === 0) return phases[3];
  return own.includes("running") ? phases[4] : phases[5];
}

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
