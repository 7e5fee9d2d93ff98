import { WarehouseError } from "../errors.ts";
import { readPastWalks } from "../state/runs.ts";
import type { StoredAccount } from "./read-function.ts";

/** Writes an instant as results have it: `2025-06-30T15:00:00Z`. */
export const formatInstant = (date: Date) => `${date.toISOString().slice(0, 19)}Z`;

/**
 * When all stored records of these resources were read: then or later. Throws a WarehouseError if one of the resources was
 * never read completely: an empty result would look like an empty account.
 */
export function readFreshAsOf(
  { warehouse, name, now }: StoredAccount,
  ...resources: readonly string[]
): string {
  const times = resources.map((resource) => {
    const { freshAsOf, lastComplete } = readPastWalks(warehouse, name, resource, now());
    // A version before this one did not say since when.
    const time = freshAsOf ?? lastComplete;
    if (time !== undefined) return time;
    throw new WarehouseError(
      `${resource} of account "${name}" was never read completely into ${warehouse.path}`,
      {
        hint: "Run `sync` (`status` says how the last one went), or ask ChartMogul with live.",
      },
    );
  });
  return `${times.sort()[0]?.replace(" ", "T")}Z`;
}
