import { groupDigits } from "../table.ts";

/** How many entries a section has at most. */
export const linesShown = 20;

/** The line for entries that are not shown. */
export const describeMore = (count: number) => `and ${groupDigits(count)} more in --json`;

/** A titled list of entries, each of one or more lines. A long list is cut; an empty one has no lines. `count` is the number of all entries. */
export function layOutSection(
  title: string,
  entries: readonly (readonly string[])[],
  count = entries.length,
): string[] {
  if (entries.length === 0) return [];
  const shown = entries.slice(0, linesShown).flat();
  const cut = count > linesShown ? [describeMore(count - linesShown)] : [];
  return [title, ...[...shown, ...cut].map((line) => `  ${line}`), ""];
}
