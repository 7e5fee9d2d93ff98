import type * as z from "zod";
import type { ApiClient, Detail, Listing } from "../api/api-client.ts";
import type { Warehouse } from "../database/open.ts";
import { RecordError, requireDefined } from "../errors.ts";
import { mostLevels, wasCut } from "../json/read-json.ts";
import type { Value } from "../schema/columns.ts";
import { longestKey } from "../schema/key-length.ts";
import { collectKeys, findUnknownKeys } from "../schema/known-keys.ts";
import {
  createRowReader,
  describeOddity,
  isObject,
  type Oddity,
  type RowReader,
  readProperty,
} from "../schema/row-reader.ts";
import { getShape, type Table } from "../schema/table.ts";
import type { Difference, OpenChangeLog } from "../store/change-log.ts";
import type { Oddities } from "../store/odd-fields.ts";
import type { CustomerOwnership } from "../store/owned-by-customer.ts";
import { logRecordChanges } from "../store/record-changes.ts";

/** One record as rows: values in the order of the table's own columns, without `account`, `synced_at` and `deleted_at`. */
export interface Rows {
  readonly row: readonly Value[];
  /** The rows of each child table of the resource. */
  readonly children: readonly (readonly (readonly Value[])[])[];
}

/** What a record was mapped to. */
export interface Mapped extends Rows {
  /**
   * What the record has and the rows lack: paths without positions in lists, each with its problem. That is `has no column`,
   * `was missing`, or what the value was not, such as `was not a number`.
   */
  readonly oddities: Oddities;
}

/** Child rows, which are replaced together with their record. */
export interface Child {
  readonly table: Table;
  /** Path of the list of children in the record, keys joined by `.`. */
  readonly from: string;
  /** True if no record is stored without all of them, because they carry money. By default, odd children are left out. */
  readonly needed?: true;
  /** True if the key may be missing, which means no children. */
  readonly optional?: true;
  /** Turns the value into a list of objects; by default it is one already. */
  readonly elements?: z.ZodType<readonly unknown[]>;
  /** What is accepted, in words that follow "is not"; by default a list. */
  readonly expected?: string;
  /** The keys that `elements` reads, if the value is an object. */
  readonly keysRead?: readonly string[];
}

/** Child listings of another resource that need a refresh when records of this one are new or changed. */
interface Invalidation {
  readonly resource: string;
  /** This resource's column that names the parent of those listings. */
  readonly by: string;
  /** Finds the keys of the parents; by default the column has the key itself. */
  readonly findParents?: (
    warehouse: Warehouse,
    account: string,
    named: readonly string[],
  ) => readonly string[];
}

/** How records are owned by customers. */
export interface OwnedByCustomer extends CustomerOwnership {
  /**
   * Asks ChartMogul whether it still has records for this `askedBy`, for resources without a request for single records. Undefined if the
   * reply does not say. Without it, and without a `detail`, the records count as deleted with their customer.
   */
  readonly has?: (api: ApiClient, by: string) => Promise<boolean | undefined>;
}

interface ResourceDefinition {
  /** Name in commands, reports and `raw_records`; the table's name unless there is a reason. */
  readonly name: string;
  /**
   * Raised when the mapping changes; 2 by default. The next sync then maps every record that it reads again, and resumes no earlier
   * checkpoint. Deleted records keep their rows until `rebuild`.
   */
  readonly version?: number;
  readonly listing: Listing;
  readonly table: Table;
  readonly children?: readonly Child[];
  /** Keys without a column on purpose, as paths joined by `.`. They do not count as odd. */
  readonly keysWithoutColumn?: readonly string[];
  /** Requests one record; undefined if the API cannot. Asked before a record is marked as deleted. */
  readonly detail?: Detail;
  /**
   * True for records that ChartMogul computes from others and gives new keys when these change. New records then make up for as many
   * records that are gone, when the delete limit is checked.
   */
  readonly recomputed?: boolean;
  /** Column with the instant from which on the listing can be requested; undefined if it cannot. */
  readonly dateColumn?: string;
  /**
   * Only for child resources whose listings a sync may skip while nothing invalidates them. Finds the parents whose listing may have changed
   * merely because time has passed.
   */
  readonly findStaleParents?: (warehouse: Warehouse, account: string, now: Date) => readonly string[];
  /** The child listings that new or changed records of this resource invalidate. */
  readonly invalidates?: Invalidation;
  /** Only for records that are deleted and restored with their customer, although their listing is the account's. */
  readonly ownedByCustomer?: OwnedByCustomer;
  /**
   * Only for records that ChartMogul recomputes together, one history for each value of `invalidates.by`, and that can be requested by
   * date. Reads the dates of one history, as timestamps; undefined if ChartMogul does not give it.
   */
  readonly readHistoryDates?: (api: ApiClient, history: string) => Promise<readonly string[] | undefined>;
  /** Where changes of the records are kept; by default in `record_changes`. */
  readonly changeLog?: OpenChangeLog;
  /** Completes the rows of one account, once a complete walk has been stored. */
  readonly afterSync?: (warehouse: Warehouse, account: string, now: () => Date) => void;
}

type Optional =
  | "detail"
  | "dateColumn"
  | "readHistoryDates"
  | "ownedByCustomer"
  | "findStaleParents"
  | "invalidates";

/** One ChartMogul collection and the tables that it becomes. */
export interface Resource extends Required<Omit<ResourceDefinition, Optional>> {
  readonly detail: Detail | undefined;
  readonly dateColumn: string | undefined;
  readonly readHistoryDates: ResourceDefinition["readHistoryDates"];
  readonly ownedByCustomer: OwnedByCustomer | undefined;
  readonly findStaleParents: ResourceDefinition["findStaleParents"];
  readonly invalidates: Invalidation | undefined;
  /**
   * The record's key: the primary key without the account, parts joined by `/`. Undefined if the record has none. `parent` is the key of
   * the record whose listing had this one.
   */
  keyOf(record: unknown, parent: string | undefined): string | undefined;
  /** The column of the key whose text is too long for a key; undefined if there is none. */
  longKeyOf(record: unknown, parent: string | undefined): string | undefined;
  /** The record's value of `dateColumn` as it is stored; undefined if it has none. */
  dateOf(record: unknown): string | undefined;
  /** Says why a record has no key. */
  explainMissingKey(record: unknown, parent: string | undefined): RecordError;
  /** Maps a record to rows. Throws a RecordError that names the field if the record lacks what it needs. */
  map(record: unknown, parent: string | undefined): Mapped;
  /** The record's own values by column. */
  valuesOf(rows: Rows): ReadonlyMap<string, Value>;
  /** What changed from one mapping of a record to the next. */
  differences(before: Rows, after: Rows): readonly Difference[];
  /** An invented record with every key that the resource knows: the text that most records repeat. */
  readonly sample: string;
}

/** Declares a resource. The sync needs nothing else to read and store it. */
export function defineResource(definition: ResourceDefinition): Resource {
  const own = createRowReader(definition.table);
  const children = (definition.children ?? []).map((child) => readChild(child));
  const known = collectKeys([
    ...own.keys,
    ...children.flatMap((child) => child.keys),
    ...(definition.keysWithoutColumn ?? []).map((path) => path.split(".")),
  ]);
  const { keyOf, longKeyOf, explainMissingKey } = readKeys(definition.table, own);

  const nameValues = ({ row, children: rows }: Rows) =>
    new Map([
      ...own.nameValues(row),
      ...children.flatMap((child, index) =>
        (rows[index] ?? []).flatMap((each) => child.nameChildValues(each)),
      ),
    ]);

  return {
    version: 2,
    children: [],
    keysWithoutColumn: [],
    recomputed: false,
    detail: undefined,
    dateColumn: undefined,
    readHistoryDates: undefined,
    ownedByCustomer: undefined,
    findStaleParents: undefined,
    invalidates: undefined,
    changeLog: logRecordChanges,
    afterSync: () => {},
    ...definition,
    keyOf,
    longKeyOf,
    explainMissingKey,
    dateOf(record) {
      const dated = own.columns.find(({ name }) => name === definition.dateColumn);
      const date = dated?.store(dated.read(record, { parent: undefined, position: 0 }));
      return typeof date === "string" ? date : undefined;
    },
    map(record, parent) {
      if (!isObject(record)) throw new RecordError("the record is not an object");
      if (wasCut(record)) throw new RecordError(`record: nested deeper than ${mostLevels} levels`);
      const oddities = new Map<string, string>();
      findUnknownKeys(record, known, (path) => oddities.set(path, "has no column"));
      const key = keyOf(record, parent);
      const row = own.readRow(record, { parent, position: 0 }, (oddity) => {
        if (oddity.needed) throw new RecordError(oddity.reason);
        oddities.set(oddity.path, oddity.problem);
      });
      return {
        row,
        children: children.map((child) => child.readRows(record, key, oddities)),
        oddities,
      };
    },
    valuesOf: ({ row }) => new Map(own.nameValues(row).map(([column, { value }]) => [column, value])),
    differences(before, after) {
      const [old, present] = [nameValues(before), nameValues(after)];
      return [...new Set([...old.keys(), ...present.keys()])].flatMap((field) => {
        const [was, is] = [old.get(field), present.get(field)];
        if ((was?.value ?? null) === (is?.value ?? null)) return [];
        const volatile = (was ?? is)?.volatile ?? false;
        return { field, before: was?.value ?? null, after: is?.value ?? null, volatile };
      });
    },
    sample: JSON.stringify(
      Object.assign(own.sample, ...children.map(({ lastKey, sample }) => ({ [lastKey]: [sample] }))),
    ),
  };
}

/** How the key of a resource's records is read. */
function readKeys(
  table: Table,
  { columns }: RowReader,
): Pick<Resource, "keyOf" | "longKeyOf" | "explainMissingKey"> {
  const { key } = getShape(table);
  const keyColumns = columns.filter(({ name }) => key.includes(name));

  const keyOf: Resource["keyOf"] = (record, parent) => {
    const parts: unknown[] = [];
    for (const { read, store } of keyColumns) {
      const value = read(record, { parent, position: 0 });
      const part = value === undefined ? undefined : store(value);
      if (part === undefined) return undefined;
      parts.push(part);
    }
    return parts.join("/");
  };

  const longKeyOf: Resource["longKeyOf"] = (record, parent) =>
    keyColumns.find(({ read }) => {
      const part = read(record, { parent, position: 0 });
      return typeof part === "string" && part.length > longestKey;
    })?.name;

  const explainMissingKey: Resource["explainMissingKey"] = (record, parent) => {
    const long = longKeyOf(record, parent);
    if (long !== undefined) return new RecordError(`${long}: longer than ${longestKey} characters`);
    for (const column of keyColumns) {
      const part = column.read(record, { parent, position: 0 });
      if (part !== undefined && column.store(part) === undefined)
        return new RecordError(describeOddity(column, part).reason);
    }
    return new RecordError("the record has no key");
  };

  return { keyOf, longKeyOf, explainMissingKey };
}

/** A child of a resource as it is read from a record. */
interface ChildReader {
  readonly nameChildValues: RowReader["nameChildValues"];
  readonly sample: RowReader["sample"];
  /** The last key of the path to the list of children. */
  readonly lastKey: string;
  /** The paths of all keys that are read in a record. */
  readonly keys: readonly (readonly string[])[];
  /** Reads the rows of a record's children, and adds what is odd in them to `oddities`. `parent` is the record's key. */
  readRows(
    record: object,
    parent: string | undefined,
    oddities: Map<string, string>,
  ): readonly (readonly Value[])[];
}

function readChild({
  table,
  from,
  needed,
  optional,
  elements,
  expected = "a list",
  keysRead = [],
}: Child): ChildReader {
  const { keys, nameChildValues, readRow, sample } = createRowReader(table);
  const path = from.split(".");
  const below = elements ? keysRead.map((each) => [each]) : keys;

  return {
    nameChildValues,
    sample,
    lastKey: requireDefined(path.at(-1), "the last key of a path"),
    keys: [path, ...below.map((rest) => [...path, ...rest])],
    readRows(record, parent, oddities) {
      const refuse = (oddity: Oddity) => {
        if (needed) throw new RecordError(oddity.reason);
        oddities.set(oddity.path, oddity.problem);
        return [];
      };
      const value = path.reduce(readProperty, record as unknown);
      if (value === undefined && optional) return [];
      const list = elements === undefined ? value : elements.safeParse(value).data;
      if (!Array.isArray(list)) return refuse(describeOddity({ path: from, needed: false, expected }, value));
      return list.flatMap((element: unknown, position) => {
        const pathOfElement = `${from}.${position}`;
        if (!isObject(element)) {
          const oddity = describeOddity(
            { path: pathOfElement, needed: false, expected: "an object" },
            element,
          );
          return refuse({ ...oddity, path: from });
        }
        let lacking: Oddity | undefined;
        const row = readRow(element, { parent, position }, (oddity) => {
          const inRecord = { ...oddity, path: elements ? from : `${from}.${oddity.path}` };
          if (!oddity.needed) oddities.set(inRecord.path, inRecord.problem);
          else lacking ??= { ...inRecord, reason: `${pathOfElement}.${oddity.reason}` };
        });
        return lacking === undefined ? [row] : refuse(lacking);
      });
    },
  };
}
