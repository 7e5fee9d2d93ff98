import { isObject } from "./row-reader.ts";

/** The known keys of an object, or of each object in a list; undefined below a key whose value is stored as it is. */
interface KnownKeys extends ReadonlyMap<string, KnownKeys | undefined> {}

type Growing = Map<string, Growing | undefined>;

/** Collects paths of keys into one tree. */
export function collectKeys(paths: Iterable<readonly string[]>): KnownKeys {
  const all: Growing = new Map();
  for (const path of paths) {
    let level = all;
    for (const [depth, key] of path.entries()) {
      const next = level.get(key);
      if (depth === path.length - 1) level.set(key, next);
      else {
        const below = next ?? new Map();
        level.set(key, below);
        level = below;
      }
    }
  }
  return all;
}

const longestPath = 200;

/** Calls `onUnknown` for each key of a record, and of objects in it, that is not known: with its path, without positions in lists. */
export function findUnknownKeys(
  record: object,
  known: KnownKeys,
  onUnknown: (path: string) => void,
  before = "",
): void {
  if (Array.isArray(record)) {
    for (const each of record) if (isObject(each)) findUnknownKeys(each, known, onUnknown, before);
    return;
  }
  for (const key of Object.keys(record)) {
    const below = known.get(key);
    if (below !== undefined) {
      const value = (record as Readonly<Record<string, unknown>>)[key];
      if (isObject(value)) findUnknownKeys(value, below, onUnknown, `${before}${key}.`);
    } else if (!known.has(key)) onUnknown(shortened(`${before}${key}`));
  }
}

const shortened = (path: string) =>
  path.length > longestPath ? `${path.slice(0, longestPath).toWellFormed()}…` : path;
