import { isLeftOut } from "../state/status.ts";
import type { Figures } from "./figures.ts";

type Tables = Figures["tables"];

/** The tables that were to be read to their end the last time, and were not. */
export const findIncompleteTables = (tables: Tables): Tables =>
  tables.filter(([, , , , , status]) => status !== "complete" && !isLeftOut(status));

const day = 24 * 60 * 60 * 1000;

/** Everything in these tables, left out ones aside, was read then or later (UTC); null where one was never read to its end, or there is none. */
export function findFreshAsOf(tables: Tables): string | null {
  const read = tables.filter(([, , , , , status]) => !isLeftOut(status));
  const readings = read.map(([, , , , confirmed]) => confirmed);
  return readings.includes(null) ? null : (readings.sort()[0] ?? null);
}

/** How many whole days lie between two instants (UTC). */
export function countDaysBetween(one: string, other: string): number {
  const [from, to] = [one, other].map((instant) => Date.parse(`${instant.replace(" ", "T")}Z`));
  return Math.floor(((to ?? 0) - (from ?? 0)) / day);
}

/** How old the figures may be that are shown of these tables. */
export function describeFreshness(tables: Tables, made: string): string {
  if (tables.length === 0) return "Nothing has been read yet.";
  const since = findFreshAsOf(tables);
  if (since === null) return "Not everything was read to its end yet.";
  const days = countDaysBetween(since, made);
  const age = days === 0 ? "" : `; this page was made ${days === 1 ? "a day" : `${days} days`} after that`;
  const leftOut = tables.flatMap(([, table, , , , status]) => (isLeftOut(status) ? [table] : []));
  const but = leftOut.length === 0 ? "" : ` but ${[...new Set(leftOut)].join(", ")}`;
  return `Everything${but} was last read to its end on ${since} UTC or later${age}.`;
}
