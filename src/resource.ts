import * as z from "zod";
import type { Detail, Extract, Source } from "./chartmogul/source.ts";
import { RecordError } from "./errors.ts";
import { type Field, isField } from "./fields.ts";
import { mostLevels, wasCut } from "./json/read-json.ts";
import type { Bond } from "./warehouse/belongings.ts";
import type { Value } from "./warehouse/columns.ts";
import type { Difference, HistoryKeeper } from "./warehouse/history.ts";
import { longestKey } from "./warehouse/key-length.ts";
import type { Warehouse } from "./warehouse/open.ts";
import { changesOfRecords } from "./warehouse/record-changes.ts";
import { shapeOf, type Table } from "./warehouse/table.ts";

/** One record as rows: values in the order of the table's own columns, without `account` and the bookkeeping columns. */
export interface Rows {
  readonly row: readonly Value[];
  /** For each child table of the resource its rows. */
  readonly children: readonly (readonly (readonly Value[])[])[];
}

/** Child rows that are replaced together with their record. */
export interface Child {
  readonly table: Table;
  /** Path of keys in the record to the list of children. */
  readonly from: readonly string[];
  /** Turns what stands there into a list of objects; by default it is one already. */
  readonly elements?: z.ZodType<readonly unknown[]>;
}

/** Which listings of another resource may have changed when records of this one have. */
interface Telling {
  readonly of: string;
  /** Own column that names the record whose listing it is. */
  readonly by: string;
  /** Finds the keys of these records; by default the column holds the key. */
  readonly parents?: (warehouse: Warehouse, account: string, named: readonly string[]) => readonly string[];
}

/** How records belong to customers. */
export interface OfCustomers extends Bond {
  /**
   * Asks whether ChartMogul still has records that are asked for by this (`askedBy`), where it does not give single ones by their key;
   * undefined where the answer does not say. Without it, and without a `detail`, they are gone with their customer.
   */
  readonly has?: (source: Source, by: string) => Promise<boolean | undefined>;
}

interface Definition {
  /** Name in commands, reports and `raw_records`; the table's name unless there is a reason. */
  readonly name: string;
  /**
   * Raised when the mapping changes: the next sync maps every record that it reads anew and resumes no checkpoint of before.
   * Records that are deleted keep their rows until `rebuild`.
   */
  readonly version?: number;
  readonly extract: Extract;
  readonly table: Table;
  readonly children?: readonly Child[];
  /** How one record is had; undefined where the API has no such read. Asked before a record counts as deleted. */
  readonly detail?: Detail;
  /**
   * True for records that ChartMogul works out from others, and makes anew under other keys when these change: as many new ones as
   * missing ones are no loss.
   */
  readonly derived?: boolean;
  /** Column of the instant by which the listing can be asked for from a day on; undefined where it cannot be. */
  readonly datedBy?: string;
  /**
   * Given where a sync may leave out listings of which nothing says that they have changed (in resources with one listing for each
   * record of another): the keys of those whose content may have changed with time alone.
   */
  readonly staleParents?: (warehouse: Warehouse, account: string, now: Date) => readonly string[];
  /** What new or changed records of this resource say of such a resource. */
  readonly tells?: Telling;
  /** Given where records belong to customers: they are deleted with them, though a walk need not notice it, and come back with them. */
  readonly ofCustomers?: OfCustomers;
  /**
   * Given where records that come from one history (`tells.by`) are worked out anew together and can be asked for by date: the dates of all
   * of one, as timestamps; undefined where ChartMogul does not give it.
   */
  readonly datesOf?: (source: Source, history: string) => Promise<readonly string[] | undefined>;
  /** Where its changes are kept; by default in `record_changes`. */
  readonly history?: HistoryKeeper;
  /** What is worked out in the warehouse, for one account, once a complete walk has been stored. */
  readonly conclude?: (warehouse: Warehouse, account: string) => void;
}

type Optional = "detail" | "datedBy" | "datesOf" | "ofCustomers" | "staleParents" | "tells";

/** One ChartMogul collection and the tables that it becomes. */
export interface Resource extends Required<Omit<Definition, Optional>> {
  readonly detail: Detail | undefined;
  readonly datedBy: string | undefined;
  readonly datesOf: Definition["datesOf"];
  readonly ofCustomers: OfCustomers | undefined;
  readonly staleParents: Definition["staleParents"];
  readonly tells: Telling | undefined;
  /**
   * The record's key: the primary key without the account, parts joined by `/`; undefined where the record has none.
   * `parent` is the key of the record whose listing this one came from.
   */
  keyOf(record: unknown, parent: string | undefined): string | undefined;
  /** The column of the key whose text is too long for one; undefined where none is. */
  longKeyOf(record: unknown, parent: string | undefined): string | undefined;
  /** The record's value of `datedBy` as it is stored; undefined where it has none. */
  dateOf(record: unknown): string | undefined;
  /** Validates a record and maps it to rows. Throws a RecordError that names the field. */
  map(record: unknown, parent: string | undefined): Rows;
  /** The record's own values by column. */
  valuesOf(rows: Rows): ReadonlyMap<string, Value>;
  /** What has changed from one mapping of a record to the next. */
  differences(before: Rows, after: Rows): readonly Difference[];
  /** A made-up record with every key that the resource knows: what most records repeat. */
  readonly sample: string;
}

/** Declares a resource; the engine needs nothing else to sync it. */
export function defineResource(definition: Definition): Resource {
  const own = reader(definition.table);
  const children = (definition.children ?? []).map((child) => {
    const { wire, ...rows } = reader(child.table);
    return { ...rows, from: child.from, wire: (child.elements ?? z.array(z.unknown())).pipe(z.array(wire)) };
  });
  const { key } = shapeOf(definition.table);
  const keyColumns = own.columns.filter(({ name }) => key.includes(name));

  const keyOf: Resource["keyOf"] = (record, parent) => {
    const parts: unknown[] = [];
    for (const { read, wire } of keyColumns) {
      const part = read(record, parent, 0);
      const parsed = wire.safeParse(part);
      if (!parsed.success) return undefined;
      parts.push(parsed.data);
    }
    return parts.join("/");
  };

  const longKeyOf: Resource["longKeyOf"] = (record, parent) =>
    keyColumns.find(({ read }) => {
      const part = read(record, parent, 0);
      return typeof part === "string" && part.length > longestKey;
    })?.name;

  const values = ({ row, children: rows }: Rows) =>
    new Map([
      ...own.values(row),
      ...children.flatMap((child, index) => (rows[index] ?? []).flatMap((each) => child.valuesOfChild(each))),
    ]);

  return {
    version: 1,
    children: [],
    derived: false,
    detail: undefined,
    datedBy: undefined,
    datesOf: undefined,
    ofCustomers: undefined,
    staleParents: undefined,
    tells: undefined,
    history: changesOfRecords,
    conclude: () => {},
    ...definition,
    keyOf,
    longKeyOf,
    dateOf(record) {
      const dated = own.columns.find(({ name }) => name === definition.datedBy);
      const value = dated?.read(record, undefined, 0);
      const date = dated?.wire.safeParse(value).success ? dated.store(value) : undefined;
      return typeof date === "string" ? date : undefined;
    },
    map(record, parent) {
      if (wasCut(record)) throw new RecordError(`record: nested deeper than ${mostLevels} levels`);
      const ownKey = keyOf(record, parent);
      return {
        row: own.row(check(own.wire, record), parent, 0),
        children: children.map((child) =>
          check(child.wire, at(record, child.from), child.from).map((element, place) =>
            child.row(element, ownKey, place),
          ),
        ),
      };
    },
    valuesOf: ({ row }) => new Map(own.values(row).map(([column, { value }]) => [column, value])),
    differences(before, after) {
      const [old, present] = [values(before), values(after)];
      return [...new Set([...old.keys(), ...present.keys()])].flatMap((field) => {
        const [was, is] = [old.get(field), present.get(field)];
        if ((was?.value ?? null) === (is?.value ?? null)) return [];
        const quiet = (was ?? is)?.quiet ?? false;
        return { field, before: was?.value ?? null, after: is?.value ?? null, quiet };
      });
    },
    sample: JSON.stringify(
      Object.assign(own.sample, ...children.map(({ from, sample }) => ({ [from.at(-1) ?? ""]: [sample] }))),
    ),
  };
}

function check<T>(wire: z.ZodType<T>, value: unknown, path: readonly string[] = []): T {
  const parsed = wire.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = [...path, ...(issue?.path ?? [])].join(".");
  throw new RecordError(`${where || "record"}: ${issue?.message ?? "not valid"}`);
}

function at(record: unknown, path: readonly string[]): unknown {
  return path.reduce(property, record);
}

interface Reader {
  readonly wire: z.ZodObject;
  readonly columns: readonly ColumnReader[];
  /** The row of a record that `wire` has accepted. */
  row(record: unknown, parent: string | undefined, place: number): readonly Value[];
  /** The values of a row by column; the key is left out, since it never changes. */
  values(row: readonly Value[]): readonly NamedValue[];
  /** The same for a row of a child: each with the table and the child's key before it. */
  valuesOfChild(row: readonly Value[]): readonly NamedValue[];
  readonly sample: Readonly<Record<string, unknown>>;
}

type NamedValue = readonly [string, { readonly value: Value; readonly quiet: boolean }];

interface ColumnReader {
  readonly name: string;
  readonly quiet: boolean;
  readonly read: (record: unknown, parent: string | undefined, place: number) => unknown;
  readonly wire: Field["wire"];
  readonly store: Field["store"];
}

/** Compiles the fields of a table: one zod object for the wire, one function for the row. */
function reader(of: Table): Reader {
  const shape = shapeOf(of);
  const fields = Object.entries(shape.columns).flatMap(([name, column]) =>
    isField(column) ? [{ name, field: column, from: column.from ?? [name] }] : [],
  );
  const columns = fields.map(({ name, field, from }) => ({
    name,
    quiet: field.quiet,
    read: readFrom(from, field.alias),
    wire: field.wire,
    store: field.store,
  }));
  const { name: table, key } = shape;
  const values = (row: readonly Value[]) =>
    columns.flatMap(({ name, quiet }, index): NamedValue[] =>
      key.includes(name) ? [] : [[name, { value: row[index] ?? null, quiet }]],
    );
  const onWire = fields.flatMap(({ field, from }) =>
    typeof from === "string" ? [] : [{ field, path: from }],
  );
  const aliases = fields.flatMap(({ field }) =>
    field.alias === undefined ? [] : [{ field, path: [field.alias] }],
  );
  return {
    wire: wireObject([...onWire, ...aliases]),
    columns,
    row: (record, parent, place) =>
      columns.map((column) => stored(column, column.read(record, parent, place))),
    values,
    valuesOfChild(row) {
      const keys = columns.flatMap(({ name }, index) =>
        key.slice(2).includes(name) ? [row[index] ?? null] : [],
      );
      const path = [table, ...keys].join(".");
      const rest = values(row).map(([name, value]): NamedValue => [`${path}.${name}`, value]);
      // A tag is all key: that it is there is its value.
      return rest.length > 0 ? rest : [[path, { value: keys.at(-1) ?? null, quiet: false }]];
    },
    sample: sampleOf(onWire),
  };
}

function stored({ name, store }: ColumnReader, value: unknown): Value {
  if (value === undefined) return null;
  const result = store(value);
  if (result !== undefined) return result;
  throw new RecordError(`${name}: ${JSON.stringify(value)} does not exist in the calendar`);
}

function readFrom(from: NonNullable<Field["from"]>, alias: string | undefined): ColumnReader["read"] {
  if (from === "parent") return (_record, parent) => parent;
  if (from === "position") return (_record, _parent, place) => place;
  const [first = "", second] = from;
  if (alias !== undefined) return (record) => property(record, first) ?? property(record, alias);
  if (second === undefined) return (record) => property(record, first);
  return (record) => property(property(record, first), second);
}

function property(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

interface OnWire {
  readonly field: Field;
  readonly path: readonly string[];
}

function wireObject(fields: readonly OnWire[]): z.ZodObject {
  const shape: Record<string, z.ZodType> = {};
  for (const { field, path } of fields) {
    const [first = ""] = path;
    if (path.length === 1) {
      shape[first] = field.optional ? field.wire.optional() : field.wire;
    } else if (!(first in shape)) {
      const nested = fields.filter(({ path: [head] }) => head === first);
      const object = wireObject(nested.map((inner) => ({ ...inner, path: inner.path.slice(1) })));
      shape[first] = nested.every((inner) => inner.field.optional) ? object.nullish() : object;
    }
  }
  return z.object(shape);
}

function sampleOf(fields: readonly OnWire[]): Record<string, unknown> {
  const sample: Record<string, unknown> = {};
  for (const { field, path } of fields) {
    const [first = "", second] = path;
    if (second === undefined) sample[first] = field.sample;
    else sample[first] = { ...(sample[first] as object | undefined), [second]: field.sample };
  }
  return sample;
}
