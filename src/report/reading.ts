import type { Figures } from "./figures.ts";

type Tables = Figures["tables"];

const day = 24 * 60 * 60 * 1000;

/** Everything in these tables was read then or later (UTC); null where one was never read to its end, or there is none. */
export function readSince(tables: Tables): string | null {
  const readings = tables.map(([, , , , confirmed]) => confirmed);
  return readings.includes(null) ? null : (readings.sort()[0] ?? null);
}

/** How many whole days lie between two instants (UTC). */
export function daysBetween(one: string, other: string): number {
  const [from, to] = [one, other].map((instant) => Date.parse(`${instant.replace(" ", "T")}Z`));
  return Math.floor(((to ?? 0) - (from ?? 0)) / day);
}

/** How old the figures may be that are shown of these tables. */
export function readingOf(tables: Tables, made: string): string {
  if (tables.length === 0) return "Nothing has been read yet.";
  const since = readSince(tables);
  if (since === null) return "Not everything was read to its end yet.";
  const days = daysBetween(since, made);
  const age = days === 0 ? "" : `; this page was made ${days === 1 ? "a day" : `${days} days`} after that`;
  return `Everything was last read to its end on ${since} UTC or later${age}.`;
}
