import type * as z from "zod";
import type { ApiClient, Detail, Extract } from "../api/api-client.ts";
import type { Warehouse } from "../database/open.ts";
import { RecordError } from "../errors.ts";
import { mostLevels, wasCut } from "../json/read-json.ts";
import type { Value } from "../schema/columns.ts";
import { longestKey } from "../schema/key-length.ts";
import { knownKeys, tellUnknown } from "../schema/known-keys.ts";
import { isObject, type Odd, oddity, property, type RowReader, rowReader } from "../schema/row-reader.ts";
import { shapeOf, type Table } from "../schema/table.ts";
import type { Difference, OpenChangeLog } from "../store/change-log.ts";
import type { Oddities } from "../store/odd-fields.ts";
import type { CustomerOwnership } from "../store/owned-by-customer.ts";
import { logRecordChanges } from "../store/record-changes.ts";

/** One record as rows: values in the order of the table's own columns, without `account` and the bookkeeping columns. */
export interface Rows {
  readonly row: readonly Value[];
  /** For each child table of the resource its rows. */
  readonly children: readonly (readonly (readonly Value[])[])[];
}

/** What a record was mapped to. */
export interface Mapped extends Rows {
  /**
   * What in the record is not in the rows, by its path without places in lists, with what is to be said of it: `has no column`,
   * `was missing`, or such as `was not a number`.
   */
  readonly oddities: Oddities;
}

/** Child rows that are replaced together with their record. */
export interface Child {
  readonly table: Table;
  /** Path of keys in the record to the list of children. */
  readonly from: readonly string[];
  /**
   * True where no record is stored without all of them, because they carry money. Of others those that lack what they need are left
   * out.
   */
  readonly needed?: true;
  /** True where the key may be missing, which is no child. */
  readonly optional?: true;
  /** Turns what stands there into a list of objects; by default it is one already. */
  readonly elements?: z.ZodType<readonly unknown[]>;
  /** What should stand there, in words that go on after "is not"; by default a list. */
  readonly holds?: string;
  /** The keys that `elements` reads, where what stands there is an object. */
  readonly keysRead?: readonly string[];
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
export interface OwnedByCustomer extends CustomerOwnership {
  /**
   * Asks whether ChartMogul still has records that are asked for by this (`askedBy`), where it does not give single ones by their key;
   * undefined where the answer does not say. Without it, and without a `detail`, they are gone with their customer.
   */
  readonly has?: (api: ApiClient, by: string) => Promise<boolean | undefined>;
}

interface Definition {
  /** Name in commands, reports and `raw_records`; the table's name unless there is a reason. */
  readonly name: string;
  /**
   * Raised when the mapping changes, 2 by default: the next sync maps every record that it reads anew and resumes no checkpoint of before.
   * Records that are deleted keep their rows until `rebuild`.
   */
  readonly version?: number;
  readonly extract: Extract;
  readonly table: Table;
  readonly children?: readonly Child[];
  /** Keys that have no column on purpose, parts of their path joined by `.`: no one is told that they have none. */
  readonly leftOut?: readonly string[];
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
  readonly ownedByCustomer?: OwnedByCustomer;
  /**
   * Given where records that come from one history (`tells.by`) are worked out anew together and can be asked for by date: the dates of all
   * of one, as timestamps; undefined where ChartMogul does not give it.
   */
  readonly datesOf?: (api: ApiClient, history: string) => Promise<readonly string[] | undefined>;
  /** Where its changes are kept; by default in `record_changes`. */
  readonly changeLog?: OpenChangeLog;
  /** What is worked out in the warehouse, for one account, once a complete walk has been stored. */
  readonly conclude?: (warehouse: Warehouse, account: string, now: () => Date) => void;
}

type Optional = "detail" | "datedBy" | "datesOf" | "ownedByCustomer" | "staleParents" | "tells";

/** One ChartMogul collection and the tables that it becomes. */
export interface Resource extends Required<Omit<Definition, Optional>> {
  readonly detail: Detail | undefined;
  readonly datedBy: string | undefined;
  readonly datesOf: Definition["datesOf"];
  readonly ownedByCustomer: OwnedByCustomer | undefined;
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
  /** Why a record has no key. */
  keyless(record: unknown, parent: string | undefined): RecordError;
  /** Maps a record to rows. Throws a RecordError that names the field where it lacks what it needs. */
  map(record: unknown, parent: string | undefined): Mapped;
  /** The record's own values by column. */
  valuesOf(rows: Rows): ReadonlyMap<string, Value>;
  /** What has changed from one mapping of a record to the next. */
  differences(before: Rows, after: Rows): readonly Difference[];
  /** A made-up record with every key that the resource knows: what most records repeat. */
  readonly sample: string;
}

/** Declares a resource; the engine needs nothing else to sync it. */
export function defineResource(definition: Definition): Resource {
  const own = rowReader(definition.table);
  const children = (definition.children ?? []).map((child) => ({ ...child, ...rowReader(child.table) }));
  const known = knownKeys([
    ...own.keys,
    ...children.flatMap(({ from, elements, keysRead = [], keys }) => [
      from,
      ...(elements ? keysRead.map((each) => [each]) : keys).map((path) => [...from, ...path]),
    ]),
    ...(definition.leftOut ?? []).map((path) => path.split(".")),
  ]);
  const { key } = shapeOf(definition.table);
  const keyColumns = own.columns.filter(({ name }) => key.includes(name));

  const keyOf: Resource["keyOf"] = (record, parent) => {
    const parts: unknown[] = [];
    for (const { read, store } of keyColumns) {
      const there = read(record, { parent, place: 0 });
      const part = there === undefined ? undefined : store(there);
      if (part === undefined) return undefined;
      parts.push(part);
    }
    return parts.join("/");
  };

  const longKeyOf: Resource["longKeyOf"] = (record, parent) =>
    keyColumns.find(({ read }) => {
      const part = read(record, { parent, place: 0 });
      return typeof part === "string" && part.length > longestKey;
    })?.name;

  const keyless: Resource["keyless"] = (record, parent) => {
    const long = longKeyOf(record, parent);
    if (long !== undefined) return new RecordError(`${long}: longer than ${longestKey} characters`);
    for (const column of keyColumns) {
      const part = column.read(record, { parent, place: 0 });
      if (part !== undefined && column.store(part) === undefined)
        return new RecordError(oddity(column, part).reason);
    }
    return new RecordError("the record has no key");
  };

  const values = ({ row, children: rows }: Rows) =>
    new Map([
      ...own.values(row),
      ...children.flatMap((child, index) => (rows[index] ?? []).flatMap((each) => child.valuesOfChild(each))),
    ]);

  return {
    version: 2,
    children: [],
    leftOut: [],
    derived: false,
    detail: undefined,
    datedBy: undefined,
    datesOf: undefined,
    ownedByCustomer: undefined,
    staleParents: undefined,
    tells: undefined,
    changeLog: logRecordChanges,
    conclude: () => {},
    ...definition,
    keyOf,
    keyless,
    longKeyOf,
    dateOf(record) {
      const dated = own.columns.find(({ name }) => name === definition.datedBy);
      const date = dated?.store(dated.read(record, { parent: undefined, place: 0 }));
      return typeof date === "string" ? date : undefined;
    },
    map(record, parent) {
      if (!isObject(record)) throw new RecordError("the record is not an object");
      if (wasCut(record)) throw new RecordError(`record: nested deeper than ${mostLevels} levels`);
      const oddities = new Map<string, string>();
      const onOdd = (odd: Odd) => {
        if (odd.needed) throw new RecordError(odd.reason);
        oddities.set(odd.path, odd.what);
      };
      const ownKey = keyOf(record, parent);
      tellUnknown(record, known, (path) => oddities.set(path, "has no column"));
      return {
        row: own.row(record, { parent, place: 0 }, onOdd),
        children: children.map((child) => childRows(child, { record, key: ownKey, oddities })),
        oddities,
      };
    },
    valuesOf: ({ row }) => new Map(own.values(row).map(([column, { value }]) => [column, value])),
    differences(before, after) {
      const [old, present] = [values(before), values(after)];
      return [...new Set([...old.keys(), ...present.keys()])].flatMap((field) => {
        const [was, is] = [old.get(field), present.get(field)];
        if ((was?.value ?? null) === (is?.value ?? null)) return [];
        const volatile = (was ?? is)?.volatile ?? false;
        return { field, before: was?.value ?? null, after: is?.value ?? null, volatile };
      });
    },
    sample: JSON.stringify(
      Object.assign(own.sample, ...children.map(({ from, sample }) => ({ [from.at(-1) ?? ""]: [sample] }))),
    ),
  };
}

interface Parent {
  readonly record: object;
  readonly key: string | undefined;
  readonly oddities: Map<string, string>;
}

/** The rows of one child table of a record. */
function childRows(
  child: Child & RowReader,
  { record, key, oddities }: Parent,
): readonly (readonly Value[])[] {
  const path = child.from.join(".");
  const note = ({ path: own, what }: Pick<Odd, "path" | "what">) => void oddities.set(own, what);
  const refuse = (odd: Odd) => {
    if (child.needed) throw new RecordError(odd.reason);
    note(odd);
    return [];
  };
  const there = child.from.reduce(property, record as unknown);
  if (there === undefined && child.optional) return [];
  const list = child.elements === undefined ? there : child.elements.safeParse(there).data;
  if (!Array.isArray(list))
    return refuse(oddity({ path, needed: false, holds: child.holds ?? "a list" }, there));
  return list.flatMap((element: unknown, place) => {
    if (!isObject(element))
      return refuse({
        ...oddity({ path: `${path}.${place}`, needed: false, holds: "an object" }, element),
        path,
      });
    let lacking: Odd | undefined;
    const row = child.row(element, { parent: key, place }, (odd) => {
      const told = { ...odd, path: child.elements ? path : `${path}.${odd.path}` };
      if (!odd.needed) note(told);
      else lacking ??= { ...told, reason: `${path}.${place}.${odd.reason}` };
    });
    return lacking === undefined ? [row] : refuse(lacking);
  });
}
