// Reads a warehouse again and again, without waiting for locks, until its input ends, and prints what it met.
// Arguments: the file, and "new" (a connection for each snapshot) or "long" (two connections for all of them).
import Database from "better-sqlite3";

const [, , path = "", kind] = process.argv;
const counts = `SELECT (SELECT count(*) FROM invoices) AS rows,
  (SELECT count(*) FROM raw_records WHERE resource = 'invoices') AS raw`;
/** @typedef {{ rows: number, raw: number }} Counts */

/** @typedef {{ code: unknown, message: string, began: number, ended: number }} Refusal */

/**
 * @type {{
 *   snapshots: { rows: number, seen: number, reads: number }[],
 *   torn: number,
 *   refusals: (Refusal & { again: unknown })[],
 * }}
 */
const met = { snapshots: [], torn: 0, refusals: [] };

let stopped = false;
process.stdin.on("end", () => {
  stopped = true;
});
process.stdin.resume();

/** @param {boolean} readonly */
const open = (readonly) => new Database(path, { readonly, timeout: 0 });
/** @param {number} milliseconds */
const pause = (milliseconds) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);

/** @param {Database.Database} sqlite */
function count(sqlite) {
  return /** @type {Counts} */ (sqlite.prepare(counts).get());
}

/**
 * @param {Database.Database} sqlite
 * @param {number} between
 */
function readTwice(sqlite, between) {
  return sqlite.transaction(() => {
    const first = count(sqlite);
    pause(between);
    const second = count(sqlite);
    if (first.rows !== first.raw || first.rows !== second.rows || first.raw !== second.raw) met.torn += 1;
    return first.rows;
  })();
}

const standing = kind === "long" ? /** @type {const} */ ([open(true), open(false)]) : undefined;

/** @param {number} turn */
function read(turn) {
  if (standing) return readTwice(standing[turn % 2 === 0 ? 0 : 1], 5);
  const sqlite = open(turn % 2 === 0);
  try {
    return readTwice(sqlite, 0);
  } finally {
    sqlite.close();
  }
}

/**
 * @param {number} turn
 * @returns {Refusal | undefined}
 */
function attempt(turn) {
  const began = Date.now();
  try {
    const rows = read(turn);
    const last = met.snapshots.at(-1);
    // Only what is new: when it was first seen, and how many reads went well until then.
    if (last?.rows === rows) last.reads += 1;
    else met.snapshots.push({ rows, seen: Date.now(), reads: 1 });
    return undefined;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return {
      code: "code" in error ? error.code : undefined,
      message: error.message,
      began,
      ended: Date.now(),
    };
  }
}

/** @param {number} turn */
function loop(turn) {
  if (stopped) {
    for (const sqlite of standing ?? []) sqlite.close();
    process.stdout.write(JSON.stringify(met));
    return;
  }
  const refusal = attempt(turn);
  if (refusal !== undefined) {
    pause(50);
    met.refusals.push({ ...refusal, again: attempt(turn)?.code ?? "read" });
  }
  pause(1);
  setImmediate(loop, turn + 1);
}

process.stderr.write("reading\n");
loop(0);
