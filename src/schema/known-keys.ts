import { isObject } from "./row-reader.ts";

/** The keys that are known in an object, or in each of a list of them; undefined below a key whose value is taken as it is. */
interface Known extends ReadonlyMap<string, Known | undefined> {}

type Growing = Map<string, Growing | undefined>;

/** Collects paths of keys. */
export function knownKeys(paths: Iterable<readonly string[]>): Known {
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

/** Tells each key of a record, or of an object in it whose keys are known, that is not known, by its path without places in lists. */
export function tellUnknown(record: object, known: Known, tell: (path: string) => void, before = ""): void {
  if (Array.isArray(record)) {
    for (const each of record) if (isObject(each)) tellUnknown(each, known, tell, before);
    return;
  }
  for (const key of Object.keys(record)) {
    const below = known.get(key);
    if (below !== undefined) {
      const there = (record as Readonly<Record<string, unknown>>)[key];
      if (isObject(there)) tellUnknown(there, below, tell, `${before}${key}.`);
    } else if (!known.has(key)) tell(shortened(`${before}${key}`));
  }
}

const shortened = (path: string) =>
  path.length > longestPath ? `${path.slice(0, longestPath).toWellFormed()}…` : path;
