import type { SQLiteColumnBuilderBase } from "drizzle-orm/sqlite-core";
import { customType, integer as drizzleInteger, text as drizzleText } from "drizzle-orm/sqlite-core";

/**
 * What SQLite stores in a column. Booleans are 0 or 1, dates and timestamps are text, and a whole number too large for JavaScript's numbers
 * is a bigint.
 */
export type Value = string | number | bigint | Buffer | null;

/** A column of a table, with the sentence that the data dictionary has for it. */
export interface Column<Builder extends SQLiteColumnBuilderBase = SQLiteColumnBuilderBase> {
  readonly builder: Builder;
  readonly description: string;
  /** Unit of the values, or their time zone; undefined if the type says everything. */
  readonly unit: string | undefined;
  /** For an amount in main units: the column beside it with the same amount in hundredths. */
  readonly hundredths?: string;
}

// BI drivers read the declared type: dates and booleans must declare themselves, although SQLite stores text and integers.
const declaredDate = customType<{ data: string; driverData: string }>({ dataType: () => "DATE" });
const declaredDatetime = customType<{ data: string; driverData: string }>({ dataType: () => "DATETIME" });
const declaredBoolean = customType<{ data: number; driverData: number }>({ dataType: () => "BOOLEAN" });
// Not REAL: pgloader makes PostgreSQL's REAL of it, which has 4 bytes and loses cents.
const declaredDouble = customType<{ data: number; driverData: number }>({ dataType: () => "DOUBLE" });
const declaredBlob = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => "BLOB" });

const column = <B extends SQLiteColumnBuilderBase>(builder: B, description: string, unit?: string) => ({
  builder,
  description,
  unit,
});

/** UTF-8 text; unknown is NULL, never the empty string. */
export const text = (description: string) => column(drizzleText(), description);
/** A whole number. */
export const integer = (description: string, unit?: string) => column(drizzleInteger(), description, unit);
/** A floating point number of 64 bits, declared DOUBLE. */
export const double = (description: string, unit?: string) => column(declaredDouble(), description, unit);
/** 0 or 1, declared BOOLEAN. */
export const boolean = (description: string) => column(declaredBoolean(), description);
/** A calendar day, `YYYY-MM-DD`, declared DATE, in an unknown time zone. */
export const date = (description: string) => column(declaredDate(), description);
/** A calendar day of the account, `YYYY-MM-DD`, declared DATE. */
export const accountDay = (description: string) =>
  column(declaredDate(), description, "days in the account's time zone");
/** An instant in UTC, `YYYY-MM-DD HH:MM:SS`, declared DATETIME. */
export const datetime = (description: string) => column(declaredDatetime(), description, "UTC");
/** Text that is one of a few words. */
export const oneOf = <Word extends string>(description: string) =>
  column(drizzleText().$type<Word>(), description);
/** A count, 0 by default. */
export const counter = (description: string) => column(drizzleInteger().notNull().default(0), description);
/**
 * An amount of money in two columns: `NAME_in_cents`, an integer in hundredths of the main unit of the column `currency`, and beside it
 * `NAME`, the same amount in main units. `note` follows in both descriptions.
 */
export const money = (name: string, description: string, note?: string) => {
  const end = note === undefined ? "." : `; ${note}.`;
  return {
    [`${name}_in_cents`]: integer(`${description}, in hundredths${end}`, "hundredths of `currency`"),
    [name]: { ...double(`${description}${end}`, "`currency`"), hundredths: `${name}_in_cents` },
  };
};
/** Bytes. */
export const blob = (description: string) => column(declaredBlob(), description);

/** The same column, never NULL. */
export function required<B extends { notNull(): unknown }>({
  builder,
  ...meaning
}: {
  builder: B;
  description: string;
  unit: string | undefined;
}) {
  return { builder: builder.notNull() as ReturnType<B["notNull"]>, ...meaning };
}
