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

// SQLite lets no reader begin while it waits for another to end. So the switch is tried again and again without waiting. Only if
// readers overlap all the time does SQLite wait for them, a moment each time.
const entering = { until: 60_000, politeUntil: 5_000, pause: 10, insisting: 250 };
// These attempts let short readers finish; a reader that stays connected keeps the file in WAL mode anyway.
const leaving = { attempts: 25, pause: 20 };

/**
 * Switches to a write-ahead log, which lets readers and the writer work side by side. Waits up to a minute for readers, then
 * throws a WarehouseBusyError.
 */
export function enterWal(sqlite: Database.Database): void {
  // This read makes SQLite learn the file's mode, and roll back what a killed process left half done.
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
  // This read makes the log at once: users who may not write to the folder cannot read the file without it.
  sqlite.prepare("SELECT count(*) FROM sqlite_master").get();
}

function entered(sqlite: Database.Database, waited: number): boolean {
  const polite = waited < entering.politeUntil;
  if (switched(sqlite, "WAL", polite ? 0 : entering.insisting)) return true;
  pause(polite ? entering.pause : entering.insisting);
  return false;
}

/**
 * Leaves a single file behind, because a file with a log beside it cannot be opened in a read-only folder. While a reader stays,
 * the log stays, and the last connection to close removes it.
 */
export function leaveWal(sqlite: Database.Database): void {
  for (let left = leaving.attempts; left > 0; left -= 1) {
    sqlite.pragma("busy_timeout = 0");
    const [checkpoint] = sqlite.pragma("main.wal_checkpoint(TRUNCATE)") as { busy: number }[];
    if (checkpoint?.busy === 0 && switched(sqlite, "DELETE", 0)) return;
    pause(leaving.pause);
  }
}

/** Changes the journal mode without syncing to the disk. False if another program was in the way all this time. */
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
