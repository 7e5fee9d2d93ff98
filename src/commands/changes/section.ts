import { grouped } from "../table.ts";

/** How many entries a section has at most. */
export const linesShown = 20;

/** What stands for entries that are left out. */
export const more = (count: number) => `and ${grouped(count)} more in --json`;

/** A titled list of so many entries of one or more lines, cut where it is too long to be read; nothing where there are none. */
export function section(
  title: string,
  entries: readonly (readonly string[])[],
  count = entries.length,
): string[] {
  if (entries.length === 0) return [];
  const shown = entries.slice(0, linesShown).flat();
  const cut = count > linesShown ? [more(count - linesShown)] : [];
  return [title, ...[...shown, ...cut].map((line) => `  ${line}`), ""];
}
