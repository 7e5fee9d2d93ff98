// What SQLite itself says of a warehouse, in the lines that the readers print.
import Database from "better-sqlite3";

/** @import { Database as Sqlite } from "better-sqlite3" */

// How a value of each type is stored, and the same whole number of it as in sums.py and Reader.java.
const ways = {
  INTEGER: {
    stored: (/** @type {string} */ column) => `typeof(${column}) = 'integer'`,
    number: (/** @type {string} */ column) => column,
  },
  DOUBLE: {
    stored: (/** @type {string} */ column) => `typeof(${column}) = 'real'`,
    number: (/** @type {string} */ column) => `CAST(${column} * 1000000 AS INTEGER)`,
  },
  BOOLEAN: {
    stored: (/** @type {string} */ column) => `typeof(${column}) = 'integer' AND ${column} IN (0, 1)`,
    number: (/** @type {string} */ column) => column,
  },
  DATE: {
    stored: (/** @type {string} */ column) => `date(${column}) IS ${column}`,
    number: (/** @type {string} */ column) => `CAST(strftime('%s', ${column}) AS INTEGER) / 86400`,
  },
  DATETIME: {
    stored: (/** @type {string} */ column) => `datetime(${column}) IS ${column}`,
    number: (/** @type {string} */ column) => `CAST(strftime('%s', ${column}) AS INTEGER)`,
  },
  TEXT: {
    stored: (/** @type {string} */ column) => `typeof(${column}) = 'text'`,
    number: (/** @type {string} */ column) => `length(${column})`,
  },
  BLOB: {
    stored: (/** @type {string} */ column) => `typeof(${column}) = 'blob'`,
    number: (/** @type {string} */ column) => `length(${column})`,
  },
};

// From the data dictionary in the file: what a driver lists is compared with it.
const columns = `SELECT table_name AS "table", column_name AS "column", type FROM data_dictionary
  ORDER BY table_name, position`;

/**
 * The lines of all columns, in the order of the data dictionary. Throws where a value is not stored as its type says.
 *
 * @param {string} path
 */
export function summaryOf(path) {
  return read(path, (sqlite) =>
    listColumns(sqlite).map(({ table, column, type }) => {
      const { stored, number } = ways[type];
      const own = `"${column}"`;
      const sums = sqlite
        .prepare(
          `SELECT count(*) FILTER (WHERE ${own} IS NOT NULL AND NOT (${stored(own)})) AS odd, count(*), count(${own}),
            coalesce(sum(${number(own)}), 0), min(${number(own)}), max(${number(own)}) FROM "${table}"`,
        )
        .raw()
        .safeIntegers();
      const [odd, ...rest] = /** @type {[bigint, ...unknown[]]} */ (sums.get());
      if (odd > 0) throw new Error(`${table}.${column} has ${odd} values that are not stored as ${type}`);
      return [table, column, type, ...rest.map((value) => value ?? "-")].join("\t");
    }),
  );
}

/** @param {Sqlite} sqlite */
function listColumns(sqlite) {
  return /** @type {{ table: string, column: string, type: keyof typeof ways }[]} */ (
    sqlite.prepare(columns).all()
  );
}

/**
 * The first value that a query gives.
 *
 * @param {string} path
 * @param {string} sql
 */
export function readValue(path, sql) {
  return read(path, (sqlite) => sqlite.prepare(sql).pluck().get());
}

/**
 * @template T
 * @param {string} path
 * @param {(sqlite: Sqlite) => T} ask
 */
function read(path, ask) {
  const sqlite = new Database(path, { readonly: true });
  try {
    return ask(sqlite);
  } finally {
    sqlite.close();
  }
}
