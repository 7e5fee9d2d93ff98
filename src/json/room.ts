import { writeJson } from "./write-json.ts";

/** The size of a value as JSON text, in bytes. */
export function sizeOf(value: unknown): number {
  return Buffer.byteLength(writeJson(value));
}

/** How many of the records, from the first on, have room in so many bytes of a JSON list. */
export function countWithin(bytes: number, records: readonly unknown[]): number {
  let left = bytes - "[]".length;
  for (const [index, record] of records.entries()) {
    left -= sizeOf(record) + (index > 0 ? ",".length : 0);
    if (left < 0) return index;
  }
  return records.length;
}

interface Shortened {
  readonly record: unknown;
  /** What was left out. */
  readonly without: readonly string[];
}

/** A record that has room in so many bytes of JSON, since its largest parts are left out; what has no parts is null instead. */
export function withoutLargest(bytes: number, record: unknown): Shortened {
  let left = sizeOf(record) - bytes;
  if (left <= 0) return { record, without: [] };
  if (typeof record !== "object" || record === null || Array.isArray(record))
    return { record: null, without: ["all of it"] };
  const parts = Object.entries(record)
    .map(([name, value]) => ({ name, size: sizeOf({ [name]: value }) - "{}".length + ",".length }))
    .sort((one, other) => other.size - one.size);
  const without = new Set<string>();
  for (const { name, size } of parts) {
    if (left <= 0) break;
    without.add(name);
    left -= size;
  }
  const kept = Object.entries(record).filter(([name]) => !without.has(name));
  return { record: Object.fromEntries(kept), without: [...without] };
}

const namesShown = 5;
const longestName = 40;

/** Names for a sentence, which itself must not be long. */
export function inShort(names: readonly string[]): string {
  const cut = (name: string) =>
    name.length > longestName ? `${name.slice(0, longestName).toWellFormed()}…` : name;
  const rest = names.length - namesShown;
  return [...names.slice(0, namesShown).map(cut), ...(rest > 0 ? [`${rest} more`] : [])].join(", ");
}

/** Records for which there was room. */
interface Kept {
  readonly records: readonly unknown[];
  /** A sentence; undefined where there was room for all of each. */
  readonly note: string | undefined;
}

/**
 * Those of the records, from the first on, that have room in so many bytes of JSON. It is at least one, so that whoever goes on behind
 * the last gets on: of a record that is larger by itself the largest parts are left out.
 */
export function within(bytes: number, records: readonly unknown[]): Kept {
  const count = countWithin(bytes, records);
  if (count === records.length) return { records, note: undefined };
  const only = `The answer would be too large: there are ${Math.max(1, count)} of ${records.length} records`;
  if (count > 0)
    return { records: records.slice(0, count), note: `${only}. Go on with cursor, without page.` };
  const { record, without } = withoutLargest(bytes - "[]".length, records[0]);
  return {
    records: [record],
    note: `${only}, and without ${inShort(without)}. Go on with cursor, without page; query has what is left out.`,
  };
}
