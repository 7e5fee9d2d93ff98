import type { Value } from "../schema/columns.ts";

/** A raw record as it is stored. */
export interface PackedRecord {
  readonly key: string;
  readonly hash: string;
  readonly dictionary: number;
  readonly bytes: Buffer;
}

/** The rows of one record, in the order of the tables' own columns; see `Rows` of the resource. */
export interface RecordRows {
  readonly row: readonly Value[];
  readonly children: readonly (readonly (readonly Value[])[])[];
}
