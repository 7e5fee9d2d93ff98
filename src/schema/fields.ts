import { ExactNumber, plain } from "../json/exact-number.ts";
import { writeJson } from "../json/write-json.ts";
import type { Column, Value } from "./columns.ts";
import * as column from "./columns.ts";
import { longestKey, longestName } from "./key-length.ts";

/** Where a column's value comes from: a path of keys in the record, or what surrounds the record. */
export type From = readonly string[] | "parent" | "position";

/** A column that says where its value comes from on the wire, what should stand there and how it is stored. */
export interface Field extends Column {
  /** Undefined: the wire key is the column's own name. */
  readonly from: From | undefined;
  /** Another key under which the wire may have it. */
  readonly alias?: string;
  /** True where the key may be missing, which then reads as NULL. */
  readonly optional: boolean;
  /**
   * True where a record must not be stored without what should stand there: keys, money, currencies, and dates that figures are
   * counted by. Everything else is stored without it, and told (docs/decisions/0027).
   */
  readonly needed: boolean;
  /** True where the value only repeats a metric or a time that other records tell, so that its change is no news. */
  readonly volatile: boolean;
  /** What should stand there, in words that go on after "is not". */
  readonly holds: string;
  /** The stored form of a value of the wire; undefined where the value is not what should stand there. */
  readonly store: (value: unknown) => Value | undefined;
  /** What is stored of a value that should not stand there, where the record can do without it; by default NULL. */
  readonly instead?: (value: unknown) => Value;
  /** A value as it looks on the wire; it only serves the compression of raw records. */
  readonly sample: unknown;
}

/** One kind of value: accepted, stored and shown alike in every resource. */
type Kind = Pick<Field, "holds" | "store" | "instead" | "sample">;

type Path = string | readonly string[];

function field<C extends Column>(column: C, from: Path | undefined, kind: Kind) {
  return {
    ...column,
    ...kind,
    from: typeof from === "string" ? [from] : from,
    optional: false,
    needed: false,
    volatile: false,
  };
}

/** Unknown is NULL, also where the wire writes it as an empty string. */
const unlessUnknown =
  (store: (value: unknown) => Value | undefined): Field["store"] =>
  (value) =>
    value === null || value === "" ? null : store(value);

const asText = (value: unknown) => (typeof value === "string" ? value : undefined);

/** Text, the digits of a number, true or false; undefined for lists and objects. */
const asScalar = (value: unknown) =>
  typeof value !== "object" || value instanceof ExactNumber ? String(value) : undefined;

const textKind: Kind = {
  holds: "text",
  store: unlessUnknown(asText),
  instead: (value) => asScalar(value) ?? null,
  sample: "",
};
const keyKind = (longest: number): Kind => ({
  holds: `text of 1 to ${longest} characters`,
  store: (value) =>
    typeof value === "string" && value.length > 0 && value.length <= longest ? value : undefined,
  sample: "00000000-0000-0000-0000-000000000000",
});
const idKind = keyKind(longestKey);
const integerKind: Kind = {
  holds: "a whole number of 64 bits",
  store: unlessUnknown(wholeNumber),
  sample: 0,
};
const numberKind: Kind = {
  holds: "a number",
  store: unlessUnknown(anyNumber),
  sample: 0.5,
};
const centsKind: Kind = {
  holds: integerKind.holds,
  // Before 2022 ChartMogul sent amounts with fractions of a cent.
  store: unlessUnknown((value) => wholeNumber(value) ?? rounded(anyNumber(value))),
  sample: 1000,
};
const idNumberKind: Kind = { holds: integerKind.holds, store: wholeNumber, sample: 1_000_000_000 };
const scalarKind: Kind = {
  holds: "text, a number, true or false",
  store: unlessUnknown(asScalar),
  sample: "",
};
const booleanKind: Kind = {
  holds: "true or false",
  store: (value) => (value === null ? null : typeof value === "boolean" ? Number(value) : undefined),
  sample: false,
};
const jsonKind: Kind = {
  holds: "anything",
  store: (value) => (value === null ? null : writeJson(value)),
  sample: [],
};
const datetimeKind: Kind = {
  holds: "an instant of the calendar",
  store: unlessUnknown((value) => (typeof value === "string" ? toUtc(value) : undefined)),
  sample: "2025-01-01T00:00:00.000Z",
};
const dateKind: Kind = {
  holds: "a day of the calendar",
  store: unlessUnknown((value) => (typeof value === "string" ? toDay(value) : undefined)),
  sample: "2025-01-01",
};

/** Text; an empty string on the wire is NULL. */
export const text = (description: string, from?: Path) => field(column.text(description), from, textKind);

/** A single value of which it is not sure whether the wire has it as text, as a number or as true and false; stored as text. */
export const scalar = (description: string, from?: Path) => field(column.text(description), from, scalarKind);

/** A whole number of at most 64 bits; an empty string on the wire is NULL. */
export const integer = (description: string, from?: Path) =>
  field(column.integer(description), from, integerKind);

/** A number with decimals, where 1.5 is 1.5 %; an empty string on the wire is NULL. */
export const percent = (description: string, from?: Path) =>
  field(column.double(description, "percent"), from, numberKind);

/** A number that may have decimals, as hours have; an empty string on the wire is NULL. */
export const number = (description: string, from?: Path) =>
  field(column.double(description), from, numberKind);

/** A length of time as a whole number of this unit. */
export const duration = (unit: "seconds" | "days", description: string, from?: Path) =>
  field(column.integer(description, unit), from, integerKind);

/**
 * An amount of money as an integer of at most 64 bits in hundredths of the currency's main unit, also where the currency has no
 * cents; no record is stored without it. `currency` says which one, such as `the account's currency` or the column where it stands.
 */
export const centsOf = (currency: string, description: string, from?: Path) =>
  needed(field(column.integer(description, `hundredths of ${currency}`), from, centsKind));

/** An amount of money in hundredths of the account's currency. */
export const cents = (description: string, from?: Path) =>
  centsOf("the account's currency", description, from);

/** true or false, stored as 1 or 0. */
export const boolean = (description: string, from?: Path) =>
  field(column.boolean(description), from, booleanKind);

/** An instant in any spelling of the wire, stored in UTC. */
export const datetime = (description: string, from?: Path) =>
  field(column.datetime(description), from, datetimeKind);

/** A calendar day, as it is written on the wire. */
export const date = (description: string, from?: Path) => field(column.date(description), from, dateKind);

/** A calendar day in the account's time zone. */
export const accountDay = (description: string, from?: Path) =>
  field(column.accountDay(description), from, dateKind);

/** A list or object kept as JSON text. */
export const json = (description: string, from?: Path) => field(column.text(description), from, jsonKind);

/** Text that a primary key is made of: never null, never empty. */
export const id = (description: string, from?: Path) =>
  needed(field(column.required(column.text(description)), from, idKind));

/** Text that tells a child from the others of its record: never null, never empty. */
export const name = (description: string, from?: Path) =>
  needed(field(column.required(column.text(description)), from, keyKind(longestName)));

/** A whole number that a primary key is made of. */
export const idNumber = (description: string, from?: Path) =>
  needed(field(column.required(column.integer(description)), from, idNumberKind));

/** A calendar day in the account's time zone that a primary key is made of. */
export const idDate = (description: string, from?: Path) =>
  needed(
    field(column.required(column.accountDay(description)), from, {
      ...dateKind,
      store: (value) => dateKind.store(value) ?? undefined,
    }),
  );

/** The key of the record that this one belongs to; it is not part of the record itself. */
export const parentKey = (description: string) => ({
  ...needed(field(column.required(column.text(description)), undefined, idKind)),
  from: "parent" as const,
});

/** One part of the key of the record that a child belongs to, counted from 0, where that key has several. */
export const partOfParentKey = (part: number, description: string) => ({
  ...parentKey(description),
  store: (value: unknown) => String(value).split("/")[part],
});

/** The place of a child in its parent's list, from 0. */
export const position = (description: string) => ({
  ...needed(field(column.required(column.integer(description)), undefined, idNumberKind)),
  from: "position" as const,
});

/** Marks a field whose key the contract calls optional: where it is missing the column is NULL. */
export const optional = <F extends Field>(field: F) => ({ ...field, optional: true });

/** Marks a field that the wire has under its own key or, instead, under another one. */
export const orUnder = <F extends Field>(alias: string, field: F) => ({ ...field, optional: true, alias });

/** Marks a field without which no record is stored: see `Field.needed`. */
export function needed<F extends Field>(field: F) {
  return { ...field, needed: true };
}

/** Marks a field that only repeats a metric or a time: `record_changes` leaves it out unless asked. */
export const quiet = <F extends Field>(field: F) => ({ ...field, volatile: true });

/** True for the columns of a table that are read from the wire, false for our own bookkeeping. */
export function isField(column: Column): column is Field {
  return "store" in column;
}

/** A whole number as SQLite can hold it, as a bigint where a double would not be sure of it; undefined for anything else. */
function wholeNumber(value: unknown): number | bigint | undefined {
  const number = plain(value);
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

// Days above 28 and the year 0000 take the long way, where the calendar decides.
const plainUtc =
  /^((?!0000)\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8]))[T ]((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.\d+)?(?:Z|\+00:00)?$/;
const anyInstant = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d)(?:\.\d+)? ?(Z|[+-]\d\d:?\d\d)?)?$/;

/**
 * Reads every spelling of an instant that ChartMogul uses and gives `YYYY-MM-DD HH:MM:SS` in UTC.
 * Without an offset the instant is taken as UTC; fractions of a second are cut off. Undefined where it is no instant, or not one of
 * the years 0001 to 9999 in UTC: others have no such form, and readers such as Python know no year 0000.
 */
export function toUtc(value: string): string | undefined {
  const plain = plainUtc.exec(value);
  if (plain) return `${plain[1]} ${plain[2]}`;
  const [, day, time = "00:00:00", offset = "Z"] = anyInstant.exec(value) ?? [];
  if (day === undefined || toDay(day) === undefined) return undefined;
  const zone = offset.length === 5 ? `${offset.slice(0, 3)}:${offset.slice(3)}` : offset;
  const instant = Date.parse(`${day}T${time}${zone}`);
  if (Number.isNaN(instant)) return undefined;
  const utc = new Date(instant).toISOString();
  return hasYear(utc) ? utc.slice(0, 19).replace("T", " ") : undefined;
}

/** The calendar day of a date or timestamp as it is written, without turning it into UTC; undefined where it is none. */
function toDay(value: string): string | undefined {
  const day = value.slice(0, 10);
  const instant = Date.parse(`${day}T00:00:00Z`);
  // Date.parse rolls the 31st of February over to March: only a day of the calendar comes back as it went in.
  if (Number.isNaN(instant) || !new Date(instant).toISOString().startsWith(day) || !hasYear(day))
    return undefined;
  return value.length === 10 || toUtc(value) !== undefined ? day : undefined;
}

/** True for the years 0001 to 9999; beyond them ISO 8601 writes a sign and six digits. */
const hasYear = (iso: string) => /^(?!0000)\d{4}-/.test(iso);
