import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import { foreignKey, primaryKey, sqliteTable } from "drizzle-orm/sqlite-core";
import { type Column, datetime, text } from "./columns.ts";

/** What drizzle does not know about a table: the meaning of its columns, and how its rows are stored in the file. */
export interface TableShape {
  readonly name: string;
  readonly description: string;
  /** Every column in the order of the table. */
  readonly columns: Readonly<Record<string, Column>>;
  /** Names of the columns of the primary key. */
  readonly key: readonly string[];
  /** Columns that are NULL while the record exists and filled once it is deleted; none in tables of other rows. */
  readonly tombstone: readonly string[];
  /** Secondary indexes, each a list of columns with `account` first; see `createIndexes`. */
  readonly indexes: readonly (readonly IndexColumn[])[];
  /** The query that gives its rows; undefined if they are not derived from other tables. */
  readonly select?: string | undefined;
}

/** A column of an index; `anyCase` if it is looked up with COLLATE NOCASE. */
export type IndexColumn = string | { readonly anyCase: string };

const shape = Symbol("shape");

/** A table that knows its shape. It is exported because type declarations need its name. */
export interface Shaped {
  readonly [shape]: TableShape;
}

/** A drizzle table that also knows its shape. */
export type Table = SQLiteTable & Shaped;

interface Foreign {
  readonly columns: readonly string[];
  readonly table: Table;
}

interface TableOptions {
  readonly description: string;
  /** Columns of the primary key; in an account table those after `account`. */
  readonly key: readonly string[];
  /** Parents, each referenced by `account` and the named columns through the parent's primary key. */
  readonly references?: readonly Foreign[];
  /** Column lists of secondary indexes; `account` is put in front. */
  readonly indexes?: readonly (readonly IndexColumn[])[];
  /** Columns that are filled only for deleted records. */
  readonly tombstone?: readonly string[];
  /** For rows derived from other tables: a SELECT that gives the columns by their names. */
  readonly select?: string;
}

const account = text("Your name for the ChartMogul account: the name of its API key.");

type Columns = Readonly<Record<string, Column>>;
type Builders<C extends Columns> = { [K in keyof C]: C[K]["builder"] };

/**
 * Declares a table whose rows belong to an account: `account` comes first and leads the primary key.
 * The result must be exported from its module, or drizzle-kit does not see it.
 */
export function accountTable<const Name extends string, C extends Columns>(
  name: Name,
  columns: C,
  options: TableOptions,
) {
  const all = { account: { ...account, builder: account.builder.notNull() }, ...columns };
  const led = (columns: readonly IndexColumn[]) => ["account", ...columns];
  return defineTable(name, all, {
    ...options,
    key: ["account", ...options.key],
    indexes: (options.indexes ?? []).map(led),
  });
}

/** Declares a table whose rows belong to no account. The result must be exported, too. */
export function fileTable<const Name extends string, C extends Columns>(
  name: Name,
  columns: C,
  options: Pick<TableOptions, "description" | "key" | "select">,
) {
  return defineTable(name, columns, options);
}

function defineTable<const Name extends string, C extends Columns>(
  name: Name,
  columns: C,
  { description, key, tombstone = [], indexes = [], references = [], select }: TableOptions,
) {
  const builders = Object.fromEntries(
    Object.entries(columns).map(([column, { builder }]) => [column, builder]),
  );
  const definition: TableShape = { name, description, columns, key, tombstone, indexes, select };
  const drizzleTable = sqliteTable(name, builders as Builders<C>, (self) => {
    const pick = pickFrom(self, name);
    return [
      primaryKey({ columns: pick(key) }),
      ...references.map((reference) => {
        const foreign = getShape(reference.table);
        return foreignKey({
          name: `${name}_${reference.columns.join("_") || "account"}_fk`,
          columns: pick(["account", ...reference.columns]),
          foreignColumns: pickFrom(reference.table, foreign.name)(foreign.key),
        });
      }),
    ];
  });
  const shaped: Shaped = { [shape]: definition };
  return Object.assign(drizzleTable, shaped);
}

/**
 * Declares a table of ChartMogul's records: an account table with `synced_at` and `deleted_at` after its own columns. `whenDeleted` has further
 * columns that are NULL while the record exists.
 */
export function recordTable<
  const Name extends string,
  C extends Columns,
  const D extends Columns = Record<never, never>,
>(
  name: Name,
  columns: C,
  { whenDeleted, ...options }: Omit<TableOptions, "tombstone"> & { readonly whenDeleted?: D },
) {
  const more = whenDeleted ?? ({} as D);
  return accountTable(
    name,
    { ...columns, ...syncColumns, ...more },
    { ...options, tombstone: ["deleted_at", ...Object.keys(more)] },
  );
}

const syncColumns = {
  synced_at: datetime(
    "When the row was last written: its record was new, had changed, or was read in a rolling refresh (UTC).",
  ),
  deleted_at: datetime("When the record was found deleted in ChartMogul (UTC); NULL while it exists."),
};

/** The shape of a table that was declared here. */
export function getShape(table: Table): TableShape {
  return table[shape];
}

type NonEmpty = [SQLiteColumn, ...SQLiteColumn[]];

function pickFrom(columns: object, table: string): (names: readonly string[]) => NonEmpty {
  const byName = columns as Readonly<Record<string, SQLiteColumn>>;
  return (names) =>
    names.map((name) => {
      const column = byName[name];
      if (!column) throw new Error(`table ${table} has no column ${name}`);
      return column;
    }) as NonEmpty;
}
