import { WarehouseError } from "../errors.ts";
import { completeAt } from "../warehouse/status.ts";
import type { StoredAccount } from "./read-function.ts";

/** An instant as answers spell it: `2025-06-30T15:00:00Z`. */
export const instant = (date: Date) => `${date.toISOString().slice(0, 19)}Z`;

/**
 * How old what is stored of these resources is: when the walk began that last read them completely, of the oldest of them. Throws a
 * WarehouseError where one never was: an empty answer would look like an empty account.
 */
export function asOf({ warehouse, name }: StoredAccount, ...resources: readonly string[]): string {
  const times = resources.map((resource) => {
    const time = completeAt(warehouse, name, resource);
    if (time !== null) return time;
    throw new WarehouseError(
      `${resource} of account "${name}" were never read completely into ${warehouse.path}`,
      {
        hint: "Run `sync` (`status` says how the last one went), or ask ChartMogul itself with live.",
      },
    );
  });
  return `${times.sort()[0]?.replace(" ", "T")}Z`;
}
