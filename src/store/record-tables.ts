import type { Table } from "../schema/table.ts";

/** The tables of one resource: one row for each record, and the rows of its children. */
export interface RecordTables {
  readonly name: string;
  readonly table: Table;
  readonly children: readonly { readonly table: Table }[];
}
