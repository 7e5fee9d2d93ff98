import { and, eq } from "drizzle-orm";
import type { Warehouse } from "../database/open.ts";
import { checkpoints } from "../schema/sync-tables.ts";
import { timestamp } from "../schema/timestamp.ts";
import type { SeenKeys } from "./seen-keys.ts";

/** How far a walk has come. */
export interface Place {
  /** Where the listing goes on. */
  readonly cursor: string;
  /** Pages read before it. */
  readonly pages: number;
  readonly announced: number | undefined;
  /** Records without a key read before it. */
  readonly keyless: number;
}

/** Where one walk is saved and found again. */
export interface Checkpoint {
  /** The place to go on from; undefined where the walk starts at the beginning. */
  load(): Place | undefined;
  /** Saves a place and what was seen before it, in one transaction with whatever is being written. */
  save(place: Place): void;
  /**
   * Forgets the place and what was seen. That a walk did not come to its end stays known where it was, or is to be known from now on
   * (`did`): what it stored is known, and what comes behind it may not be.
   */
  forget(did: "end" | "not end" | "start over"): void;
  /** When the walk began, as a timestamp. */
  readonly startedAt: string;
  /** Run in which the walk began. */
  readonly run: number;
}

interface Walk {
  readonly name: string;
  /** Resources that it reads, each with its version. */
  readonly fingerprint: string;
  readonly run: number;
  /** Whether a walk with these times, as timestamps, may be gone on with. */
  readonly isResumable: (times: { readonly started_at: string; readonly saved_at: string }) => boolean;
  readonly seen: readonly SeenKeys[];
}

/** True where a walk did not come to its end, whether or not it can be gone on with. */
export function isWalkUnfinished({ orm }: Warehouse, account: string, walk: string): boolean {
  const own = and(eq(checkpoints.account, account), eq(checkpoints.resource, walk));
  return orm.select({ resource: checkpoints.resource }).from(checkpoints).where(own).all().length > 0;
}

/**
 * The checkpoint of a walk. One of a walk that is too old or has other `fingerprint` is not resumed: it would leave out what that walk did
 * not read.
 */
export function openCheckpoint(
  { orm, sqlite }: Warehouse,
  account: string,
  { name, fingerprint, run, isResumable, seen }: Walk,
  now: () => Date,
): Checkpoint {
  const own = and(eq(checkpoints.account, account), eq(checkpoints.resource, name));
  let begin = { started_at: timestamp(now()), run_id: run };
  const save = sqlite.transaction(({ cursor, pages, announced, keyless }: Place) => {
    const place = {
      fingerprint,
      cursor,
      pages,
      announced_pages: announced ?? null,
      records_without_key: keyless,
      saved_at: timestamp(now()),
    };
    orm
      .insert(checkpoints)
      .values({ account, resource: name, ...place, ...begin })
      .onConflictDoUpdate({
        target: [checkpoints.account, checkpoints.resource],
        set: { ...place, ...begin },
      })
      .run();
    for (const each of seen) each.save();
  });
  // No walk has no fingerprint, so that nothing goes on from there.
  const nowhere = { fingerprint: "", cursor: "", pages: 0, announced_pages: null, records_without_key: 0 };
  const forget = sqlite.transaction((did: "end" | "not end" | "start over") => {
    const mark = { ...nowhere, saved_at: timestamp(now()) };
    if (did === "end") orm.delete(checkpoints).where(own).run();
    else if (did === "start over") orm.update(checkpoints).set(mark).where(own).run();
    else {
      orm
        .insert(checkpoints)
        .values({ account, resource: name, ...mark, ...begin })
        .onConflictDoUpdate({ target: [checkpoints.account, checkpoints.resource], set: mark })
        .run();
    }
    for (const each of seen) each.clear();
  });
  return {
    get startedAt() {
      return begin.started_at;
    },
    get run() {
      return begin.run_id;
    },
    load() {
      const [saved] = orm.select().from(checkpoints).where(own).all();
      if (saved?.fingerprint !== fingerprint || !isResumable(saved)) return undefined;
      // Saved by a version that did not keep what it had seen: all of it would be taken for missing.
      if (saved.run_id === 0) return undefined;
      begin = { started_at: saved.started_at, run_id: saved.run_id };
      const { cursor, pages, announced_pages, records_without_key: keyless } = saved;
      return { cursor, pages, announced: announced_pages ?? undefined, keyless };
    },
    save: (place) => save(place),
    forget(did) {
      forget(did);
      if (did === "start over") begin = { started_at: timestamp(now()), run_id: run };
    },
  };
}
