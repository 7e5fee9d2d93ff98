import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { bytesIn, type Scene } from "./scene.ts";
import { type SceneHere, sceneHere, syncedScene } from "./scene-here.ts";

/** Every command that opens the warehouse, except `check`, which tells of faults in another way. */
const openers = [["sync"], ["status"], ["query", "SELECT 1"], ["raw", "account"]];

/** The processes are started only where that is asked for. */
async function refusedBy(
  commands: string[][],
  make: (path: string) => void,
  running: (here: SceneHere) => Scene["run"] = ({ runHere }) => runHere,
): Promise<string[]> {
  const here = await sceneHere();
  const { folder, warehouse } = here;
  make(warehouse);
  const before = bytesIn(folder);
  const run = running(here);
  const [checked, ...ends] = await Promise.all([["check"], ...commands].map((command) => run(command)));
  for (const { code, stdout, stderr } of ends) {
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^hint: .+/m);
    expect(stderr).not.toMatch(/^\s+at /m);
  }
  expect(checked?.code).toBe(1);
  expect(checked?.stdout).toMatch(/^FAULT warehouse: .+\n {6}\S/m);
  // The same files, too: neither a lock nor a WAL was left beside it.
  expect(bytesIn(folder)).toEqual(before);
  return ends.map(({ stderr }) => stderr);
}

test.each([["delete"], ["wal"]])(
  "another program's database in journal mode %s is refused, not touched, and gets no files beside it",
  async (mode) => {
    const make = (path: string) => {
      const sqlite = new Database(path);
      sqlite.pragma(`journal_mode = ${mode}`);
      sqlite.exec("CREATE TABLE bookings (guest TEXT); INSERT INTO bookings VALUES ('Ida')");
      sqlite.close();
    };
    const said = await refusedBy(openers, make, ({ run, runHere }) => (mode === "wal" ? run : runHere));
    for (const stderr of said) {
      expect(stderr).toContain("is the database of another program; it was not touched");
      expect(stderr).toContain("Set WAREHOUSE_PATH to a new file.");
    }
  },
);

test("a database that only its application id marks as another program's is refused", async () => {
  const said = await refusedBy([["sync"]], (path) => {
    const sqlite = new Database(path);
    sqlite.pragma("application_id = 42");
    sqlite.exec("VACUUM");
    sqlite.close();
  });
  for (const stderr of said) expect(stderr).toContain("is the database of another program");
});

test("a text file is refused and not touched", async () => {
  const said = await refusedBy([["sync"]], (path) => writeFileSync(path, "Remember the milk.\n".repeat(100)));
  for (const stderr of said) expect(stderr).toContain("The file is no SQLite database.");
});

test("a warehouse of a newer version is refused and not touched", async () => {
  const { warehouse } = await syncedScene({ only: ["plans"] });
  const said = await refusedBy([["sync"]], (path) => {
    const newer = new Database(warehouse);
    newer.pragma("user_version = 4711");
    newer.prepare("VACUUM INTO ?").run(path);
    newer.close();
    const copy = new Database(path);
    copy.pragma("user_version = 4711");
    copy.close();
  });
  for (const stderr of said) expect(stderr).toContain("was written by a newer version of this program");
});

test("a folder is refused, and so is a path in a folder that does not exist", async () => {
  const { runHere, folder } = await sceneHere();
  mkdirSync(join(folder, "reports"));
  const [directory, nowhere] = await Promise.all([
    runHere(["sync"], { WAREHOUSE_PATH: "reports" }),
    runHere(["sync"], { WAREHOUSE_PATH: join(folder, "no", "where.db") }),
  ]);
  expect(directory.code).toBe(2);
  expect(directory.stderr).toMatch(/error: reports is a folder and cannot be the warehouse\nhint: /);
  expect(nowhere.code).toBe(2);
  expect(nowhere.stderr).toMatch(/error: there is no folder .*no for the warehouse\nhint: /);
  expect(readdirSync(folder)).toEqual(["reports"]);
  expect(readdirSync(join(folder, "reports"))).toEqual([]);
});

test("an empty file, as mktemp makes it, becomes the warehouse", async () => {
  const { runHere, warehouse, value, worlds } = await sceneHere();
  writeFileSync(warehouse, "");
  expect((await runHere(["sync", "--only", "plans"])).code).toBe(0);
  expect(value("SELECT count(*) FROM plans")).toBe(worlds[0]?.plans.length);
});

test("what a sync had begun to write into the file itself when it was killed is undone by the next command", async () => {
  const { runHere, folder, value, worlds } = await syncedScene({ only: ["plans"] });
  const left = { status: join(folder, "status.db"), sync: join(folder, "sync.db") };
  for (const path of Object.values(left)) copyInsideWrite(join(folder, "warehouse.db"), path);

  expect((await runHere(["status"], { WAREHOUSE_PATH: left.status })).code).toBe(0);
  expect((await runHere(["sync", "--only", "plans"], { WAREHOUSE_PATH: left.sync })).code).toBe(0);
  for (const path of Object.values(left)) {
    const plans = await runHere(["query", "SELECT count(*) FROM plans", "--format", "csv"], {
      WAREHOUSE_PATH: path,
    });
    expect(plans).toMatchObject({ code: 0, stdout: `count(*)\n${worlds[0]?.plans.length}\n` });
  }
  expect(readdirSync(folder).filter((name) => name.endsWith(".db-journal"))).toEqual([]);
  expect(value("SELECT count(*) FROM plans")).toBe(worlds[0]?.plans.length);
});

/** Copies a warehouse as a process leaves it that dies in a transaction of which part is in the file already. */
function copyInsideWrite(from: string, to: string): void {
  const sqlite = new Database(from);
  // So small that the change does not wait for the commit in memory.
  sqlite.pragma("cache_size = 1");
  sqlite.exec("BEGIN; UPDATE raw_records SET record = zeroblob(4000); DELETE FROM plans");
  for (const suffix of ["", "-journal"]) copyFileSync(from + suffix, to + suffix);
  sqlite.exec("ROLLBACK");
  sqlite.close();
}
