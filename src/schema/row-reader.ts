import { ExactNumber } from "../json/exact-number.ts";
import type { Value } from "./columns.ts";
import { type Field, type From, isField } from "./fields.ts";
import { getShape, type Table } from "./table.ts";

/** Where an object was found: the key of its parent, undefined if it has none, and its position in the parent's list, from 0. */
export interface Origin {
  readonly parent: string | undefined;
  readonly position: number;
}

/** A value that its field does not accept. */
export interface Oddity {
  readonly path: string;
  /** Whether no record is stored without an accepted value. */
  readonly needed: boolean;
  /** Such as `was not a number` or `was missing`. */
  readonly problem: string;
  /** The problem as the reason of a reject, with the value. */
  readonly reason: string;
}

/** Reads the rows of one table from the objects that ChartMogul sends. */
export interface RowReader {
  readonly columns: readonly ColumnReader[];
  /** The row of an object. Calls `onOddity` for each value that its field does not accept. */
  readRow(record: object, origin: Origin, onOddity: (oddity: Oddity) => void): readonly Value[];
  /** The values of a row by column, without the key, since it never changes. */
  nameValues(row: readonly Value[]): readonly NamedValue[];
  /** The same for a row of a child table: before each column come the table and the child's key. */
  nameChildValues(row: readonly Value[]): readonly NamedValue[];
  /** The paths of all keys that are read. */
  readonly keys: readonly (readonly string[])[];
  /** An object with every key that is read. */
  readonly sample: Readonly<Record<string, unknown>>;
}

type NamedValue = readonly [string, { readonly value: Value; readonly volatile: boolean }];

interface ColumnReader
  extends Pick<Field, "optional" | "needed" | "volatile" | "expected" | "store" | "instead"> {
  readonly name: string;
  /** The path of the value in the record, as messages show it. */
  readonly path: string;
  readonly read: (record: unknown, origin: Origin) => unknown;
}

/** Compiles the fields of a table into a reader of its rows. */
export function createRowReader(of: Table): RowReader {
  const { name: table, key, columns: all } = getShape(of);
  const fields = Object.entries(all).flatMap(([name, column]) =>
    isField(column) ? [{ name, field: column, from: column.from ?? [name] }] : [],
  );
  const columns = fields.map(({ name, field, from }) => ({
    ...field,
    name,
    path: typeof from === "string" ? name : from.join("."),
    read: readFrom(from, field.orFrom),
  }));
  const onWire = fields.flatMap(({ field, from }) =>
    typeof from === "string" ? [] : [{ field, path: from }],
  );
  const objects = new Set(onWire.flatMap(({ path }) => (path.length > 1 ? path.slice(0, 1) : [])));
  const nameValues = (row: readonly Value[]) =>
    columns.flatMap(({ name, volatile }, index): NamedValue[] =>
      key.includes(name) ? [] : [[name, { value: row[index] ?? null, volatile }]],
    );
  return {
    columns,
    readRow(record, origin, onOddity) {
      for (const path of objects) {
        const value = readProperty(record, path);
        if (value !== null && value !== undefined && !isObject(value))
          onOddity(describeOddity({ path, needed: false, expected: "an object" }, value));
      }
      return columns.map((column) => storeValue(column, column.read(record, origin), onOddity));
    },
    nameValues,
    nameChildValues(row) {
      const keys = columns.flatMap(({ name }, index) =>
        key.slice(2).includes(name) ? [row[index] ?? null] : [],
      );
      const path = [table, ...keys].join(".");
      const rest = nameValues(row).map(([name, value]): NamedValue => [`${path}.${name}`, value]);
      // A tag consists of its key: its value is the key itself.
      return rest.length > 0 ? rest : [[path, { value: keys.at(-1) ?? null, volatile: false }]];
    },
    keys: [
      ...onWire.map(({ path }) => path),
      ...fields.flatMap(({ field }) => (field.orFrom === undefined ? [] : [[field.orFrom]])),
    ],
    sample: sampleOf(onWire),
  };
}

/** The stored form of a value, whether its field accepts it or not. */
function storeValue(column: ColumnReader, value: unknown, onOddity: (oddity: Oddity) => void): Value {
  if (value === undefined) {
    if (!column.optional) onOddity(describeOddity(column, value));
    return null;
  }
  const result = column.store(value);
  if (result !== undefined) return result;
  onOddity(describeOddity(column, value));
  return column.instead?.(value) ?? null;
}

/** Describes a value that its field does not accept; undefined is a missing one. */
export function describeOddity(
  { path, needed, expected }: Pick<ColumnReader, "path" | "needed" | "expected">,
  value: unknown,
): Oddity {
  return value === undefined
    ? { path, needed, problem: "was missing", reason: `${path}: it is missing` }
    : { path, needed, problem: `was not ${expected}`, reason: `${path}: ${shown(value)} is not ${expected}` };
}

const shownLength = 60;

function shown(value: unknown): string {
  if (isObject(value)) return Array.isArray(value) ? "a list" : "an object";
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > shownLength ? `${text.slice(0, shownLength).toWellFormed()}…` : text;
}

function readFrom(from: From, orFrom: string | undefined): ColumnReader["read"] {
  if (from === "parent") return (_record, { parent }) => parent;
  if (from === "position") return (_record, { position }) => position;
  const [first, second] = splitPath(from);
  if (orFrom !== undefined) return (record) => readProperty(record, first) ?? readProperty(record, orFrom);
  if (second === undefined) return (record) => readProperty(record, first);
  return (record) => readProperty(readProperty(record, first), second);
}

/** Splits a path, which has one or two keys: a value is at the top of a record or one level below. */
function splitPath([first, second, ...deeper]: readonly string[]): [
  first: string,
  second: string | undefined,
] {
  if (first === undefined || deeper.length > 0) throw new Error("a path has one or two keys");
  return [first, second];
}

/** The value under a key; undefined if there is none. */
export function readProperty(value: unknown, key: string): unknown {
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
    const [first, second] = splitPath(path);
    if (second === undefined) sample[first] = field.sample;
    else sample[first] = { ...(sample[first] as object | undefined), [second]: field.sample };
  }
  return sample;
}
