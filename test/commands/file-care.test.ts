import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { type Ended, run } from "../support/cli.ts";
import { temporaryFolder } from "../support/folder.ts";
import { installNextVersion } from "../support/next-version.js";
import { nobody, reachable } from "../support/nobody.ts";
import { contents, expectedRows, rowCounts, type Scene } from "./scene.ts";
import { sceneHere, syncedScene } from "./scene-here.ts";

/** Expects a failure in plain words with this exit code. */
function expectFailure({ code, stderr }: Ended, expected: number): void {
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(stderr).not.toContain("this is a bug");
  expect({ code, stderr }).toMatchObject({ code: expected, stderr: expect.stringMatching(/\S/) });
}

test("a disk that is full in the middle of a first sync keeps what was committed, and the next sync completes", async () => {
  const { run, runHere, warehouse, worlds, value } = await sceneHere();
  const full = await run(["sync"], {}, { kibibytes: 1500 });
  expectFailure(full, 1);
  expect(full.stderr).toMatch(/(disk I\/O error|disk is full).*\n?.*disk is full/);
  expect(full.stderr).toContain("What was committed is safe");
  expect(value("PRAGMA integrity_check")).toBe("ok");
  const stored = Object.values(rowCounts(warehouse, "default")).reduce((sum, rows) => sum + rows, 0);
  expect(stored).toBeGreaterThan(0);
  expect(value("SELECT count(*) FROM sync_runs WHERE status = 'complete'")).toBe(0);

  expect((await runHere(["sync"])).code).toBe(0);
  for (const world of worlds) expect(rowCounts(warehouse, "default")).toMatchObject(expectedRows(world));
});

test("a schedule that outlives a full disk does not make the run look as if it were still running", async () => {
  const { runHere, start, value } = await syncedScene({ only: ["plans"] });
  // A few pages of the file decide whether the end of the run still finds room.
  for (let kibibytes = 1000; kibibytes < 1100; kibibytes += 5) {
    const schedule = start(["schedule", "--now"], {}, { kibibytes });
    await schedule.seen("disk is full");
    const wasCutOff = value("SELECT status FROM sync_runs ORDER BY id DESC") === "running";
    const status = await runHere(["status"]);
    schedule.child.kill("SIGTERM");
    expect((await schedule.ended).code).toBe(0);
    expect(status.code).toBe(1);
    if (!wasCutOff) continue;
    expect(status.stdout).toMatch(
      /run \d+ interrupted: it was cut off: its process \d+ is no longer syncing/,
    );
    return;
  }
  throw new Error("the end of every run was recorded");
}, 60_000);

test.each([
  ["nothing", 0],
  ["hardly anything", 40],
])("where %s can be written any more, a sync fails and leaves every row as it was", async (_, kibibytes) => {
  const { run, runHere, warehouse, worlds, value } = await syncedScene();
  for (const world of worlds) {
    for (const plan of world.plans) plan.name = `${plan.name} (new)`;
  }
  const before = contents(warehouse);
  const full = await run(["sync", "--only", "plans"], {}, { kibibytes });
  expectFailure(full, 1);
  expect(full.stderr).toMatch(/disk is full/);
  expect(full.stderr).toContain(warehouse.split("/").at(-1));
  expect(contents(warehouse)).toEqual(before);
  expect(value("PRAGMA integrity_check")).toBe("ok");
  expect((await runHere(["sync"])).code).toBe(0);
});

test("a warehouse that cannot be copied for lack of room is not migrated, and says how much the copy needs", async () => {
  const { warehouse, folder, environment, value, worlds } = await syncedScene();
  const { cli } = installNextVersion(join(temporaryFolder(), "next"));
  const before = readFileSync(warehouse);
  const full = await run(["sync"], {
    cwd: folder,
    env: environment,
    limits: { kibibytes: Math.floor(before.length / 2048) },
    program: cli,
  });
  expectFailure(full, 1);
  expect(full.stderr).toMatch(
    /cannot copy .*warehouse\.db.*; nothing was changed\nhint: .* MB of disk space/,
  );
  expect(readFileSync(warehouse).equals(before)).toBe(true);
  expect(readdirSync(folder).sort()).toEqual(["warehouse.db", "warehouse.db.lock"]);

  expect(await run(["sync"], { cwd: folder, env: environment, program: cli })).toMatchObject({ code: 0 });
  expect(value("SELECT count(*) FROM customers")).toBe(worlds[0]?.customers.length);
  expect(value("SELECT count(*) FROM pragma_index_list('customers') WHERE origin = 'c'")).toBeGreaterThan(0);
});

/** Gives the folder and its files to the user who runs the commands, with these permissions. */
function permit(folder: string, onFolder: number, onFiles: number): void {
  const places = readdirSync(folder).map((name): [string, number] => [join(folder, name), onFiles]);
  for (const [place, mode] of [...places, [folder, onFolder] as const]) {
    if (nobody !== undefined) chownSync(place, nobody, nobody);
    chmodSync(place, mode);
  }
  onTestFinished(() => chmodSync(folder, 0o755));
}

test.skipIf(!reachable).each([
  ["a folder that is read-only", 0o555, 0o644],
  ["a file that is read-only", 0o755, 0o444],
  ["a file and a folder that are read-only", 0o555, 0o444],
])("%s: the sync is refused with a hint, check finds it, and reading works", async (_, onFolder, onFiles) => {
  const { run, folder, warehouse } = await syncedScene();
  const before = readFileSync(warehouse);
  permit(folder, onFolder, onFiles);
  const limits = { user: nobody };
  const [sync, check, query, status] = await Promise.all([
    run(["sync"], {}, limits),
    run(["check"], {}, limits),
    run(["query", "SELECT count(*) AS runs FROM sync_runs", "--format", "csv"], {}, limits),
    run(["status"], {}, limits),
  ]);
  expectFailure(sync, 2);
  expect(sync.stderr).toMatch(/error: cannot .*warehouse\.db.*\nhint: {2}Check that this user may write/);
  expect(check.code).toBe(1);
  expect(check.stdout).toMatch(
    /^FAULT warehouse: .* cannot be written\n {6}Give this user write permission/m,
  );
  expect(query).toMatchObject({ code: 0, stdout: "runs\n1\n" });
  expect(status.code).toBe(0);
  expect(readFileSync(warehouse).equals(before)).toBe(true);
});

/** The ends of commands that another program's lock kept from the warehouse, and its content before and after. */
async function keptOut(
  lock: string,
  commands: readonly string[][],
  prepare: (here: Scene) => void = () => {},
) {
  const here = await syncedScene();
  prepare(here);
  const before = contents(here.warehouse);
  const other = new Database(here.warehouse);
  onTestFinished(() => void other.close());
  other.exec(lock);
  const ends = await Promise.all(commands.map((command) => here.run(command)));
  other.exec("ROLLBACK");
  other.close();
  return { ...here, ends, before, after: contents(here.warehouse) };
}

const everyCommand = [["check"], ["sync"], ["status"], ["query", "SELECT 1"]];

/** Each command waits for seconds before it gives up, so that they all do so at the same time, for whichever test comes first. */
const waited = once(async () => {
  const [locked, writeLocked] = await Promise.all([
    keptOut("BEGIN EXCLUSIVE", everyCommand),
    keptOut("PRAGMA journal_mode = WAL; BEGIN IMMEDIATE", [["sync", "--only", "plans"]], ({ worlds }) => {
      for (const world of worlds) {
        for (const plan of world.plans) plan.name = `${plan.name} (new)`;
      }
    }),
  ]);
  return { locked: { ...locked, next: await locked.runHere(["sync"]) }, writeLocked };
});

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= work();
    return made;
  };
}

test("a file that another program keeps locked is left alone, with exit code 3", async () => {
  const { locked } = await waited();
  const [check, ...ends] = locked.ends;
  expect(ends).toHaveLength(3);
  for (const ended of ends) {
    expectFailure(ended, 3);
    expect(ended.stderr).toMatch(
      /error: cannot use the warehouse .*warehouse\.db: database is locked\nhint: {2}Another program keeps the file locked/,
    );
  }
  expect(check?.code).toBe(1);
  expect(check?.stdout).toMatch(/^FAULT warehouse: .*database is locked\n {6}Another program keeps/m);
  expect(locked.after).toEqual(locked.before);
  expect(locked.next.code).toBe(0);
}, 60_000);

test("a program that takes the write lock during a sync makes it fail, and the rows stay as they were", async () => {
  const { writeLocked } = await waited();
  expect(writeLocked.ends).toHaveLength(1);
  for (const ended of writeLocked.ends) {
    expectFailure(ended, 3);
    expect(ended.stderr).toContain("Another program keeps the file locked");
  }
  expect(writeLocked.after).toEqual(writeLocked.before);
}, 60_000);

/** Overwrites the leaves of this table, or index, with nonsense. */
function damage(path: string, name: string): void {
  const sqlite = new Database(path, { readonly: true });
  const leaves = sqlite
    .prepare<[string], { pgoffset: number; pgsize: number }>(
      "SELECT pgoffset, pgsize FROM dbstat WHERE name = ? AND pagetype = 'leaf'",
    )
    .all(name);
  sqlite.close();
  expect(leaves.length).toBeGreaterThan(0);
  const file = openSync(path, "r+");
  for (const { pgoffset, pgsize } of leaves) writeSync(file, Buffer.alloc(pgsize, 0xab), 0, pgsize, pgoffset);
  closeSync(file);
}

test("damage in the middle of the file is found by check and by a sync, which writes nothing", async () => {
  const { run, runHere, warehouse } = await syncedScene();
  const healthy = contents(warehouse);
  damage(warehouse, "raw_records");

  const check = await runHere(["check"]);
  expect(check.code).toBe(1);
  expect(check.stdout).toMatch(/^FAULT warehouse: .*warehouse\.db is damaged: .+\n {6}Keep the file/m);
  expect(check.stdout).toMatch(/^ok {4}account default/m);

  const sync = await runHere(["sync"]);
  expectFailure(sync, 1);
  expect(sync.stderr).toMatch(/^error: warehouse\.db is damaged: .+\nhint: {2}Keep the file/);
  const query = await run(["query", "SELECT * FROM raw_records", "--format", "csv"]);
  expectFailure(query, 1);
  expect(query.stderr).toMatch(
    /error: cannot use the warehouse warehouse\.db: .*malformed\nhint: {2}The file is damaged/,
  );
  const raw = await runHere(["raw", "account"]);
  expectFailure(raw, 1);
  expect(raw.stderr).toMatch(
    /error: cannot use the warehouse warehouse\.db: .*\nhint: {2}The file is damaged/,
  );

  const rows = new Database(warehouse, { readonly: true });
  onTestFinished(() => void rows.close());
  for (const table of ["customers", "invoices", "plans"])
    expect(rows.prepare(`SELECT * FROM ${table} ORDER BY account, uuid`).all()).toEqual(healthy[table]);
});

test.each([
  ["cut off in the middle", (path: string) => truncateSync(path, statSync(path).size / 2), 1],
  ["cut off within a page", (path: string) => truncateSync(path, statSync(path).size - 1000), 1],
  ["left with a first page of nonsense", (path: string) => overwrite(path, 0, Buffer.alloc(4096, 0xab)), 2],
  [
    "left with nonsense behind its header",
    (path: string) => overwrite(path, 100, Buffer.alloc(3996, 0xab)),
    1,
  ],
])("a file that was %s is refused by every command and not touched", async (how, harm, code) => {
  const { run, runHere, folder, warehouse } = await syncedScene();
  harm(warehouse);
  const before = readFileSync(warehouse);
  // Of one case the processes are started, too.
  const runEach = how === "cut off in the middle" ? run : runHere;
  const [check, ...ends] = await Promise.all(
    [["check"], ["sync"], ["status"], ["query", "SELECT 1"]].map((command) => runEach(command)),
  );
  for (const ended of ends) {
    expectFailure(ended, code);
    expect(ended.stderr).toMatch(/^error: .*warehouse\.db.*\nhint: {2}.*(damaged|restore a copy)/);
  }
  expect(check?.code).toBe(1);
  expect(check?.stdout).toMatch(/^FAULT warehouse: .*warehouse\.db.*\n {6}.*(damaged|restore a copy)/m);
  expect(readFileSync(warehouse).equals(before)).toBe(true);
  expect(readdirSync(folder).filter((name) => /-(wal|shm|journal)$/.test(name))).toEqual([]);
});

function overwrite(path: string, offset: number, bytes: Buffer): void {
  const file = openSync(path, "r+");
  writeSync(file, bytes, 0, bytes.length, offset);
  closeSync(file);
}

test("a rollback journal that a killed process left behind is rolled back, and the sync continues", async () => {
  const { runHere, warehouse } = await syncedScene();
  const before = contents(warehouse);
  // A page is written out before its transaction is committed, and then the process is gone.
  const script = `const sqlite = new (require("better-sqlite3"))(${JSON.stringify(warehouse)});
    sqlite.pragma("cache_size = 1"); sqlite.exec("BEGIN; UPDATE plans SET name = 'half done'; UPDATE invoices SET currency = 'XTS'");
    process.kill(process.pid, "SIGKILL");`;
  try {
    execFileSync(process.execPath, ["-e", script], { cwd: join(import.meta.dirname, "../..") });
  } catch {
    // It has killed itself.
  }
  expect(readdirSync(dirname(warehouse))).toContain("warehouse.db-journal");
  expect((await runHere(["sync"])).code).toBe(0);
  expect(contents(warehouse)).toEqual(before);
  expect(readdirSync(dirname(warehouse))).not.toContain("warehouse.db-journal");
});
