import { ConfigError } from "../errors.ts";
import { shorten } from "../json/exact-number.ts";
import Database from "./driver.ts";
import type { WarehouseFile } from "./open-read-only.ts";
import { explainSqliteError, findSqliteHint } from "./sqlite-errors.ts";

/** The result of a query: the names of its columns, and one array of values for each row. */
export interface QueryResult {
  readonly columns: readonly string[];
  readonly rows: Iterable<readonly unknown[]>;
}

/** Runs one SQL statement that only reads. Throws a ConfigError for any other and for what SQLite does not understand. */
export function runQuery({ path, sqlite }: WarehouseFile, statement: string): QueryResult {
  try {
    const prepared = sqlite.prepare<[], unknown[]>(statement);
    if (!prepared.reader || !prepared.readonly) {
      throw new ConfigError("only statements that read are allowed", {
        hint: "Use SELECT. Only `sync` writes to the warehouse.",
      });
    }
    const columns = prepared.columns().map(({ name }) => name);
    // Whole numbers come as bigints, so those above 2^53 stay exact.
    return { columns, rows: readRows(path, prepared.raw().safeIntegers()) };
  } catch (cause) {
    throw explainQueryError(path, cause);
  }
}

/**
 * SQLite can also fail while rows are read. The rows are requested only when the first is wanted: until then nothing is open that
 * would keep the warehouse from being closed.
 */
function* readRows(path: string, statement: Database.Statement<[], unknown[]>): Iterable<unknown[]> {
  try {
    for (const row of statement.iterate()) {
      yield row.map((value) => (typeof value === "bigint" ? shorten(value) : value));
    }
  } catch (cause) {
    throw explainQueryError(path, cause);
  }
}

function explainQueryError(path: string, cause: unknown): unknown {
  if (findSqliteHint(cause) !== undefined) return explainSqliteError(path, cause);
  if (cause instanceof ConfigError || !(cause instanceof Error)) return cause;
  if (cause instanceof Database.SqliteError || cause instanceof RangeError || cause instanceof TypeError) {
    return new ConfigError(`SQL: ${cause.message}`, {
      hint: "Tables and columns: chartmogul-warehouse tables [NAME]",
      cause,
    });
  }
  return cause;
}
