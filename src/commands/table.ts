import { ExactNumber } from "../json/exact-number.ts";
import { makeVisible } from "../visible.ts";

/** A number as people read it: thousands apart. */
export function groupDigits(value: number): string {
  return value.toLocaleString("en-US");
}

/** Lays out rows under a header: numbers to the right, everything else to the left. */
export function layOut(
  titles: readonly string[],
  rows: readonly (readonly unknown[])[],
  number: (value: number) => string = groupDigits,
): string[] {
  const header = titles.map(makeVisible);
  const cells = rows.map((row) =>
    row.map((value) => (typeof value === "number" ? number(value) : cell(value))),
  );
  const widths = header.map((title, column) =>
    cells.reduce((widest, row) => Math.max(widest, [...(row[column] ?? "")].length), title.length),
  );
  const isNumber = header.map((_, column) => rows.some((row) => isNumeric(row[column])));
  const line = (row: readonly string[]) =>
    row
      .map((text, column) => {
        const gap = " ".repeat(Math.max(0, (widths[column] ?? 0) - [...text].length));
        return isNumber[column] ? gap + text : text + gap;
      })
      .join("  ")
      .trimEnd();
  return [line(header), line(widths.map((width) => "-".repeat(width))), ...cells.map(line)];
}

/** Breaks a text between words into lines of at most `width` characters; a longer word has a line of its own. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && [...last, " ", ...word].length <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines;
}

function isNumeric(value: unknown): boolean {
  return typeof value === "number" || value instanceof ExactNumber;
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return "";
  return makeVisible(String(value));
}
