import { spawnSync } from "node:child_process";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { generateAccounts } from "../../src/sandbox/generate-world.ts";
import { getShape } from "../../src/schema/table.ts";
import { summaries } from "../../src/summaries/index.ts";
import { refreshSummaries } from "../../src/summaries/refresh-summaries.ts";
import { writeShellSql } from "../../src/summaries/write-shell-sql.ts";
import { syncedScene } from "../commands/scene-here.ts";
import { inventedAccounts, now, put } from "./invented.ts";

type Row = Record<string, unknown>;

/** A connection on which nobody has defined a function. */
function connect(path: string): Database.Database {
  const sqlite = new Database(path, { readonly: true });
  onTestFinished(() => void sqlite.close());
  return sqlite;
}

/** The stored rows of each summary table, and those that its printed SQL gives. */
function compare(path: string, run: (preparation: string, query: string) => Row[]): void {
  const stored = connect(path);
  for (const table of summaries) {
    const { name, key } = getShape(table);
    const rows = stored.prepare<[], Row>(`SELECT * FROM "${name}" ORDER BY ${key.join(", ")}`).all();
    const { preparation, query } = writeShellSql(stored, table);
    expect({ name, rows: run(preparation, query).map(rounded) }).toEqual({ name, rows: rows.map(rounded) });
  }
}

/** A shell may print 15 digits of a number. */
const rounded = (row: Row) =>
  Object.fromEntries(
    Object.entries(row).map(([column, value]) => [
      column,
      typeof value === "number" ? Number(value.toPrecision(12)) : value,
    ]),
  );

function compareOnOneConnection(path: string): void {
  const plain = connect(path);
  compare(path, (preparation, query) => {
    plain.exec(preparation);
    return plain.prepare<[], Row>(query).all();
  });
}

const shell = "sqlite3";
const hasShell = spawnSync(shell, ["--version"]).status === 0;

test("the printed SQL gives the rows of every summary table of the demo's accounts, on one plain connection", async () => {
  const { warehouse } = await syncedScene({ worlds: generateAccounts() });
  compareOnOneConnection(warehouse);
});

test.runIf(hasShell)("the sqlite3 shell runs it as it is printed", async () => {
  const { warehouse } = await syncedScene({ worlds: generateAccounts() });
  compare(warehouse, (preparation, query) => {
    const { stdout, stderr } = spawnSync(shell, ["-readonly", "-json", warehouse], {
      input: `${preparation}\n\n${query}\n`,
      encoding: "utf8",
      maxBuffer: 2 ** 28,
    });
    expect(stderr).toBe("");
    return stdout === "" ? [] : JSON.parse(stdout);
  });
});

test("suspected deletes, accounts without a time zone and dates near midnight count as in the tables", () => {
  const warehouse = inventedAccounts();
  const suspect = { run_id: 1, suspected_since: "2024-04-14 12:00:00" };
  put(
    warehouse,
    "sync_suspected_deletes",
    { account: "us", resource: "customers", key: "cy", ...suspect },
    { account: "us", resource: "invoices", key: "part paid", ...suspect },
  );
  warehouse.sqlite.exec("UPDATE accounts SET time_zone = NULL WHERE account = 'eu'");
  put(warehouse, "sync_runs", {
    ...{ account: "us", id: 1, process_id: 1, trigger: "test", status: "complete" },
    ...{ started_at: "2024-04-14 11:00:00", finished_at: "2024-04-14 12:00:00" },
  });
  put(warehouse, "sync_run_resources", {
    ...{ account: "us", run_id: 1, resource: "customers", status: "delete_limit", pages: 1, fetched: 1 },
    ...{ inserted: 0, updated: 0, unchanged: 1, rejected: 0, milliseconds: 1 },
  });
  refreshSummaries(warehouse, now);
  compareOnOneConnection(warehouse.path);
});
