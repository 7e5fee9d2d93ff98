import type Database from "better-sqlite3";
import Sqlite from "./driver.ts";
import { setPageCache } from "./page-cache.ts";

// SQLite cannot add a primary key to a table that has rows. So a table whose key is deferred has it as a comment in its own declaration.
// One transaction builds the key. It creates a unique index of the same columns, and takes the comment marks away. Then it gives the index
// the name that SQLite itself gives to the index of a primary key. SQLite's description of its file format says what such a file looks like
// (https://www.sqlite.org/fileformat2.html, section 2.6). The result is one: integrity_check, VACUUM and every reader take it so.
const declaredKey = /,\s*PRIMARY KEY\s*\(([^)]*)\)/;
const deferredKey = /\/\*(,\s*PRIMARY KEY\s*\(([^)]*)\))\*\//;

/** Takes the primary keys off these tables, until `buildDeferredKeys` builds them. Throws an Error where one of them has rows. */
export function deferKeys(sqlite: Database.Database, tables: readonly string[]): void {
  const declaration = sqlite
    .prepare<[string], string>("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?")
    .pluck();
  const all = sqlite.transaction(() => {
    for (const table of tables) {
      if (hasRows(sqlite, table)) throw new Error(`${table} has rows, so its key cannot be deferred`);
      const sql = declaration.get(table);
      if (sql === undefined || !declaredKey.test(sql))
        throw new Error(`${table} has no primary key to defer`);
      sqlite.exec(`DROP TABLE "${table}"; ${sql.replace(declaredKey, (key) => `/*${key}*/`)}`);
    }
  });
  all.immediate();
}

/** True where a table has at least one row. */
export function hasRows(sqlite: Database.Database, table: string): boolean {
  return sqlite.prepare(`SELECT 1 FROM "${table}" LIMIT 1`).get() !== undefined;
}

/** Builds all keys that are deferred, also those of a process that was killed: each in a transaction of its own. */
export function buildDeferredKeys(sqlite: Database.Database): void {
  const tables = sqlite
    .prepare<[], { name: string; sql: string }>(
      "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%/*,%PRIMARY KEY%'",
    )
    .all();
  if (tables.length === 0) return;
  setPageCache(sqlite, "small");
  // Without it, SQLite lets nobody write to its schema.
  sqlite.unsafeMode(true);
  sqlite.pragma("writable_schema = ON");
  try {
    for (const { name, sql } of tables) {
      const [, key, columns] = deferredKey.exec(sql) ?? [];
      if (key === undefined || columns === undefined) continue;
      const build = sqlite.transaction(() => {
        buildIndex(sqlite, name, columns);
        declare(
          sqlite,
          name,
          sql.replace(deferredKey, () => key),
        );
      });
      build.immediate();
    }
  } finally {
    // RESET also makes SQLite read the changed schema.
    sqlite.pragma("writable_schema = RESET");
    sqlite.unsafeMode(false);
    setPageCache(sqlite, "usual");
  }
}

const temporaryName = (table: string) => `${table}_deferred_key`;

function buildIndex(sqlite: Database.Database, table: string, columns: string): void {
  const create = () =>
    sqlite.exec(`CREATE UNIQUE INDEX "${temporaryName(table)}" ON "${table}" (${columns})`);
  try {
    create();
  } catch (error) {
    if (!(error instanceof Sqlite.SqliteError && error.code === "SQLITE_CONSTRAINT_UNIQUE")) throw error;
    // Nothing writes a key twice. If something did, a sync that cannot end would be worse than the older row gone.
    sqlite.exec(
      `DELETE FROM "${table}" WHERE rowid NOT IN (SELECT max(rowid) FROM "${table}" GROUP BY ${columns})`,
    );
    create();
  }
}

function declare(sqlite: Database.Database, table: string, sql: string): void {
  sqlite.prepare("UPDATE sqlite_schema SET sql = ? WHERE type = 'table' AND name = ?").run(sql, table);
  sqlite
    .prepare("UPDATE sqlite_schema SET name = ?, sql = NULL WHERE type = 'index' AND name = ?")
    .run(`sqlite_autoindex_${table}_1`, temporaryName(table));
}
