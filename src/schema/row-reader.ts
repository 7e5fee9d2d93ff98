import { ExactNumber } from "../json/exact-number.ts";
import type { Value } from "./columns.ts";
import { type Field, type From, isField } from "./fields.ts";
import { shapeOf, type Table } from "./table.ts";

/** Where an object of the wire stands: in whose listing or record, and at which place of its list. */
export interface Place {
  readonly parent: string | undefined;
  readonly place: number;
}

/** A field that does not hold what it should, by its path; told, or thrown where no record is stored without it. */
export type OnOdd = (field: Odd) => void;

/** What is to be said of such a field. */
export interface Odd {
  readonly path: string;
  readonly needed: boolean;
  /** Such as `was not a number` or `was missing`. */
  readonly what: string;
  /** The same as a reason, with the value. */
  readonly reason: string;
}

/** Reads the rows of one table from the objects of the wire. */
export interface RowReader {
  readonly columns: readonly ColumnReader[];
  row(record: object, place: Place, onOdd: OnOdd): readonly Value[];
  /** The values of a row by column; the key is left out, since it never changes. */
  values(row: readonly Value[]): readonly NamedValue[];
  /** The same for a row of a child: each with the table and the child's key before it. */
  valuesOfChild(row: readonly Value[]): readonly NamedValue[];
  /** The paths of all keys that are read. */
  readonly keys: readonly (readonly string[])[];
  /** An object with every key that is read. */
  readonly sample: Readonly<Record<string, unknown>>;
}

type NamedValue = readonly [string, { readonly value: Value; readonly volatile: boolean }];

interface ColumnReader
  extends Pick<Field, "optional" | "needed" | "volatile" | "holds" | "store" | "instead"> {
  readonly name: string;
  /** The path of its key on the wire, as people read it. */
  readonly path: string;
  readonly read: (record: unknown, place: Place) => unknown;
}

/** Compiles the fields of a table. */
export function rowReader(of: Table): RowReader {
  const { name: table, key, columns: all } = shapeOf(of);
  const fields = Object.entries(all).flatMap(([name, column]) =>
    isField(column) ? [{ name, field: column, from: column.from ?? [name] }] : [],
  );
  const columns = fields.map(({ name, field, from }) => ({
    ...field,
    name,
    path: typeof from === "string" ? name : from.join("."),
    read: readFrom(from, field.alias),
  }));
  const onWire = fields.flatMap(({ field, from }) =>
    typeof from === "string" ? [] : [{ field, path: from }],
  );
  const heads = [
    ...new Set(onWire.flatMap(({ path: [first = "", ...rest] }) => (rest.length > 0 ? first : []))),
  ];
  const values = (row: readonly Value[]) =>
    columns.flatMap(({ name, volatile }, index): NamedValue[] =>
      key.includes(name) ? [] : [[name, { value: row[index] ?? null, volatile }]],
    );
  return {
    columns,
    row(record, place, onOdd) {
      for (const head of heads) {
        const there = property(record, head);
        if (there !== null && there !== undefined && !isObject(there))
          onOdd(oddity({ path: head, needed: false, holds: "an object" }, there));
      }
      return columns.map((column) => stored(column, column.read(record, place), onOdd));
    },
    values,
    valuesOfChild(row) {
      const keys = columns.flatMap(({ name }, index) =>
        key.slice(2).includes(name) ? [row[index] ?? null] : [],
      );
      const path = [table, ...keys].join(".");
      const rest = values(row).map(([name, value]): NamedValue => [`${path}.${name}`, value]);
      // A tag is all key: that it is there is its value.
      return rest.length > 0 ? rest : [[path, { value: keys.at(-1) ?? null, volatile: false }]];
    },
    keys: [
      ...onWire.map(({ path }) => path),
      ...fields.flatMap(({ field }) => (field.alias === undefined ? [] : [[field.alias]])),
    ],
    sample: sampleOf(onWire),
  };
}

/** What is stored of a value, where it is what it should be and where it is not. */
function stored(column: ColumnReader, value: unknown, onOdd: OnOdd): Value {
  if (value === undefined) {
    if (!column.optional) onOdd(oddity(column, value));
    return null;
  }
  const result = column.store(value);
  if (result !== undefined) return result;
  onOdd(oddity(column, value));
  return column.instead?.(value) ?? null;
}

/** What is to be said of a value that is not what its field holds; undefined where it is missing. */
export function oddity(
  { path, needed, holds }: Pick<ColumnReader, "path" | "needed" | "holds">,
  value: unknown,
): Odd {
  return value === undefined
    ? { path, needed, what: "was missing", reason: `${path}: it is missing` }
    : { path, needed, what: `was not ${holds}`, reason: `${path}: ${shown(value)} is not ${holds}` };
}

const shownLength = 60;

function shown(value: unknown): string {
  if (isObject(value)) return Array.isArray(value) ? "a list" : "an object";
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > shownLength ? `${text.slice(0, shownLength).toWellFormed()}…` : text;
}

function readFrom(from: From, alias: string | undefined): ColumnReader["read"] {
  if (from === "parent") return (_record, { parent }) => parent;
  if (from === "position") return (_record, { place }) => place;
  const [first = "", second] = from;
  if (alias !== undefined) return (record) => property(record, first) ?? property(record, alias);
  if (second === undefined) return (record) => property(record, first);
  return (record) => property(property(record, first), second);
}

/** The value under a key; undefined where there is none. */
export function property(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
}

/** True for lists, too. */
export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !(value instanceof ExactNumber);
}

interface OnWire {
  readonly field: Field;
  readonly path: readonly string[];
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
