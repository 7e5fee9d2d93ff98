import { closeSync, openSync, writeFileSync } from "node:fs";
import type { ExportColumn } from "./columns.ts";
import type { FileFormat } from "./format.ts";
import type { ExportRow } from "./rows.ts";

interface Lines {
  readonly head: (columns: readonly ExportColumn[]) => string;
  readonly line: (columns: readonly ExportColumn[], row: ExportRow) => string;
}

/** As in RFC 4180, with a line of names; NULL is an empty field, an empty text is two quotes. */
const csvLines: Lines = {
  head: (columns) => csvLine(columns.map(({ name }) => name)),
  line: (_, row) => csvLine(row),
};

function csvLine(values: ExportRow): string {
  return `${values.map(csvField).join(",")}\n`;
}

function csvField(value: string | null): string {
  if (value === null) return "";
  return value === "" || /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

/** One JSON object a line. */
const ndjsonLines: Lines = {
  head: () => "",
  line(columns, row) {
    const members = columns.map(({ name, isBare }, index) => {
      const value = row[index] ?? null;
      return `${JSON.stringify(name)}:${isBare ? value : JSON.stringify(value)}`;
    });
    return `{${members.join(",")}}\n`;
  },
};

export const csv: FileFormat = textFormat("csv", csvLines);
export const ndjson: FileFormat = textFormat("ndjson", ndjsonLines);

// Fewer and larger writes bring nothing more.
const charactersAtOnce = 262_144;

function textFormat(ending: string, { head, line }: Lines): FileFormat {
  return {
    ending,
    async write(path, columns, rows) {
      const file = openSync(path, "wx");
      try {
        let count = 0;
        let waiting = head(columns);
        for (const row of rows) {
          waiting += line(columns, row);
          count += 1;
          if (waiting.length < charactersAtOnce) continue;
          writeFileSync(file, waiting);
          waiting = "";
        }
        writeFileSync(file, waiting);
        return count;
      } finally {
        closeSync(file);
      }
    },
    close() {},
  };
}
