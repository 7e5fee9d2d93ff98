// What SQLite itself says of a warehouse, in the lines that the readers print.
import Database from "better-sqlite3";

// The same whole number of each value as in sums.py and Reader.java.
const numbers = {
  INTEGER: (column) => column,
  REAL: (column) => `CAST(${column} * 1000000 AS INTEGER)`,
  BOOLEAN: (column) => column,
  DATE: (column) => `CAST(strftime('%s', ${column}) AS INTEGER) / 86400`,
  DATETIME: (column) => `CAST(strftime('%s', ${column}) AS INTEGER)`,
  TEXT: (column) => `length(${column})`,
  BLOB: (column) => `length(${column})`,
};

// From the list that the file keeps of itself: what a driver lists is held against it.
const columns = `SELECT table_name AS "table", column_name AS "column", type FROM data_dictionary
  ORDER BY table_name, position`;

/** The lines of all columns, in the order of the data dictionary. */
export function summaryOf(path) {
  return reading(path, (sqlite) =>
    sqlite
      .prepare(columns)
      .all()
      .map(({ table, column, type }) => {
        const number = numbers[type](`"${column}"`);
        const sums = sqlite
          .prepare(
            `SELECT count(*), count("${column}"), coalesce(sum(${number}), 0), min(${number}), max(${number}) FROM "${table}"`,
          )
          .raw()
          .safeIntegers()
          .get();
        return [table, column, type, ...sums.map((value) => value ?? "-")].join("\t");
      }),
  );
}

/** The first value that a query gives. */
export function valueOf(path, sql) {
  return reading(path, (sqlite) => sqlite.prepare(sql).pluck().get());
}

function reading(path, ask) {
  const sqlite = new Database(path, { readonly: true });
  try {
    return ask(sqlite);
  } finally {
    sqlite.close();
  }
}
