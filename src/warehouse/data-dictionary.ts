import { isDeepStrictEqual } from "node:util";
import type Database from "better-sqlite3";
import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/better-sqlite3";
import { dataDictionary } from "./bookkeeping.ts";

/** What the warehouse says of one of its columns. */
export type DictionaryRow = typeof dataDictionary.$inferSelect;

/** Makes the data dictionary of the file this one, in this order; writes nothing where it is so already. */
export function keepDictionary(sqlite: Database.Database, rows: readonly DictionaryRow[]): void {
  const orm = drizzle(sqlite);
  const stored = orm.select().from(dataDictionary).orderBy(sql`rowid`).all();
  if (isDeepStrictEqual(stored, rows)) return;
  orm.transaction((transaction) => {
    transaction.delete(dataDictionary).run();
    for (const row of rows) transaction.insert(dataDictionary).values(row).run();
  });
}
