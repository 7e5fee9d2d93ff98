import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Invented records of one resource as they look on the wire. */
export interface Fixture {
  /** Key of the record whose listing they come from, for resources that have one. */
  readonly parent?: string;
  readonly records: readonly Record<string, unknown>[];
}

/** The fixture of a resource: `test/fixtures/<resource>.json`. */
export function fixtureOf(resource: string): Fixture {
  const path = join(import.meta.dirname, "../fixtures", `${resource}.json`);
  return JSON.parse(readFileSync(path, "utf8"));
}
