import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { lockWarehouse } from "../../src/database/lock.ts";
import { keepFiles } from "../support/keep-files.ts";
import { nobody, reachable } from "../support/nobody.ts";
import { bytesIn, contents, holding, type Scene, scene } from "./scene.ts";
import { type SceneHere, sceneHere, syncedScene } from "./scene-here.ts";

interface Published extends SceneHere {
  readonly reports: string;
  readonly copy: string;
  /** What commands need to know of the copy. */
  readonly toCopy: { readonly WAREHOUSE_PUBLISH_PATH: string };
}

let putPublished: ReturnType<typeof keepFiles> | undefined;

/** A scene with a warehouse and, in a folder of its own, a copy of it; made once, since the invented account is always the same. */
async function published(): Promise<Published> {
  const here = await sceneHere();
  const reports = join(here.folder, "reports");
  const copy = join(reports, "chartmogul.db");
  const toCopy = { WAREHOUSE_PUBLISH_PATH: copy };
  if (putPublished === undefined) {
    mkdirSync(reports);
    expect(await here.runHere(["sync"], toCopy)).toMatchObject({ code: 0 });
    putPublished = keepFiles(here.folder);
  } else putPublished(here.folder);
  return { ...here, reports, copy, toCopy };
}

/** Changes every plan in ChartMogul, so that the next sync has something to write. */
function change({ worlds }: Scene): void {
  for (const plan of worlds.flatMap(({ plans }) => plans)) plan.name = `${plan.name} (new)`;
}

test("a sync that is not complete publishes nothing, and the old copy stays", async () => {
  const here = await published();
  const before = bytesIn(here.reports);
  const failed = await here.runHere(["sync"], { ...here.toCopy, CHARTMOGUL_API_KEY: "mistyped-key" });
  expect(failed.code).toBe(1);
  expect(bytesIn(here.reports)).toEqual(before);
});

test("a sync whose copy cannot be written reports what it did, fails, and leaves the old copy", async () => {
  const here = await published();
  change(here);
  const before = readFileSync(here.copy);
  // What takes the place of the unfinished copy cannot be removed.
  mkdirSync(`${here.copy}.publishing`);
  const { code, stdout, stderr } = await here.runHere(["sync"], { ...here.toCopy, LOG_LEVEL: "error" });
  expect(code).toBe(1);
  expect(stdout).toMatch(/^default +plans +complete/m);
  expect(stderr).toMatch(
    /error not published: cannot publish .*warehouse\.db to .*chartmogul\.db: .*; what was there is as it was/,
  );
  expect(stderr).toMatch(/hint=.*publish/);
  expect(readFileSync(here.copy).equals(before)).toBe(true);
  expect(here.rows("SELECT name FROM plans WHERE name NOT LIKE '%(new)'")).toEqual([]);
});

test("a disk that is full while the copy is written leaves the old copy and nothing else", async () => {
  const here = await published();
  const before = bytesIn(here.reports);
  const kibibytes = Math.floor(statSync(here.copy).size / 2048);
  const { code, stdout, stderr } = await here.run(["publish"], here.toCopy, { kibibytes });
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(
    /^error: cannot publish .*; what was there is as it was\nhint: {2}The copy needs up to \d+ MB/,
  );
  expect(bytesIn(here.reports)).toEqual(before);
});

/** Makes a database of another program. */
function foreign(path: string): void {
  const sqlite = new Database(path);
  sqlite.exec("CREATE TABLE bookings (guest TEXT)");
  sqlite.close();
}

test.each([
  ["the warehouse itself", "warehouse.db", () => {}, /is the warehouse or one of its files/],
  [
    "a link to the warehouse",
    "linked.db",
    ({ folder, warehouse }: Scene) => symlinkSync(warehouse, join(folder, "linked.db")),
    /is the warehouse or one of its files/,
  ],
  [
    "another name of the warehouse",
    "twin.db",
    ({ folder, warehouse }: Scene) => linkSync(warehouse, join(folder, "twin.db")),
    /is the warehouse or one of its files/,
  ],
  [
    "the warehouse by way of a linked folder",
    "here/warehouse.db",
    ({ folder }: Scene) => symlinkSync(folder, join(folder, "here")),
    /is the warehouse or one of its files/,
  ],
  [
    "the lock of the warehouse",
    "warehouse.db.lock",
    ({ folder }: Scene) => writeFileSync(join(folder, "warehouse.db.lock"), ""),
    /or one of its files/,
  ],
  ["the log of the warehouse", "./warehouse.db-wal", () => {}, /or one of its files/],
  [
    "another program's database",
    "hotel.db",
    ({ folder }: Scene) => foreign(join(folder, "hotel.db")),
    /is the database of another program; it was not touched/,
  ],
  [
    "what is no database",
    "notes.txt",
    ({ folder }: Scene) => writeFileSync(join(folder, "notes.txt"), "A walk in the hills.\n".repeat(10)),
    /not a database/,
  ],
  ["a folder", "reports", ({ folder }: Scene) => void mkdirSync(join(folder, "reports")), /is a folder/],
  [
    "a folder that is not there",
    "nowhere/copy.db",
    () => {},
    /the folder nowhere for the warehouse does not exist/,
  ],
  [
    "a copy that somebody writes to",
    "written.db",
    ({ folder, warehouse }: Scene) => {
      writeFileSync(join(folder, "written.db"), readFileSync(warehouse));
      writeFileSync(join(folder, "written.db-wal"), "");
    },
    /another program writes to .*, or did: there is .*written\.db-wal/,
  ],
])("%s is refused as a copy before anything is asked or written", async (_, copy, prepare, reason) => {
  const here = await syncedScene({ only: ["plans"] });
  prepare(here);
  const before = filesIn(here.folder);
  const asked = here.sandbox.requests.length;
  const env = { WAREHOUSE_PUBLISH_PATH: copy };
  // Of one case the processes are started, too.
  const run = copy === "warehouse.db" ? here.run : here.runHere;
  const ends = await Promise.all([
    run(["sync"], env),
    run(["schedule", "--now"], env),
    run(["publish"], env),
    run(["publish", "--output", copy]),
  ]);
  for (const { code, stdout, stderr } of ends) {
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(reason);
    expect(stderr).toMatch(/^error: .+\nhint: .+\n$/);
  }
  expect(here.sandbox.requests.length).toBe(asked);
  expect(filesIn(here.folder)).toEqual(before);
  expect((await run(["check"], env)).stdout).toMatch(/^FAULT published copy: /m);
});

/** The content of each file of a folder; for an entry that is no file, its kind. */
function filesIn(folder: string): Record<string, string> {
  const content = (name: string) =>
    lstatSync(join(folder, name)).isFile() ? readFileSync(join(folder, name)).toString("base64") : "no file";
  return Object.fromEntries(readdirSync(folder).map((name) => [name, content(name)]));
}

test("a copy under whose name the warehouse would be the unfinished copy is refused", async () => {
  const here = await syncedScene({ only: ["plans"] });
  const env = { WAREHOUSE_PATH: "copy.db.publishing" };
  renameSync(here.warehouse, join(here.folder, "copy.db.publishing"));
  const before = bytesIn(here.folder);
  const { code, stderr } = await here.runHere(["publish", "--output", "copy.db"], env);
  expect(code).toBe(2);
  expect(stderr).toContain("is the warehouse or one of its files");
  expect(bytesIn(here.folder)).toEqual(before);
});

test("publish without a warehouse, or without a place, exits with 2 and says what to do", async () => {
  const here = await sceneHere();
  const [absent, nowhere] = await Promise.all([
    here.runHere(["publish", "--output", "copy.db"]),
    here.runHere(["publish"]),
  ]);
  expect(absent).toMatchObject({ code: 2, stderr: expect.stringContaining("there is no warehouse at") });
  expect(nowhere).toMatchObject({ code: 2, stderr: expect.stringContaining("WAREHOUSE_PUBLISH_PATH") });
  expect(readdirSync(here.folder)).toEqual([]);
});

test("two that publish at once do not meet: the second exits with 3", async () => {
  const here = await published();
  const before = readFileSync(here.copy);
  onTestFinished(lockWarehouse(here.copy, () => undefined));
  const { code, stderr } = await here.run(["publish"], here.toCopy);
  expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining("chartmogul.db") });
  expect(readFileSync(here.copy).equals(before)).toBe(true);
});

test("what a publish that was killed left behind is replaced", async () => {
  const here = await published();
  writeFileSync(`${here.copy}.publishing`, "half a copy");
  expect((await here.runHere(["publish"], here.toCopy)).code).toBe(0);
  expect(readdirSync(here.reports).sort()).toEqual(["chartmogul.db", "chartmogul.db.lock"]);
  expect(contents(here.copy)).toEqual(contents(here.warehouse));
});

test("after a complete sync the copy is the warehouse: every row, its version, one file", async () => {
  const here = await published();
  change(here);
  expect((await here.run(["sync"], here.toCopy)).code).toBe(0);
  expect(contents(here.copy)).toEqual(contents(here.warehouse));
  expect(readdirSync(here.reports).sort()).toEqual(["chartmogul.db", "chartmogul.db.lock"]);
  for (const pragma of ["application_id", "user_version", "integrity_check"]) {
    expect(valueIn(here.copy, `PRAGMA ${pragma}`)).toEqual(here.value(`PRAGMA ${pragma}`));
  }
  expect(valueIn(here.copy, "PRAGMA journal_mode")).toBe("delete");
  expect(valueIn(here.copy, "SELECT count(*) FROM plans WHERE name LIKE '%(new)'")).toBeGreaterThan(0);
});

function valueIn(path: string, sql: string): unknown {
  const sqlite = new Database(path, { readonly: true });
  try {
    return sqlite.prepare(sql).pluck().get();
  } finally {
    sqlite.close();
  }
}

test.skipIf(!reachable)(
  "query, status and call read the copy in a folder in which nothing can be written, also as another user",
  async () => {
    const here = await published();
    for (const [place, mode] of [
      [here.folder, 0o755],
      [here.reports, 0o555],
      [here.copy, 0o444],
    ] as const) {
      chmodSync(place, mode);
    }
    onTestFinished(() => chmodSync(here.reports, 0o755));
    const env = { WAREHOUSE_PATH: here.copy };
    const before = bytesIn(here.reports);
    const read = (...args: string[]) => here.run(args, env, { user: nobody });
    const [query, status, call] = await Promise.all([
      read("query", "SELECT count(*) AS plans FROM plans", "--format", "csv"),
      read("status"),
      read("call", "list_plans"),
    ]);
    expect(query).toEqual({ code: 0, stdout: `plans\n${here.worlds[0]?.plans.length}\n`, stderr: "" });
    expect(status).toMatchObject({ code: 0, stderr: "" });
    expect(call).toMatchObject({ code: 0, stderr: "" });
    expect(bytesIn(here.reports)).toEqual(before);
  },
);

test("publish copies the last committed state while a sync is running, and the sync continues", async () => {
  const here = await published();
  change(here);
  const { url, reached, release } = await holding(here, /\/plans/);
  const { ended } = here.start(["sync"], { CHARTMOGUL_API_URL: url });
  await reached;
  const before = contents(here.warehouse);
  const during = await here.run(["publish"], here.toCopy);
  expect(during).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/chartmogul\.db: [\d.]+ MB\n$/),
    stderr: "",
  });
  expect(valueIn(here.copy, "PRAGMA journal_mode")).toBe("delete");
  expect(contents(here.copy)["plans"]).toEqual(before["plans"]);
  release();
  expect((await ended).code).toBe(0);
  expect(readdirSync(here.reports).sort()).toEqual(["chartmogul.db", "chartmogul.db.lock"]);
});

test("a reader that has the old copy open can still read it, and finds the new one by opening it again", async () => {
  const here = await published();
  const reader = new Database(here.copy, { readonly: true });
  onTestFinished(() => void reader.close());
  const names = () => reader.prepare("SELECT name FROM plans ORDER BY name").pluck().all();
  const before = names();
  change(here);
  expect((await here.runHere(["sync"], here.toCopy)).code).toBe(0);
  expect(names()).toEqual(before);
  expect(valueIn(here.copy, "SELECT count(*) FROM plans WHERE name NOT LIKE '%(new)'")).toBe(0);
});

test("a new copy has the permissions of the warehouse, a later one those of the copy before", async () => {
  const here = await syncedScene({ only: ["plans"] });
  const copy = join(here.folder, "copy.db");
  const publish = () => here.runHere(["publish", "--output", copy]);
  chmodSync(here.warehouse, 0o640);
  expect((await publish()).code).toBe(0);
  expect(statSync(copy).mode & 0o777).toBe(0o640);
  chmodSync(copy, 0o604);
  if (nobody !== undefined) chownSync(copy, nobody, nobody);
  const { mode, uid, gid, ino } = statSync(copy);
  expect((await publish()).code).toBe(0);
  expect(statSync(copy)).toMatchObject({ mode, uid, gid });
  expect(statSync(copy).ino).not.toBe(ino);
});

test.skipIf(nobody === undefined || !reachable)(
  "a copy that could not have the same group as before is refused if that would let others read it, or keep some from it",
  async () => {
    const here = await published();
    const before = readFileSync(here.copy);
    change(here);
    for (const place of [here.folder, here.reports, here.warehouse, here.copy, `${here.copy}.lock`]) {
      chownSync(place, nobody ?? 0, 0);
    }
    const publish = () => here.run(["publish"], here.toCopy, { user: nobody });
    for (const mode of [0o640, 0o604]) {
      chmodSync(here.copy, mode);
      const { code, stdout, stderr } = await publish();
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toMatch(
        /error: the new copy cannot be given the group of .*chartmogul\.db, 0; .*\nhint: .*group/,
      );
      expect(readFileSync(here.copy).equals(before)).toBe(true);
      expect(readdirSync(here.reports).sort()).toEqual(["chartmogul.db", "chartmogul.db.lock"]);
    }
    chmodSync(here.copy, 0o644);
    const { ino } = statSync(here.copy);
    expect((await publish()).code).toBe(0);
    expect(statSync(here.copy).ino).not.toBe(ino);
    expect(statSync(here.copy).mode & 0o777).toBe(0o644);
  },
);

test("a copy that is a link stays one, and the file that it leads to is replaced", async () => {
  const here = await published();
  const link = join(here.folder, "link.db");
  symlinkSync(here.copy, link);
  change(here);
  expect((await here.runHere(["sync"], { WAREHOUSE_PUBLISH_PATH: link })).code).toBe(0);
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(contents(here.copy)).toEqual(contents(here.warehouse));
});

test("a schedule publishes after each complete sync", async () => {
  const here = await scene();
  const schedule = here.start(["schedule", "--now"], { WAREHOUSE_PUBLISH_PATH: "copy.db" });
  await schedule.seen("published");
  schedule.child.kill("SIGTERM");
  expect((await schedule.ended).code).toBe(0);
  expect(contents(join(here.folder, "copy.db"))).toEqual(contents(here.warehouse));
});
