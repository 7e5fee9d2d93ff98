import { isDeepStrictEqual } from "node:util";
import type Database from "better-sqlite3";
import { getTableColumns } from "drizzle-orm";
import { dataDictionary } from "./sync-tables.ts";

/** What the warehouse says of one of its columns. */
export type DictionaryRow = typeof dataDictionary.$inferSelect;

/** Makes the data dictionary of the file this one, in this order; writes nothing where it is so already. */
export function keepDictionary(sqlite: Database.Database, rows: readonly DictionaryRow[]): void {
  const columns = Object.keys(getTableColumns(dataDictionary));
  const stored = sqlite.prepare(`SELECT ${columns.join(", ")} FROM data_dictionary ORDER BY rowid`).all();
  if (isDeepStrictEqual(stored, rows)) return;
  // Prepared once: through drizzle's builder the rows of a new file took half of the time before the first request.
  const insert = sqlite.prepare<DictionaryRow>(
    `INSERT INTO data_dictionary (${columns.join(", ")}) VALUES (${columns.map((name) => `@${name}`).join(", ")})`,
  );
  const replace = sqlite.transaction(() => {
    sqlite.prepare("DELETE FROM data_dictionary").run();
    for (const row of rows) insert.run(row);
  });
  replace();
}
