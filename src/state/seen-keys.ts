import { hash } from "node:crypto";
import { and, asc, eq, max } from "drizzle-orm";
import type { Warehouse } from "../database/open.ts";
import { seenKeys } from "../schema/sync-tables.ts";

/**
 * The keys that the walk of one resource has met, also before it was resumed. Of each key 48 bits of a hash are kept: 6 MB for a million
 * keys, and about 1 kB a page saved with the checkpoint. Two keys with the same bits would hide that one of them is missing; for a million
 * keys this happens once in 280 million.
 */
export interface SeenKeys {
  add(keys: readonly string[]): void;
  /** Saves what was added since the last time; called in the transaction that saves the checkpoint. */
  save(): void;
  /** Forgets everything, in memory and in the file. */
  clear(): void;
  /** How many different keys were met so far. */
  count(): number;
  /** Returns a function that says whether a key was met so far; keys that are met later are unknown to it. */
  lookup(): (key: string) => boolean;
}

const markLength = 6;

/** Opens the keys seen of one resource of one account, with those that an earlier run has saved. */
export function openSeenKeys({ orm }: Warehouse, account: string, resource: string): SeenKeys {
  const own = and(eq(seenKeys.account, account), eq(seenKeys.resource, resource));
  let parts: Buffer[] | undefined;
  let unsaved: Buffer[] = [];

  const saved = () => {
    parts ??= orm
      .select({ key_hashes: seenKeys.key_hashes })
      .from(seenKeys)
      .where(own)
      .orderBy(asc(seenKeys.part))
      .all()
      .map(({ key_hashes }) => key_hashes);
    return parts;
  };
  const nextPart = () => {
    const [last] = orm
      .select({ part: max(seenKeys.part) })
      .from(seenKeys)
      .where(own)
      .all();
    return (last?.part ?? -1) + 1;
  };

  return {
    add(keys) {
      if (keys.length > 0) unsaved.push(Buffer.from(keys.map(markOf).join(""), "hex"));
    },
    save() {
      if (unsaved.length === 0) return;
      const key_hashes = Buffer.concat(unsaved);
      saved().push(key_hashes);
      orm.insert(seenKeys).values({ account, resource, part: nextPart(), key_hashes }).run();
      unsaved = [];
    },
    clear() {
      orm.delete(seenKeys).where(own).run();
      parts = [];
      unsaved = [];
    },
    count() {
      const marks = sortedMarks([...saved(), ...unsaved]);
      return marks.reduce((count, mark, index) => (mark === marks[index - 1] ? count : count + 1), 0);
    },
    lookup() {
      const marks = sortedMarks([...saved(), ...unsaved]);
      return (key) => includes(marks, Number.parseInt(markOf(key), 16));
    },
  };
}

/** The mark of a key in hexadecimal digits. As text it costs a third of what it costs as a buffer. */
function markOf(key: string): string {
  return hash("sha256", key, "hex").slice(0, 2 * markLength);
}

function numberOf(bytes: Buffer, offset: number): number {
  return bytes.readUIntBE(offset, markLength);
}

function sortedMarks(parts: readonly Buffer[]): Float64Array {
  const length = parts.reduce((sum, part) => sum + part.length / markLength, 0);
  const marks = new Float64Array(length);
  let index = 0;
  for (const part of parts) {
    for (let offset = 0; offset < part.length; offset += markLength) marks[index++] = numberOf(part, offset);
  }
  return marks.sort();
}

function includes(sorted: Float64Array, mark: number): boolean {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < mark) low = middle + 1;
    else high = middle;
  }
  return sorted[low] === mark;
}
