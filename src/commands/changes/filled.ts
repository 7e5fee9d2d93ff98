import { more } from "./section.ts";

// With the two characters by which a section is indented these are the 80 of a terminal.
const width = 78;

/** Puts pieces one after the other, each where it still fits; lines after the first are indented. */
export function filled(head: string, pieces: readonly string[], indent: string): string[] {
  const lines = [head.trimEnd()];
  for (const piece of pieces) {
    const line = lines.at(-1) ?? "";
    const longer = line === "" ? piece : `${line} ${piece}`;
    if (longer.length <= width || line === "") lines[lines.length - 1] = longer;
    else lines.push(indent + piece);
  }
  return lines;
}

/** Names with commas between them, and how many of `count` are left out. */
export function list(names: readonly string[], count: number): string[] {
  const rest = count - names.length;
  const last = names.length - 1;
  const pieces = names.map((name, index) => (index < last ? `${name},` : name));
  return rest > 0 ? [...pieces, more(rest)] : pieces;
}
