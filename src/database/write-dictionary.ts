import { isDeepStrictEqual } from "node:util";
import type Database from "better-sqlite3";
import { getTableColumns } from "drizzle-orm";
import { type DictionaryRow, dataDictionary } from "../schema/sync-tables.ts";

/** Stores the data dictionary in this order; writes nothing if the file has the same one already. */
export function writeDictionary(sqlite: Database.Database, rows: readonly DictionaryRow[]): void {
  const columns = Object.keys(getTableColumns(dataDictionary));
  const stored = sqlite.prepare(`SELECT ${columns.join(", ")} FROM data_dictionary ORDER BY rowid`).all();
  if (isDeepStrictEqual(stored, rows)) return;
  // The statement is prepared once: through drizzle's builder, these rows took half of the time before a new file's first
  // request.
  const insert = sqlite.prepare<DictionaryRow>(
    `INSERT INTO data_dictionary (${columns.join(", ")}) VALUES (${columns.map((name) => `@${name}`).join(", ")})`,
  );
  const replace = sqlite.transaction(() => {
    sqlite.prepare("DELETE FROM data_dictionary").run();
    for (const row of rows) insert.run(row);
  });
  replace();
}
