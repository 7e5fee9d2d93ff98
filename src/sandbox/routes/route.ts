import type { Reply } from "../reply.ts";
import type { World } from "../world.ts";

/** One authenticated GET. `uuid` is the part of the path at the `:uuid` of the route, "" where that has none. */
export interface ApiRequest {
  world: World;
  query: URLSearchParams;
  uuid: string;
}

/**
 * A path under /v1, with at most one `:uuid`, and the function that replies to it. Parameters that no route reads are ignored.
 */
export interface Route {
  path: string;
  reply(call: ApiRequest): Reply;
}

/** True if a row passes the exact filter of this name. Every row passes when the query lacks the filter. */
export function matches(
  query: URLSearchParams,
  name: string,
  ...values: (string | null | undefined)[]
): boolean {
  const wanted = query.get(name);
  return wanted === null || values.includes(wanted);
}

/** Reads a boolean parameter: only `true` and `1` switch it on. */
export function isOn(query: URLSearchParams, name: string): boolean {
  const value = query.get(name);
  return value === "true" || value === "1";
}

/** True if a time passes the exact filter of this name: it is the same instant, in any spelling. */
export function matchesInstant(query: URLSearchParams, name: string, time: string): boolean {
  const wanted = query.get(name);
  return wanted === null || Date.parse(wanted) === Date.parse(time);
}
