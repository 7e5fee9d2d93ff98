import type { SQLiteColumnBuilderBase } from "drizzle-orm/sqlite-core";
import {
  customType,
  integer as drizzleInteger,
  real as drizzleReal,
  text as drizzleText,
} from "drizzle-orm/sqlite-core";

/** What SQLite stores in a column: booleans are 0 or 1, dates and timestamps are text. */
export type Value = string | number | Buffer | null;

/** A column of a table together with the sentence that the data dictionary prints for it. */
export interface Column<Builder extends SQLiteColumnBuilderBase = SQLiteColumnBuilderBase> {
  readonly builder: Builder;
  readonly description: string;
}

// BI drivers read the declared type, so dates and booleans must say what they are although SQLite stores text and integers.
const declaredDate = customType<{ data: string; driverData: string }>({ dataType: () => "DATE" });
const declaredDatetime = customType<{ data: string; driverData: string }>({ dataType: () => "DATETIME" });
const declaredBoolean = customType<{ data: number; driverData: number }>({ dataType: () => "BOOLEAN" });
const declaredBlob = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => "BLOB" });

/** UTF-8 text; unknown is NULL, never the empty string. */
export const text = (description: string) => ({ builder: drizzleText(), description });
/** A whole number. */
export const integer = (description: string) => ({ builder: drizzleInteger(), description });
/** A floating point number. */
export const real = (description: string) => ({ builder: drizzleReal(), description });
/** 0 or 1, declared BOOLEAN. */
export const boolean = (description: string) => ({ builder: declaredBoolean(), description });
/** A calendar day, `YYYY-MM-DD`, declared DATE. */
export const date = (description: string) => ({ builder: declaredDate(), description });
/** An instant in UTC, `YYYY-MM-DD HH:MM:SS`, declared DATETIME. */
export const datetime = (description: string) => ({ builder: declaredDatetime(), description });
/** Text that is one of a few words. */
export const oneOf = <Word extends string>(description: string) => ({
  builder: drizzleText().$type<Word>(),
  description,
});
/** A count that is 0 in rows which were written before the column was there. */
export const counter = (description: string) => ({
  builder: drizzleInteger().notNull().default(0),
  description,
});
/** Bytes. */
export const blob = (description: string) => ({ builder: declaredBlob(), description });

/** The same column, never NULL. */
export function required<B extends { notNull(): unknown }>({
  builder,
  description,
}: {
  builder: B;
  description: string;
}) {
  return { builder: builder.notNull() as ReturnType<B["notNull"]>, description };
}
