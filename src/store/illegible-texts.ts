import type Database from "better-sqlite3";
import { makeJsonLegible, makeLegible } from "../json/legible-text.ts";

interface TextColumn {
  readonly table: string;
  readonly column: string;
}

/** A column with texts that some readers of SQLite cannot read. */
export interface IllegibleTexts extends TextColumn {
  readonly rows: number;
}

/**
 * Finds illegible texts of one account in the tables that `rebuild` does not fill: rejects, changes, errors. Versions that did
 * not check texts wrote them. In tables of records, `verify` finds them, because it compares rows with received records.
 */
export function findIllegibleTexts(sqlite: Database.Database, account: string): IllegibleTexts[] {
  return columnsOf(sqlite)
    .map((of) => ({
      ...of,
      rows:
        sqlite
          .prepare<[string], number>(
            `SELECT count(*) FROM "${of.table}" WHERE account = ? AND ${isIllegible(of)}`,
          )
          .pluck()
          .get(account) ?? 0,
    }))
    .filter(({ rows }) => rows > 0);
}

/** Makes such texts of all accounts legible. Characters that cannot be recovered become U+FFFD. */
export function mendTexts(sqlite: Database.Database): void {
  for (const of of columnsOf(sqlite)) {
    // Two keys may become the same key.
    sqlite
      .prepare(
        `UPDATE OR REPLACE "${of.table}" SET "${of.column}" = ${legibleForm(of)} WHERE ${isIllegible(of)}`,
      )
      .run();
  }
}

/** Lists the text columns of all tables without rows of records. Rows of records have `synced_at`. */
function columnsOf(sqlite: Database.Database): TextColumn[] {
  sqlite.function("legible_text", { deterministic: true }, (bytes) => makeLegible(decoded(bytes as Buffer)));
  sqlite.function("legible_json", { deterministic: true }, (json) => makeJsonLegible(json as string));
  return sqlite
    .prepare<[], TextColumn>(
      `SELECT tables.name AS "table", columns.name AS "column"
       FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns
       WHERE tables.type = 'table' AND columns.type = 'TEXT' COLLATE NOCASE AND columns.name <> 'account'
         AND EXISTS (SELECT 1 FROM pragma_table_info(tables.name) WHERE name = 'account')
         AND NOT EXISTS (SELECT 1 FROM pragma_table_info(tables.name) WHERE name = 'synced_at')`,
    )
    .all();
}

/** JSON text has illegible characters as escapes. */
const isJson = ({ column }: TextColumn) => column === "json";

function legibleForm(of: TextColumn): string {
  return isJson(of) ? `legible_json("${of.column}")` : `legible_text(CAST("${of.column}" AS BLOB))`;
}

/** Takes a quick look first: SQLite also reads everything that is not UTF-8 as U+FFFD. */
function isIllegible(of: TextColumn): string {
  const { column } = of;
  const mayBe = isJson(of)
    ? `("${column}" LIKE '%\\ud%' OR instr("${column}", '\\u0000') > 0)`
    : `("${column}" GLOB '*' || char(65533) || '*' OR instr("${column}", char(0)) > 0)`;
  return `${mayBe} AND CAST("${column}" AS BLOB) <> CAST(${legibleForm(of)} AS BLOB)`;
}

/** Reads bytes as UTF-8 in which three of them may be half a surrogate pair. */
function decoded(bytes: Buffer): string {
  const halves = /\xed[\xa0-\xbf][\x80-\xbf]/g;
  return Buffer.from(bytes.toString("latin1").replace(halves, "\xef\xbf\xbd"), "latin1").toString();
}
