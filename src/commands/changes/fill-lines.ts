import { describeMore } from "./section.ts";

// With the two characters of a section's indent, 80 characters.
const width = 78;

/** Joins pieces into lines that fit; lines after the first are indented. */
export function fillLines(head: string, pieces: readonly string[], indent: string): string[] {
  const lines = [head.trimEnd()];
  for (const piece of pieces) {
    const line = lines.at(-1) ?? "";
    const longer = line === "" ? piece : `${line} ${piece}`;
    if (longer.length <= width || line === "") lines[lines.length - 1] = longer;
    else lines.push(indent + piece);
  }
  return lines;
}

/** Names with commas between them, and the number of those of `count` that are not shown. */
export function listNames(names: readonly string[], count: number): string[] {
  const rest = count - names.length;
  const last = names.length - 1;
  const pieces = names.map((name, index) => (index < last ? `${name},` : name));
  return rest > 0 ? [...pieces, describeMore(rest)] : pieces;
}
