import { and, eq } from "drizzle-orm";
import { checkpoints } from "./bookkeeping.ts";
import type { Warehouse } from "./open.ts";
import { timestamp } from "./timestamp.ts";

// Less than the day between two nightly syncs: a walk that one of them did not finish is not what the next one should go on with,
// because whatever has changed before the checkpoint in the meantime would be left out.
const resumableFor = 20 * 60 * 60 * 1000;

/** Where one walk is saved and found again. */
export interface Checkpoint {
  /** The cursor to go on from; undefined where the walk starts at the beginning. */
  load(): string | undefined;
  save(cursor: string): void;
  /** Forgets the checkpoint: the walk has ended, or its cursor is of no use. */
  clear(): void;
}

/**
 * The checkpoint of the walk over `walk`'s listing. One that is 20 hours old or belongs to a walk over other
 * `members` is not resumed: it would leave out what that walk did not read.
 */
export function checkpointOf(
  { orm }: Warehouse,
  account: string,
  { walk, members }: { walk: string; members: string },
  now: () => Date,
): Checkpoint {
  const own = and(eq(checkpoints.account, account), eq(checkpoints.walk, walk));
  let startedAt = timestamp(now());
  return {
    load() {
      const [saved] = orm.select().from(checkpoints).where(own).all();
      const oldest = timestamp(new Date(now().getTime() - resumableFor));
      if (saved?.members !== members || saved.started_at < oldest) return undefined;
      startedAt = saved.started_at;
      return saved.cursor;
    },
    save(cursor) {
      const place = { members, cursor, started_at: startedAt, saved_at: timestamp(now()) };
      orm
        .insert(checkpoints)
        .values({ account, walk, ...place })
        .onConflictDoUpdate({ target: [checkpoints.account, checkpoints.walk], set: place })
        .run();
    },
    clear() {
      orm.delete(checkpoints).where(own).run();
    },
  };
}
