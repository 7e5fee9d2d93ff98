import type { ExportColumn } from "./columns.ts";
import type { ExportRow } from "./rows.ts";

/** A way to write rows into files. */
export interface FileFormat {
  /** What its files are called behind the dot. */
  readonly ending: string;
  /** Writes a new file and gives the number of rows that are in it. */
  write(file: string, columns: readonly ExportColumn[], rows: Iterable<ExportRow>): Promise<number>;
  close(): void;
}

/** The formats of an export. */
export const formatNames = ["parquet", "csv", "ndjson"] as const;
export type FormatName = (typeof formatNames)[number];
