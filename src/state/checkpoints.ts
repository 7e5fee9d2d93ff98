import { and, eq } from "drizzle-orm";
import type { Warehouse } from "../database/open.ts";
import { checkpoints } from "../schema/sync-tables.ts";
import { formatTimestamp } from "../schema/timestamp.ts";
import type { SeenKeys } from "./seen-keys.ts";

/** Where a walk continues in its listing. */
export interface ListingPosition {
  readonly cursor: string;
  /** Pages read before it. */
  readonly pages: number;
  /** Pages that the listing's first answer announced; undefined where it announced none. */
  readonly announced: number | undefined;
  /** Records without a key read before it. */
  readonly recordsWithoutKey: number;
}

/** Saves the position of one walk, and the keys it has seen, for a later run. */
export interface Checkpoint {
  /** When the walk began, as a timestamp. */
  readonly startedAt: string;
  /** Run in which the walk began. */
  readonly run: number;
  /** Returns the position to resume from; undefined where the walk starts at the beginning. */
  load(): ListingPosition | undefined;
  /** Saves a position and the keys seen before it, in one transaction with whatever is being written. */
  save(position: ListingPosition): void;
  /** True once this walk has saved a position. */
  isSaved(): boolean;
  /**
   * Everything before this position is stored. Saves it at most once a second: a process that is killed then reads the pages of that second
   * again.
   */
  reach(position: ListingPosition): void;
  /** Saves the last position that was reached: the walk stops before its end. */
  flush(): void;
  /** The walk came to its end: nothing of it is kept. */
  finish(): void;
  /**
   * The walk is not resumed, and it did not come to its end. Later runs must know this: what the walk has stored is known, and what comes
   * behind it may not be.
   */
  abandon(): void;
  /** The walk begins now, in this run. An earlier walk that did not come to its end stays known. */
  restart(): void;
}

interface CheckpointedWalk {
  readonly resource: string;
  /** Names what the walk reads. A checkpoint with another fingerprint is not resumed. */
  readonly fingerprint: string;
  readonly run: number;
  /** Whether a walk with these times, as timestamps, may be resumed. */
  readonly isResumable: (times: WalkTimes) => boolean;
  readonly seen: readonly SeenKeys[];
}

/** When a walk began and when its checkpoint was last saved, as timestamps. */
export interface WalkTimes {
  readonly started_at: string;
  readonly saved_at: string;
}

// In milliseconds. Saved with every page, the position was most of what a sync wrote in which nothing had changed.
const betweenSaves = 1000;

/** True where the last walk did not come to its end, whether or not it can be resumed. */
export function isWalkUnfinished({ orm }: Warehouse, account: string, resource: string): boolean {
  const own = and(eq(checkpoints.account, account), eq(checkpoints.resource, resource));
  return orm.select({ resource: checkpoints.resource }).from(checkpoints).where(own).all().length > 0;
}

/**
 * Opens the checkpoint of a walk. One that is too old or has another fingerprint is not resumed: the walk would leave out what the
 * earlier one did not read.
 */
export function openCheckpoint(
  warehouse: Warehouse,
  account: string,
  { resource, fingerprint, run, isResumable, seen }: CheckpointedWalk,
  now: () => Date,
): Checkpoint {
  const row = openRow(warehouse, account, resource);
  const inTransaction = (write: () => void) => warehouse.sqlite.transaction(write)();
  const clearSeen = () => {
    for (const each of seen) each.clear();
  };
  let begin = { started_at: formatTimestamp(now()), run_id: run };
  let savedAt: number | undefined;
  let unsaved: ListingPosition | undefined;
  const save = (position: ListingPosition) => {
    // Also where it fails: keys that are seen from then on must not be saved with this position.
    unsaved = undefined;
    const set = { ...toColumns(position), fingerprint, saved_at: formatTimestamp(now()), ...begin };
    inTransaction(() => {
      row.put(set, set);
      for (const each of seen) each.save();
    });
    savedAt = performance.now();
  };
  return {
    get startedAt() {
      return begin.started_at;
    },
    get run() {
      return begin.run_id;
    },
    load() {
      const saved = row.read();
      if (saved?.fingerprint !== fingerprint || !isResumable(saved)) return undefined;
      begin = { started_at: saved.started_at, run_id: saved.run_id };
      return toPosition(saved);
    },
    save,
    isSaved: () => savedAt !== undefined,
    reach(position) {
      unsaved = position;
      if (savedAt === undefined || performance.now() - savedAt >= betweenSaves) save(position);
    },
    flush() {
      if (unsaved !== undefined) save(unsaved);
    },
    finish() {
      inTransaction(() => {
        row.remove();
        clearSeen();
      });
    },
    abandon() {
      const set = { ...noPosition, saved_at: formatTimestamp(now()) };
      inTransaction(() => {
        row.put({ ...set, ...begin }, set);
        clearSeen();
      });
    },
    restart() {
      unsaved = undefined;
      savedAt = undefined;
      inTransaction(() => {
        row.update({ ...noPosition, saved_at: formatTimestamp(now()) });
        clearSeen();
      });
      begin = { started_at: formatTimestamp(now()), run_id: run };
    },
  };
}

type Row = typeof checkpoints.$inferInsert;
type CheckpointColumns = Omit<Row, "account" | "resource">;

/** The row of one walk's checkpoint. */
function openRow({ orm }: Warehouse, account: string, resource: string) {
  const own = and(eq(checkpoints.account, account), eq(checkpoints.resource, resource));
  const target = [checkpoints.account, checkpoints.resource];
  return {
    read: () => orm.select().from(checkpoints).where(own).get(),
    /** Writes a new row with these values; a row that is there gets only those of `set`. */
    put(values: CheckpointColumns, set: Partial<CheckpointColumns>) {
      orm
        .insert(checkpoints)
        .values({ account, resource, ...values })
        .onConflictDoUpdate({ target, set })
        .run();
    },
    update: (set: Partial<CheckpointColumns>) => orm.update(checkpoints).set(set).where(own).run(),
    remove: () => orm.delete(checkpoints).where(own).run(),
  };
}

type PositionColumns = Pick<
  typeof checkpoints.$inferSelect,
  "cursor" | "pages" | "announced_pages" | "records_without_key"
>;

// The fingerprint is that of no walk, so none resumes there.
const noPosition = {
  fingerprint: "",
  ...toColumns({ cursor: "", pages: 0, announced: undefined, recordsWithoutKey: 0 }),
};

function toColumns({ cursor, pages, announced, recordsWithoutKey }: ListingPosition): PositionColumns {
  return { cursor, pages, announced_pages: announced ?? null, records_without_key: recordsWithoutKey };
}

function toPosition({
  cursor,
  pages,
  announced_pages,
  records_without_key,
}: PositionColumns): ListingPosition {
  return { cursor, pages, announced: announced_pages ?? undefined, recordsWithoutKey: records_without_key };
}
