import {
  chmodSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { nobody, reachable } from "../support/nobody.ts";
import { bytesIn, holding, type Scene } from "./scene.ts";
import { type SceneHere, sceneHere, syncedScene } from "./scene-here.ts";

/** Every command that opens the warehouse, except `check`, which reports faults in another way. */
const openers = [["sync"], ["status"], ["query", "SELECT 1"], ["raw", "account"]];

/** The others; those that write elsewhere need arguments. */
const otherOpeners = [
  ["verify"],
  ["rebuild"],
  ["changes"],
  ["publish", "--output", "copy.db"],
  ["export", "--to", "exports", "--format", "csv"],
  ["report", "--output", "report.html"],
  ["call", "list_plans"],
];

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
  for (const stderr of said) expect(stderr).toContain("The file is not an SQLite database.");
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

test.each([1, 13])(
  "a warehouse of an unreleased version, with user_version %i, is refused by every command and not touched",
  async (version) => {
    const { warehouse } = await syncedScene({ only: ["plans"] });
    const said = await refusedBy([...openers, ...otherOpeners], (path) => {
      copyFileSync(warehouse, path);
      const old = new Database(path);
      old.pragma(`user_version = ${version}`);
      old.close();
    });
    for (const stderr of said) {
      expect(stderr).toContain("was written by an unreleased version before 0.1.0");
      expect(stderr).toContain("it was not touched");
      expect(stderr).toContain("sync into a new file (WAREHOUSE_PATH)");
    }
  },
);

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
  expect(nowhere.stderr).toMatch(/error: the folder .*no for the warehouse does not exist\nhint: /);
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

/** Copies a warehouse as a process leaves it that dies in a transaction after part of it was written to the file. */
function copyInsideWrite(from: string, to: string): void {
  const sqlite = new Database(from);
  // So small that the change does not wait for the commit in memory.
  sqlite.pragma("cache_size = 1");
  sqlite.exec("BEGIN; UPDATE raw_records SET record = zeroblob(4000); DELETE FROM plans");
  for (const suffix of ["", "-journal"]) copyFileSync(from + suffix, to + suffix);
  sqlite.exec("ROLLBACK");
  sqlite.close();
}

describe("a link whose target does not exist yet", () => {
  const chains: readonly [string, readonly (readonly [link: string, to: string])[], string][] = [
    ["a link", [["link.db", "data/real.db"]], "data/real.db"],
    [
      "a chain of links, through folders that are links",
      [
        ["link.db", "there/middle.db"],
        ["there", "data"],
        ["data/middle.db", "../elsewhere/last.db"],
        ["elsewhere", "data"],
        ["data/last.db", "real.db"],
      ],
      "data/real.db",
    ],
  ];

  test.each(chains)("two syncs that meet there by %s meet at one lock", async (_, links, end) => {
    const here = await sceneHere();
    mkdirSync(join(here.folder, "data"));
    for (const [link, to] of links) symlinkSync(to, join(here.folder, link));
    const { url, reached, release } = await holding(here, /\/plans/);
    const env = { CHARTMOGUL_API_URL: url, WAREHOUSE_PATH: "link.db" };
    const first = here.start(["sync"], env);
    await reached;
    for (const path of ["link.db", end]) {
      const second = await here.run(["sync"], { WAREHOUSE_PATH: path });
      expect(second).toMatchObject({ code: 3, stdout: "" });
      expect(second.stderr).toContain("another sync is writing to");
    }
    release();
    expect((await first.ended).code).toBe(0);
    expect(readdirSync(join(here.folder, "data")).filter((name) => name.startsWith("real"))).toEqual([
      "real.db",
      "real.db.lock",
    ]);
  });

  test("a published copy and an export are put where it leads", async () => {
    const here = await syncedScene({ only: ["plans"] });
    mkdirSync(join(here.folder, "data"));
    for (const name of ["copy.db", "exports"]) symlinkSync(`data/${name}`, join(here.folder, name));
    for (const args of [
      ["publish", "--output", "copy.db"],
      ["export", "--to", "exports", "--format", "csv"],
    ]) {
      expect(await here.runHere(args)).toMatchObject({ code: 0, stderr: "" });
    }
    for (const name of ["copy.db", "exports"]) {
      expect(lstatSync(join(here.folder, name)).isSymbolicLink()).toBe(true);
      expect(lstatSync(join(here.folder, "data", name)).isSymbolicLink()).toBe(false);
    }
  });
});

test("a link that leads to itself, or into a folder that is not there, is refused with a hint", async () => {
  for (const to of ["warehouse.db", "nowhere/real.db"]) {
    const here = await sceneHere();
    symlinkSync(to, here.warehouse);
    for (const args of openers) {
      const { code, stderr } = await here.runHere(args);
      expect(code).toBe(args[0] === "status" && to !== "warehouse.db" ? 1 : 2);
      expect(stderr).toMatch(/^error: .*\nhint: {2}.*(folder|link|WAREHOUSE_PATH)|was never synced/);
    }
    const { code, stdout } = await here.runHere(["check"]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^FAULT warehouse: .+\n {6}\S/m);
    expect(readdirSync(here.folder)).toEqual(["warehouse.db"]);
  }
});

test.skipIf(!reachable)("a folder that this user may not enter is refused with a hint", async () => {
  const here = await syncedScene({ only: ["plans"] });
  const shut = join(here.folder, "shut");
  mkdirSync(join(shut, "in"), { recursive: true });
  chmodSync(here.folder, 0o755);
  for (const mode of [0o700, 0o711]) {
    chmodSync(join(shut, "in"), 0o700);
    chmodSync(shut, mode);
    for (const args of [...openers, ["check"]]) {
      const path = join(shut, "in", "warehouse.db");
      const { code, stdout, stderr } = await here.run(args, { WAREHOUSE_PATH: path }, { user: nobody });
      expect({ args, code }).toEqual({ args, code: args[0] === "check" ? 1 : 2 });
      expect(`${stdout}${stderr}`).toContain("permission denied");
      expect(`${stdout}${stderr}`).not.toMatch(/^\s+at /m);
    }
  }
});
