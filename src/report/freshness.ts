import { isLeftOut } from "../state/status.ts";
import type { TableFigures } from "./figures.ts";

/** The tables that the last sync was meant to read to their end, and did not. */
export const findIncompleteTables = (tables: readonly TableFigures[]) =>
  tables.filter(({ status }) => status !== "complete" && !isLeftOut(status));

const day = 24 * 60 * 60 * 1000;

/**
 * Everything in these tables was read then or later (UTC). Tables that syncs leave out do not count. Null where there is no other
 * table, or where one was never read to its end.
 */
export function findFreshAsOf(tables: readonly TableFigures[]): string | null {
  const instants = tables.filter(({ status }) => !isLeftOut(status)).map(({ fresh_as_of }) => fresh_as_of);
  return instants.includes(null) ? null : (instants.sort()[0] ?? null);
}

/** How many whole days are between two instants (UTC, `YYYY-MM-DD HH:MM`). */
export function countDaysBetween(earlier: string, later: string): number {
  return Math.floor((millisecondsOf(later) - millisecondsOf(earlier)) / day);
}

const millisecondsOf = (instant: string) => Date.parse(`${instant.replace(" ", "T")}Z`);

/** A sentence for readers about the age of these tables; `made` is when the page was made. */
export function describeFreshness(tables: readonly TableFigures[], made: string): string {
  if (tables.length === 0) return "Nothing has been read yet.";
  const freshAsOf = findFreshAsOf(tables);
  if (freshAsOf === null) return "Not everything was read to its end yet.";
  const days = countDaysBetween(freshAsOf, made);
  const age = days === 0 ? "" : `; this page was made ${days === 1 ? "a day" : `${days} days`} after that`;
  const leftOut = tables.flatMap(({ table, status }) => (isLeftOut(status) ? [table] : []));
  const except = leftOut.length === 0 ? "" : ` except ${[...new Set(leftOut)].join(", ")}`;
  return `Everything${except} was last read to its end on ${freshAsOf} UTC or later${age}.`;
}
