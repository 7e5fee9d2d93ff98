import { writeJson } from "./write-json.ts";

/** The size of a value as JSON text, in bytes. */
export function measureJson(value: unknown): number {
  return Buffer.byteLength(writeJson(value));
}

/** How many of the records, from the first on, fit into these bytes of a JSON list. */
export function countFitting(bytes: number, records: readonly unknown[]): number {
  let left = bytes - "[]".length;
  for (const [index, record] of records.entries()) {
    left -= measureJson(record) + (index > 0 ? ",".length : 0);
    if (left < 0) return index;
  }
  return records.length;
}

/** A record without some of its parts. */
interface FittedRecord {
  readonly record: unknown;
  /** The names of the parts that were left out. */
  readonly without: readonly string[];
}

/** Leaves out the largest parts of a record until it fits into these bytes of JSON; what has no parts becomes null. */
export function fitRecord(bytes: number, record: unknown): FittedRecord {
  let left = measureJson(record) - bytes;
  if (left <= 0) return { record, without: [] };
  if (typeof record !== "object" || record === null || Array.isArray(record))
    return { record: null, without: ["all of it"] };
  const parts = Object.entries(record)
    .map(([name, value]) => ({ name, size: measureJson({ [name]: value }) - "{}".length + ",".length }))
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

/** Lists names in a sentence that must not be long: the first five, each cut at 40 characters. */
export function listNames(names: readonly string[]): string {
  const cut = (name: string) =>
    name.length > longestName ? `${name.slice(0, longestName).toWellFormed()}…` : name;
  const rest = names.length - namesShown;
  return [...names.slice(0, namesShown).map(cut), ...(rest > 0 ? [`${rest} more`] : [])].join(", ");
}
