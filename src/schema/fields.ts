import { ExactNumber, toPlain } from "../json/exact-number.ts";
import { writeJson } from "../json/write-json.ts";
import type { Column, Value } from "./columns.ts";
import * as column from "./columns.ts";
import { longestKey, longestName } from "./key-length.ts";

/** Where a column's value comes from: a path of keys in the record, the key of its parent, or its position in the parent's list. */
export type From = readonly string[] | "parent" | "position";

/** A column whose values are read from records: where a value is found, what is accepted, and how it is stored. */
export interface Field extends Column {
  /** Undefined: under the column's own name. */
  readonly from: From | undefined;
  /** Another key under which records may have the value instead. */
  readonly orFrom?: string;
  /** True if the key may be missing in a record, which is stored as NULL and not counted as odd. */
  readonly optional: boolean;
  /**
   * True if no record is stored without an accepted value: keys, money, currencies, and dates by which figures are counted. A record
   * with any other odd value is stored without it, and the odd value is counted (docs/decisions/0027).
   */
  readonly needed: boolean;
  /** True if the value only repeats a metric or a time: `record_changes` leaves its changes out unless `SYNC_CHANGES_ALL` is set. */
  readonly volatile: boolean;
  /** What is accepted, in words that follow "is not". */
  readonly expected: string;
  /** The stored form of a value; undefined if the value is not accepted. */
  readonly store: (value: unknown) => Value | undefined;
  /** What is stored of a value that is not accepted, if the record is stored without it; by default NULL. */
  readonly instead?: (value: unknown) => Value;
  /** A typical value in a record. Only the compression of raw records uses it. */
  readonly sample: unknown;
}

/** The options of every field. */
interface FieldOptions {
  /** Path of the value in the record, keys joined by `.`; by default the column's own name. */
  readonly from?: string;
  /** See `Field`. */
  readonly orFrom?: string;
  /** See `Field`; by default false, but true with `orFrom`. */
  readonly optional?: boolean;
  /** See `Field`; by default false. */
  readonly needed?: boolean;
  /** See `Field`; by default false. */
  readonly volatile?: boolean;
}

/** One kind of value: accepted, stored and shown alike in every resource. */
type Kind = Pick<Field, "expected" | "store" | "instead" | "sample">;

function field<C extends Column>(column: C, kind: Kind, options: FieldOptions = {}) {
  const { from, orFrom, optional = orFrom !== undefined, needed = false, volatile = false } = options;
  return {
    ...column,
    ...kind,
    from: from?.split("."),
    ...(orFrom !== undefined && { orFrom }),
    optional,
    needed,
    volatile,
  };
}

/** Unknown is stored as NULL, even where ChartMogul sends an empty string. */
const unlessUnknown =
  (store: (value: unknown) => Value | undefined): Field["store"] =>
  (value) =>
    value === null || value === "" ? null : store(value);

const asText = (value: unknown) => (typeof value === "string" ? value : undefined);

/** Text, the digits of a number, true or false; undefined for lists and objects. */
const asScalar = (value: unknown) =>
  typeof value !== "object" || value instanceof ExactNumber ? String(value) : undefined;

const textKind: Kind = {
  expected: "text",
  store: unlessUnknown(asText),
  instead: (value) => asScalar(value) ?? null,
  sample: "",
};
const keyKind = (longest: number): Kind => ({
  expected: `text of 1 to ${longest} characters`,
  store: (value) =>
    typeof value === "string" && value.length > 0 && value.length <= longest ? value : undefined,
  sample: "00000000-0000-0000-0000-000000000000",
});
const idKind = keyKind(longestKey);
const integerKind: Kind = {
  expected: "a whole number of 64 bits",
  store: unlessUnknown(wholeNumber),
  sample: 0,
};
const numberKind: Kind = {
  expected: "a number",
  store: unlessUnknown(anyNumber),
  sample: 0.5,
};
const centsKind: Kind = {
  expected: integerKind.expected,
  // Before 2022 ChartMogul sent amounts with fractions of a cent.
  store: unlessUnknown((value) => wholeNumber(value) ?? rounded(anyNumber(value))),
  sample: 1000,
};
const idNumberKind: Kind = { expected: integerKind.expected, store: wholeNumber, sample: 1_000_000_000 };
const scalarKind: Kind = {
  expected: "text, a number, true or false",
  store: unlessUnknown(asScalar),
  sample: "",
};
const booleanKind: Kind = {
  expected: "true or false",
  store: (value) => (value === null ? null : typeof value === "boolean" ? Number(value) : undefined),
  sample: false,
};
const jsonKind: Kind = {
  expected: "anything",
  store: (value) => (value === null ? null : writeJson(value)),
  sample: [],
};
const datetimeKind: Kind = {
  expected: "an instant of the calendar",
  store: unlessUnknown((value) => (typeof value === "string" ? toUtc(value) : undefined)),
  sample: "2025-01-01T00:00:00.000Z",
};
const dateKind: Kind = {
  expected: "a day of the calendar",
  store: unlessUnknown((value) => (typeof value === "string" ? toDay(value) : undefined)),
  sample: "2025-01-01",
};

/** Text; an empty string is stored as NULL. */
export const text = (description: string, options?: FieldOptions) =>
  field(column.text(description), textKind, options);

/** Text, a number, true or false, stored as text: for settings whose type ChartMogul does not document. */
export const scalar = (description: string, options?: FieldOptions) =>
  field(column.text(description), scalarKind, options);

/** A whole number of at most 64 bits; an empty string is stored as NULL. */
export const integer = (
  description: string,
  { unit, ...options }: FieldOptions & { readonly unit?: string } = {},
) => field(column.integer(description, unit), integerKind, options);

/** A number with decimals, where 1.5 is 1.5 %; an empty string is stored as NULL. */
export const percent = (description: string, options?: FieldOptions) =>
  field(column.double(description, "percent"), numberKind, options);

/** A number that may have decimals, such as a quantity in hours; an empty string is stored as NULL. */
export const number = (description: string, options?: FieldOptions) =>
  field(column.double(description), numberKind, options);

/**
 * An amount of money as an integer of at most 64 bits in hundredths of the currency's main unit, even if the currency has no cents. No
 * record is stored without it. `currency` says whose currency that is, or names the column that has it.
 */
export const cents = (
  description: string,
  { currency = "the account's currency", ...options }: FieldOptions & { readonly currency?: string } = {},
) => field(column.integer(description, `hundredths of ${currency}`), centsKind, { needed: true, ...options });

/** true or false, stored as 1 or 0. */
export const boolean = (description: string, options?: FieldOptions) =>
  field(column.boolean(description), booleanKind, options);

/** An instant in any of ChartMogul's spellings, stored in UTC. */
export const datetime = (description: string, options?: FieldOptions) =>
  field(column.datetime(description), datetimeKind, options);

/** A calendar day, stored as the record has it. */
export const date = (description: string, options?: FieldOptions) =>
  field(column.date(description), dateKind, options);

/** A calendar day in the account's time zone. */
export const accountDay = (description: string, options?: FieldOptions) =>
  field(column.accountDay(description), dateKind, options);

/** A list or object, stored as JSON text. */
export const json = (description: string, options?: FieldOptions) =>
  field(column.text(description), jsonKind, options);

type KeyOptions = Pick<FieldOptions, "from">;

/** Text that is part of a primary key: never null, never empty. */
export const id = (description: string, options?: KeyOptions) =>
  field(column.required(column.text(description)), idKind, { needed: true, ...options });

/** Text that distinguishes a child row from the others of its record: never null, never empty. */
export const name = (description: string, options?: KeyOptions) =>
  field(column.required(column.text(description)), keyKind(longestName), { needed: true, ...options });

/** A whole number that is part of a primary key. */
export const idNumber = (description: string, options?: KeyOptions) =>
  field(column.required(column.integer(description)), idNumberKind, { needed: true, ...options });

/** A calendar day in the account's time zone that is part of a primary key. */
export const idDate = (description: string, options?: KeyOptions) =>
  field(
    column.required(column.accountDay(description)),
    { ...dateKind, store: (value) => dateKind.store(value) ?? undefined },
    { needed: true, ...options },
  );

/** The key of the parent record, which the record itself does not contain. `part` selects one of its parts, from 0; by default all. */
export const parentKey = (description: string, { part }: { readonly part?: number } = {}) => ({
  ...field(column.required(column.text(description)), idKind, { needed: true }),
  from: "parent" as const,
  ...(part !== undefined && { store: (value: unknown) => splitKey(value)[part] }),
});

/** The position of a child row in its parent's list, from 0. */
export const position = (description: string) => ({
  ...field(column.required(column.integer(description)), idNumberKind, { needed: true }),
  from: "position" as const,
});

const splitKey = (key: unknown) => String(key).split("/");

/** True for a column whose values are read from records, false for one that this program fills itself. */
export function isField(column: Column): column is Field {
  return "store" in column;
}

/** A whole number that SQLite can store, as a bigint if a double may not hold it exactly; undefined for anything else. */
function wholeNumber(value: unknown): number | bigint | undefined {
  const number = toPlain(value);
  if (Number.isSafeInteger(number)) return number as number;
  const whole = typeof number === "number" && Number.isInteger(number) ? BigInt(number) : number;
  return typeof whole === "bigint" && BigInt.asIntN(64, whole) === whole ? whole : undefined;
}

/** The nearest double. */
function anyNumber(value: unknown): number | undefined {
  const number = typeof value === "number" || value instanceof ExactNumber ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}

function rounded(value: number | undefined): number | undefined {
  const whole = Math.round(value ?? Number.NaN);
  return Number.isSafeInteger(whole) ? whole : undefined;
}

// Days above 28 and the year 0000 take the slower path, where the calendar decides.
const plainUtc =
  /^((?!0000)\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8]))[T ]((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.\d+)?(?:Z|\+00:00)?$/;
const anyInstant = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d)(?:\.\d+)? ?(Z|[+-]\d\d:?\d\d)?)?$/;

/**
 * Reads every spelling of an instant that ChartMogul uses and gives `YYYY-MM-DD HH:MM:SS` in UTC. Without an offset, the instant
 * is in UTC. Fractions of a second are cut off. Undefined for anything that is not an instant of the years 0001 to 9999 in UTC.
 * Other years do not have this form, and readers such as Python reject the year 0000.
 */
export function toUtc(value: string): string | undefined {
  const inUtc = plainUtc.exec(value);
  if (inUtc) return `${inUtc[1]} ${inUtc[2]}`;
  const [, day, time = "00:00:00", offset = "Z"] = anyInstant.exec(value) ?? [];
  if (day === undefined || toDay(day) === undefined) return undefined;
  const zone = offset.length === 5 ? `${offset.slice(0, 3)}:${offset.slice(3)}` : offset;
  const instant = Date.parse(`${day}T${time}${zone}`);
  if (Number.isNaN(instant)) return undefined;
  const utc = new Date(instant).toISOString();
  return hasYear(utc) ? utc.slice(0, 19).replace("T", " ") : undefined;
}

/** The calendar day of a date or timestamp as it is written, without conversion to UTC; undefined if there is none. */
function toDay(value: string): string | undefined {
  const day = value.slice(0, 10);
  const instant = Date.parse(`${day}T00:00:00Z`);
  // Date.parse turns the 31st of February into a day of March: only a real day stays the same.
  if (Number.isNaN(instant) || !new Date(instant).toISOString().startsWith(day) || !hasYear(day))
    return undefined;
  return value.length === 10 || toUtc(value) !== undefined ? day : undefined;
}

/** True for the years 0001 to 9999; beyond them ISO 8601 writes a sign and six digits. */
const hasYear = (iso: string) => /^(?!0000)\d{4}-/.test(iso);
