// What SQLite itself says of a warehouse, in the lines that the readers print.
import Database from "better-sqlite3";

// How a value of each type is stored, and the same whole number of it as in sums.py and Reader.java.
const types = {
  INTEGER: { stored: (column) => `typeof(${column}) = 'integer'`, number: (column) => column },
  DOUBLE: {
    stored: (column) => `typeof(${column}) = 'real'`,
    number: (column) => `CAST(${column} * 1000000 AS INTEGER)`,
  },
  BOOLEAN: {
    stored: (column) => `typeof(${column}) = 'integer' AND ${column} IN (0, 1)`,
    number: (column) => column,
  },
  DATE: {
    stored: (column) => `date(${column}) IS ${column}`,
    number: (column) => `CAST(strftime('%s', ${column}) AS INTEGER) / 86400`,
  },
  DATETIME: {
    stored: (column) => `datetime(${column}) IS ${column}`,
    number: (column) => `CAST(strftime('%s', ${column}) AS INTEGER)`,
  },
  TEXT: { stored: (column) => `typeof(${column}) = 'text'`, number: (column) => `length(${column})` },
  BLOB: { stored: (column) => `typeof(${column}) = 'blob'`, number: (column) => `length(${column})` },
};

// From the list that the file keeps of itself: what a driver lists is held against it.
const columns = `SELECT table_name AS "table", column_name AS "column", type FROM data_dictionary
  ORDER BY table_name, position`;

/** The lines of all columns, in the order of the data dictionary. Throws where a value is not stored as its type says. */
export function summaryOf(path) {
  return reading(path, (sqlite) =>
    sqlite
      .prepare(columns)
      .all()
      .map(({ table, column, type }) => {
        const { stored, number } = types[type];
        const own = `"${column}"`;
        const [odd, ...sums] = sqlite
          .prepare(
            `SELECT count(*) FILTER (WHERE ${own} IS NOT NULL AND NOT (${stored(own)})), count(*), count(${own}),
              coalesce(sum(${number(own)}), 0), min(${number(own)}), max(${number(own)}) FROM "${table}"`,
          )
          .raw()
          .safeIntegers()
          .get();
        if (odd > 0) throw new Error(`${table}.${column} has ${odd} values that are not stored as ${type}`);
        return [table, column, type, ...sums.map((value) => value ?? "-")].join("\t");
      }),
  );
}

/** The first value that a query gives. */
export function answerOf(path, sql) {
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
