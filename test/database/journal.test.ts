import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { enterWal, leaveWal } from "../../src/database/journal.ts";
import { openWarehouse } from "../../src/database/open.ts";
import { temporaryFolder } from "../support/folder.ts";

test("the journal of temporary tables is left as it is", () => {
  const sqlite = new Database(join(temporaryFolder(), "warehouse.db"));
  onTestFinished(() => void sqlite.close());
  const modes = () => ["main", "temp"].map((name) => sqlite.pragma(`${name}.journal_mode`, { simple: true }));
  sqlite.pragma("temp.journal_mode = PERSIST");
  enterWal(sqlite);
  expect(modes()).toEqual(["wal", "persist"]);
  sqlite.exec("CREATE TEMP TABLE days AS SELECT 1 AS day; CREATE TABLE kept (day)");
  leaveWal(sqlite);
  expect(modes()).toEqual(["delete", "persist"]);
});

test("a writer that used temporary tables closes the file whatever readers do meanwhile", async () => {
  const path = join(temporaryFolder(), "warehouse.db");
  openWarehouse(path).close();
  const readers = [1, 2].map(() =>
    spawn(process.execPath, [join(import.meta.dirname, "../support/reader.js"), path, "new"]),
  );
  onTestFinished(() => {
    for (const reader of readers) if (reader.exitCode === null) reader.kill("SIGKILL");
  });
  await Promise.all(readers.map((reader) => once(reader.stderr, "data")));

  for (let round = 0; round < 200; round += 1) {
    const { sqlite, close } = openWarehouse(path);
    sqlite.exec("CREATE TEMP TABLE days AS SELECT 1 AS day");
    sqlite.exec("UPDATE data_dictionary SET meaning = meaning");
    expect(close).not.toThrow();
  }

  for (const reader of readers) reader.stdin.end();
  const codes = await Promise.all(readers.map((reader) => once(reader, "close")));
  expect(codes.map(([code]) => code)).toEqual([0, 0]);
});
