import * as z from "zod";
import { ExactNumber, plain } from "./json/exact-number.ts";
import { writeJson } from "./json/write-json.ts";
import type { Column, Value } from "./warehouse/columns.ts";
import * as column from "./warehouse/columns.ts";
import { longestKey, longestName } from "./warehouse/key-length.ts";

/** Where a column's value comes from: a path of keys in the record, or what surrounds the record. */
export type From = readonly string[] | "parent" | "position";

/** A column that says where its value comes from on the wire, what is accepted there and how it is stored. */
export interface Field extends Column {
  /** Undefined: the wire key is the column's own name. */
  readonly from: From | undefined;
  /** Another key under which the wire may have it. */
  readonly alias?: string;
  /** What the wire may hold. */
  readonly wire: z.ZodType;
  /** True where the key may be missing, which then reads as NULL. */
  readonly optional: boolean;
  /** True where the value only repeats a metric or a time that other records tell, so that its change is no news. */
  readonly quiet: boolean;
  /** The stored form of a value that `wire` has accepted; undefined where it has none after all. */
  readonly store: (value: unknown) => Value | undefined;
  /** A value as it looks on the wire; it only serves the compression of raw records. */
  readonly sample: unknown;
}

/** One kind of value: accepted, stored and shown alike in every resource. */
type Kind = Pick<Field, "wire" | "store" | "sample">;

type Path = string | readonly string[];

function field<C extends Column>(column: C, from: Path | undefined, kind: Kind) {
  return {
    ...column,
    ...kind,
    from: typeof from === "string" ? [from] : from,
    optional: false,
    quiet: false,
  };
}

const blankToNull = (value: unknown) => (value === "" ? null : (value as Value));

const textKind: Kind = { wire: z.string().nullable(), store: blankToNull, sample: "" };
const keyKind = (longest: number): Kind => ({
  wire: z.string().min(1).max(longest, `longer than ${longest} characters`),
  store: blankToNull,
  sample: "00000000-0000-0000-0000-000000000000",
});
const idKind = keyKind(longestKey);

/** A number that is written in a way that JavaScript's numbers do not give back, as one of those or as a bigint. */
const exact = z.instanceof(ExactNumber).transform(plain);
const wholeNumber = z.union([z.int(), exact.pipe(z.union([z.int(), z.bigint()]))]);
const anyNumber = z.union([z.number(), z.instanceof(ExactNumber).transform(Number).pipe(z.number())]);

const integerKind: Kind = {
  wire: z.union([wholeNumber, z.null(), z.literal("")]),
  store: blankToNull,
  sample: 0,
};
const numberKind: Kind = {
  wire: z.union([anyNumber, z.null(), z.literal("")]),
  store: blankToNull,
  sample: 0.5,
};
const centsKind: Kind = {
  wire: z.union([z.number(), exact.pipe(z.union([z.number(), z.bigint()])), z.null(), z.literal("")]),
  // Before 2022 ChartMogul sent amounts with fractions of a cent.
  store: (value) =>
    typeof value === "number" ? Math.round(value) : typeof value === "bigint" ? value : null,
  sample: 1000,
};
const idNumberKind: Kind = { wire: wholeNumber, store: (value) => value as Value, sample: 1_000_000_000 };
const scalarKind: Kind = {
  wire: z.union([z.string(), z.number(), z.instanceof(ExactNumber), z.boolean(), z.null()]),
  store: (value) => (value === null || value === "" ? null : String(value)),
  sample: "",
};
const booleanKind: Kind = {
  wire: z.boolean().nullable(),
  store: (value) => (value === null ? null : Number(value)),
  sample: false,
};
const jsonKind: Kind = {
  wire: z.unknown(),
  store: (value) => (value === null || value === undefined ? null : writeJson(value)),
  sample: [],
};
const datetimeKind: Kind = {
  wire: textKind.wire,
  store: (value) => (value === null || value === "" ? null : toUtc(String(value))),
  sample: "2025-01-01T00:00:00.000Z",
};
const dateKind: Kind = {
  wire: textKind.wire,
  store: (value) => (value === null || value === "" ? null : toDay(String(value))),
  sample: "2025-01-01",
};

/** Text; an empty string on the wire is NULL. */
export const text = (description: string, from?: Path) => field(column.text(description), from, textKind);

/** A single value of which it is not sure whether the wire has it as text, as a number or as true and false; stored as text. */
export const scalar = (description: string, from?: Path) => field(column.text(description), from, scalarKind);

/** A whole number; an empty string on the wire is NULL. */
export const integer = (description: string, from?: Path) =>
  field(column.integer(description), from, integerKind);

/** A number with decimals, where 1.5 is 1.5 %; an empty string on the wire is NULL. */
export const percent = (description: string, from?: Path) =>
  field(column.real(description, "percent"), from, numberKind);

/** A length of time as a whole number of this unit. */
export const duration = (unit: "seconds" | "days", description: string, from?: Path) =>
  field(column.integer(description, unit), from, integerKind);

/**
 * An amount of money as an integer in hundredths of the currency's main unit, also where the currency has no cents. `currency` says
 * which one, such as `the account's currency` or the column where it stands.
 */
export const centsOf = (currency: string, description: string, from?: Path) =>
  field(column.integer(description, `hundredths of ${currency}`), from, centsKind);

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
  field(column.required(column.text(description)), from, idKind);

/** Text that tells a child from the others of its record: never null, never empty. */
export const name = (description: string, from?: Path) =>
  field(column.required(column.text(description)), from, keyKind(longestName));

/** A whole number that a primary key is made of. */
export const idNumber = (description: string, from?: Path) =>
  field(column.required(column.integer(description)), from, idNumberKind);

/** A calendar day in the account's time zone that a primary key is made of. */
export const idDate = (description: string, from?: Path) =>
  field(column.required(column.accountDay(description)), from, { ...dateKind, wire: idKind.wire });

/** The key of the record that this one belongs to; it is not part of the record itself. */
export const parentKey = (description: string) => ({
  ...field(column.required(column.text(description)), undefined, idKind),
  from: "parent" as const,
});

/** The place of a child in its parent's list, from 0. */
export const position = (description: string) => ({
  ...field(column.required(column.integer(description)), undefined, integerKind),
  from: "position" as const,
});

/** Marks a field whose key the contract calls optional: where it is missing the column is NULL. */
export const optional = <F extends Field>(field: F) => ({ ...field, optional: true });

/** Marks a field that the wire has under its own key or, instead, under another one. */
export const orUnder = <F extends Field>(alias: string, field: F) => ({ ...field, optional: true, alias });

/** Marks a field that only repeats a metric or a time: `record_changes` leaves it out unless asked. */
export const quiet = <F extends Field>(field: F) => ({ ...field, quiet: true });

/** True for the columns of a table that are read from the wire, false for our own bookkeeping. */
export function isField(column: Column): column is Field {
  return "wire" in column;
}

// Days above 28 take the long way, where the calendar decides.
const plainUtc =
  /^(\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8]))[T ]((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.\d+)?(?:Z|\+00:00)?$/;
const anyInstant = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d)(?:\.\d+)? ?(Z|[+-]\d\d:?\d\d)?)?$/;

/**
 * Reads every spelling of an instant that ChartMogul uses and gives `YYYY-MM-DD HH:MM:SS` in UTC.
 * Without an offset the instant is taken as UTC; fractions of a second are cut off. Undefined where it is no instant.
 */
export function toUtc(value: string): string | undefined {
  const plain = plainUtc.exec(value);
  if (plain) return `${plain[1]} ${plain[2]}`;
  const [, day, time = "00:00:00", offset = "Z"] = anyInstant.exec(value) ?? [];
  if (day === undefined || toDay(day) === undefined) return undefined;
  const zone = offset.length === 5 ? `${offset.slice(0, 3)}:${offset.slice(3)}` : offset;
  const instant = Date.parse(`${day}T${time}${zone}`);
  return Number.isNaN(instant) ? undefined : new Date(instant).toISOString().slice(0, 19).replace("T", " ");
}

/** The calendar day of a date or timestamp as it is written, without turning it into UTC; undefined where it is none. */
function toDay(value: string): string | undefined {
  const day = value.slice(0, 10);
  const instant = Date.parse(`${day}T00:00:00Z`);
  // Date.parse rolls the 31st of February over to March: only a day of the calendar comes back as it went in.
  if (Number.isNaN(instant) || !new Date(instant).toISOString().startsWith(day)) return undefined;
  return value.length === 10 || toUtc(value) !== undefined ? day : undefined;
}
