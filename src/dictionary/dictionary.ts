import { getTableConfig } from "drizzle-orm/sqlite-core";
import { resources } from "../resources/index.ts";
import type { Child } from "../resources/resource.ts";
import type { Column } from "../schema/columns.ts";
import { isField } from "../schema/fields.ts";
import type { DictionaryRow } from "../schema/sync-tables.ts";
import { getShape, type Table } from "../schema/table.ts";
import { tables } from "./tables.ts";

/** A table of the warehouse as the data dictionary knows it. */
export interface DictionaryTable {
  readonly name: string;
  readonly meaning: string;
  readonly primary_key: readonly string[];
  /** The tables whose rows its own rows name, and the columns that name them. */
  readonly references: readonly { readonly columns: readonly string[]; readonly table: string }[];
  readonly columns: readonly DictionaryColumn[];
}

interface DictionaryColumn {
  readonly name: string;
  readonly type: string;
  readonly unit: string | null;
  readonly meaning: string;
  /** Path of the value in the record as ChartMogul sends it; null where it is not there. */
  readonly wire_field: string | null;
  readonly nullable: boolean;
  readonly in_primary_key: boolean;
}

/** Every table of the warehouse with all that this version knows of its columns. */
export function createDictionary(): DictionaryTable[] {
  return tables.map(createTableEntry);
}

/** The same as the rows of the table `data_dictionary`. */
export function createDictionaryRows(): DictionaryRow[] {
  return createDictionary().flatMap((table) =>
    table.columns.map(({ name, nullable, in_primary_key, ...column }, index) => ({
      table_name: table.name,
      table_meaning: table.meaning,
      column_name: name,
      position: index + 1,
      ...column,
      nullable: Number(nullable),
      in_primary_key: Number(in_primary_key),
    })),
  );
}

function createTableEntry(table: Table): DictionaryTable {
  const { name, description, columns, key } = getShape(table);
  const { columns: declared, foreignKeys } = getTableConfig(table);
  const inRecord = findWireFields(table);
  return {
    name,
    meaning: description,
    primary_key: key,
    references: foreignKeys.map((foreign) => {
      const { columns: naming, foreignTable } = foreign.reference();
      return { columns: naming.map((column) => column.name), table: getTableConfig(foreignTable).name };
    }),
    columns: declared.flatMap((column) => {
      const { name: own, notNull } = column;
      const declared = columns[own];
      if (declared === undefined) return [];
      return {
        name: own,
        type: column.getSQLType().toUpperCase(),
        unit: declared.unit ?? null,
        meaning: declared.description,
        wire_field: inRecord(own, declared),
        nullable: !notNull,
        in_primary_key: key.includes(own),
      };
    }),
  };
}

const children = new Map<Table, Child>(
  resources.flatMap((resource) => resource.children.map((child) => [child.table, child] as const)),
);

/** Tells for columns of this table where a record of ChartMogul has their value. */
function findWireFields(table: Table): (name: string, column: Column) => string | null {
  const { from: list, elements } = children.get(table) ?? {};
  return (name, column) => {
    if (!isField(column) || column.from === "parent" || column.from === "position") return null;
    // The value has another form than the rows made from it.
    if (list !== undefined && elements !== undefined) return list;
    const within = list === undefined ? "" : `${list}[].`;
    const own = within + formatPath(column.from ?? [name]);
    return column.orFrom === undefined ? own : `${own} or ${within}${column.orFrom}`;
  };
}

/** A path such as `address.country`; metrics are put together from several requests, each named by its path: `metrics/mrr: mrr`. */
function formatPath(path: readonly string[]): string {
  const [first, ...rest] = path;
  return first?.includes("/") ? `${first}: ${rest.join(".")}` : path.join(".");
}
