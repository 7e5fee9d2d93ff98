import { DuckDBInstance } from "@duckdb/node-api";

export type DuckdbRow = Readonly<Record<string, unknown>>;

/** Runs SQL in a DuckDB of its own; gives the rows of the last statement, numbers that JSON cannot hold as text. */
export async function duckdb(sql: string): Promise<DuckdbRow[]> {
  const instance = await DuckDBInstance.create(":memory:", {
    threads: "1",
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
  });
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowObjectsJson() as unknown as DuckdbRow[];
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
