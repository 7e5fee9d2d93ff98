import { DuckDBInstance } from "@duckdb/node-api";
import { onTestFinished } from "vitest";

export type DuckdbRow = Readonly<Record<string, unknown>>;

/** Runs SQL in a DuckDB of its own; gives the rows of the last statement, numbers that JSON cannot hold as text. */
export async function duckdb(sql: string): Promise<DuckdbRow[]> {
  const { ask, close } = await openDuckdb();
  try {
    return await ask(sql);
  } finally {
    close();
  }
}

/** Runs one SQL after the other, as `duckdb` does, in one DuckDB until the test has ended. */
export async function duckdbOfTest(): Promise<typeof duckdb> {
  const { ask, close } = await openDuckdb();
  onTestFinished(close);
  return ask;
}

async function openDuckdb() {
  const instance = await DuckDBInstance.create(":memory:", {
    threads: "1",
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
  });
  const connection = await instance.connect();
  return {
    ask: async (sql: string) =>
      (await connection.runAndReadAll(sql)).getRowObjectsJson() as unknown as DuckdbRow[],
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}
