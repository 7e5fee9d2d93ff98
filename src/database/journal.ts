import { WarehouseBusyError } from "../errors.ts";
import Database from "./driver.ts";

/*
 * Both switches need the file for themselves for a moment, and a reader that comes in this moment and does not wait is refused.
 * Left to itself, SQLite shuts the file for 1.3 ms at the start, or longer while somebody reads, and for the whole last
 * checkpoint at the end. Done as below, the file is shut for 0.09 ms and 0.16 ms (measured).
 *
 * The difference comes from syncing nothing to the disk while the file is shut (`synchronous = OFF`). That is safe only because
 * nothing but the first 100 bytes of the file change then. After a power cut the file is in the one mode or the other, and
 * complete in both. Whatever else was written must have been synced before.
 *
 * `main` is named wherever it is meant. Without a name SQLite does the same to the connection's temporary tables. If a reader is
 * in the way meanwhile, that can end in "database table is locked".
 */

// While SQLite waits for a reader to end, it lets no other one begin. So it is asked again and again, and only if readers overlap
// all the time, it waits for them, each time for a moment.
const entering = { until: 60_000, politeUntil: 5_000, pause: 10, insisting: 250 };
// For short readers to pass; one that stays connected keeps the file in WAL mode anyway.
const leaving = { attempts: 25, pause: 20 };

/** Switches to a write-ahead log, with which readers and the writer do not hinder each other. Waits up to a minute for readers. */
export function enterWal(sqlite: Database.Database): void {
  // Reads the file, whereupon SQLite knows its mode, and has rolled back what a process that was killed left half done.
  sqlite.pragma("user_version");
  if (sqlite.pragma("journal_mode", { simple: true }) !== "wal") {
    const began = performance.now();
    const waited = () => performance.now() - began;
    while (!entered(sqlite, waited())) {
      if (waited() > entering.until) {
        throw new WarehouseBusyError(`other programs have read ${sqlite.name} for a minute without a pause`, {
          hint: "Wait for their queries to end, or stop them. Nothing was changed.",
        });
      }
    }
  }
  sqlite.pragma("synchronous = NORMAL");
  // Makes the log at once: who may not write to the folder cannot read the file without it.
  sqlite.prepare("SELECT count(*) FROM sqlite_master").get();
}

function entered(sqlite: Database.Database, waited: number): boolean {
  const polite = waited < entering.politeUntil;
  if (switched(sqlite, "WAL", polite ? 0 : entering.insisting)) return true;
  pause(polite ? entering.pause : entering.insisting);
  return false;
}

/**
 * Leaves a single file behind: one with a log beside it cannot be opened from a read-only folder. Where somebody goes on
 * reading, the log stays, and the last one to close the file removes it.
 */
export function leaveWal(sqlite: Database.Database): void {
  for (let left = leaving.attempts; left > 0; left -= 1) {
    sqlite.pragma("busy_timeout = 0");
    const [checkpoint] = sqlite.pragma("main.wal_checkpoint(TRUNCATE)") as { busy: number }[];
    if (checkpoint?.busy === 0 && switched(sqlite, "DELETE", 0)) return;
    pause(leaving.pause);
  }
}

/** Changes the journal mode without syncing. False if another program was in the way for this time. */
function switched(sqlite: Database.Database, mode: "WAL" | "DELETE", milliseconds: number): boolean {
  sqlite.pragma("synchronous = OFF");
  sqlite.pragma(`busy_timeout = ${milliseconds}`);
  try {
    sqlite.pragma(`main.journal_mode = ${mode}`);
    return true;
  } catch (error) {
    if (error instanceof Database.SqliteError && error.code.startsWith("SQLITE_BUSY")) return false;
    throw error;
  } finally {
    sqlite.pragma("busy_timeout = 5000");
    sqlite.pragma("synchronous = NORMAL");
  }
}

function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
