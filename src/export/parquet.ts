import type { DuckDBConnection, DuckDBDataChunk } from "@duckdb/node-api";
import { ConfigError } from "../errors.ts";
import type { ExportColumn } from "./columns.ts";
import type { FileFormat } from "./format.ts";
import { type ExportRow, quoteName } from "./rows.ts";

// The file is written in groups of this many rows, and one group at a time is in memory. Measured on 1,000,000 rows of 35 columns:
// 256 MB at most, 382 MB with DuckDB's own 122,880, in as much time.
const rowsInGroup = 40_960;
const rowsAtOnce = 2048;

const settings = {
  // Two threads were not faster, since all rows come through one, and hold twice as many of them.
  threads: "1",
  // Nothing is to be fetched from the network, and nothing to be written but the files.
  autoinstall_known_extensions: "false",
  autoload_known_extensions: "false",
  temp_directory: "",
};

/** What DuckDB is asking for at the moment. */
interface Feed {
  readonly columns: readonly ExportColumn[];
  readonly rows: Iterator<ExportRow>;
  failure?: unknown;
}

/**
 * Parquet files, written by DuckDB, which reads the rows while it writes and never holds more than a group of them. Throws a
 * ConfigError where DuckDB is not installed.
 */
export async function openParquet(): Promise<FileFormat> {
  const { DuckDBInstance, DuckDBTableFunction, VARCHAR } = await loadDuckdb();
  const instance = await DuckDBInstance.create(":memory:", settings);
  const connection = await instance.connect();
  let feed: Feed | undefined;
  connection.registerTableFunction(
    DuckDBTableFunction.create({
      name: "warehouse_rows",
      bindFunction(binding) {
        for (const { name } of feed?.columns ?? []) binding.addResultColumn(name, VARCHAR);
      },
      initFunction() {},
      mainFunction(_, chunk) {
        if (feed !== undefined) fill(chunk, feed);
      },
    }),
  );
  return {
    ending: "parquet",
    async write(file, columns, rows) {
      const fed: Feed = { columns, rows: rows[Symbol.iterator]() };
      feed = fed;
      try {
        await connection.run(
          `COPY (SELECT ${columns.map(typed).join(", ")} FROM warehouse_rows()) TO ${literal(file)}
          (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${rowsInGroup})`,
        );
      } catch (cause) {
        // What went wrong while rows were read comes back from DuckDB as a text.
        throw fed.failure ?? cause;
      } finally {
        fed.rows.return?.();
      }
      return count(connection, file);
    },
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** Called by DuckDB again and again, in this thread, until it is given no more rows. */
function fill(chunk: DuckDBDataChunk, feed: Feed): void {
  try {
    const rows = take(feed.rows, rowsAtOnce);
    chunk.rowCount = rows.length;
    if (rows.length === 0) return;
    for (const index of feed.columns.keys()) {
      const vector = chunk.getColumnVector(index);
      for (const [place, row] of rows.entries()) vector.setItem(place, row[index] ?? null);
      vector.flush();
    }
  } catch (error) {
    feed.failure = error;
    throw error;
  }
}

function take(rows: Iterator<ExportRow>, most: number): ExportRow[] {
  const taken: ExportRow[] = [];
  while (taken.length < most) {
    const next = rows.next();
    if (next.done === true) break;
    taken.push(next.value);
  }
  return taken;
}

/** An SQL expression that makes the value of a column from its text. */
function typed({ name, type }: ExportColumn): string {
  const text = quoteName(name);
  return `${type === "BLOB" ? `from_base64(${text})` : `CAST(${text} AS ${type})`} AS ${text}`;
}

async function count(connection: DuckDBConnection, file: string): Promise<number> {
  const result = await connection.runAndReadAll(`SELECT count(*) FROM read_parquet(${literal(file)})`);
  return Number(result.getRows()[0]?.[0]);
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

async function loadDuckdb() {
  try {
    const duckdb = await import("@duckdb/node-api");
    if (duckdb.DuckDBTableFunction !== undefined) return duckdb;
  } catch (cause) {
    throw new ConfigError(`Parquet files need DuckDB, and it cannot be loaded: ${firstLine(cause)}`, {
      hint: `${install} CSV and NDJSON do not need it.`,
      cause,
    });
  }
  throw new ConfigError("Parquet files need a newer version of DuckDB than the installed one", {
    hint: install,
  });
}

const install = "Run `npm install @duckdb/node-api` where this program is installed.";

function firstLine(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).split("\n")[0] ?? "";
}
