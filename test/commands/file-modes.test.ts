import { chmodSync, chownSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { nobody, reachable } from "../support/nobody.ts";
import { holding, tiny } from "./scene.ts";
import { type SceneHere, sceneHere, syncedScene } from "./scene-here.ts";

const isWindows = process.platform === "win32";

/** The modes of all that is in a folder, as `chmod` takes them, by path. */
function modesIn(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) =>
    join(entry.parentPath, entry.name),
  );
  return Object.fromEntries(entries.sort().map((path) => [relative(folder, path), modeOf(path)]));
}

function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8).padStart(4, "0");
}

/** Does all that makes files, and gives the modes of folders and of files that there are in the end, and were in the middle of a sync. */
async function modesOfAll(here: SceneHere, env: Readonly<Record<string, string>>) {
  const published = { ...env, WAREHOUSE_PUBLISH_PATH: "published.db" };
  const { url, reached, release } = await holding(here, /\/plans/);
  const { ended } = here.start(["sync"], { ...published, CHARTMOGUL_API_URL: url });
  await reached;
  const during = modesIn(here.folder);
  release();
  expect((await ended).code).toBe(0);
  for (const args of [
    ["report"],
    ["export", "--to", "csv", "--format", "csv"],
    ["export", "--to", "parquet", "--format", "parquet"],
  ]) {
    expect(await here.runHere(args, env)).toMatchObject({ code: 0, stderr: "" });
  }
  return { during, after: modesIn(here.folder) };
}

test.skipIf(isWindows).each([
  [{}, "0600", "0700"],
  [{ WAREHOUSE_FILE_MODE: "0640" }, "0640", "0750"],
  [{ WAREHOUSE_FILE_MODE: "664" }, "0664", "0775"],
])("with %j every file is made with %s and every folder with %s", async (env, file, folder) => {
  const here = await sceneHere();
  const { during, after } = await modesOfAll(here, env);
  expect(Object.keys(during).sort()).toEqual([
    "warehouse.db",
    "warehouse.db-shm",
    "warehouse.db-wal",
    "warehouse.db.lock",
    "warehouse.db.lock-journal",
  ]);
  for (const mode of Object.values(during)) expect(mode).toBe(file);
  expect(Object.keys(after)).toEqual(
    expect.arrayContaining(["published.db", "published.db.lock", "report.html", "csv.lock"]),
  );
  expect(Object.keys(after).length).toBeGreaterThan(100);
  const others = Object.entries(after).filter(
    ([path, mode]) => mode !== (statSync(join(here.folder, path)).isDirectory() ? folder : file),
  );
  expect(others).toEqual([]);
});

test.skipIf(isWindows)("the files of the demo are for their owner alone", async () => {
  const { folder, start } = await sceneHere();
  const demo = start(["demo"]);
  await demo.seen("First sync:");
  // All of it takes long, and its report is made as every report is.
  demo.child.kill("SIGINT");
  await demo.ended;
  const modes = modesIn(folder);
  expect(Object.keys(modes)).toContain("demo.db");
  for (const [path, mode] of Object.entries(modes)) expect([path, mode]).toEqual([path, "0600"]);
});

test.skipIf(isWindows)(
  "what an operator has set since is kept, by file and by folder, with owner and group",
  async () => {
    const here = await sceneHere(tiny(), tiny("harbor"));
    const first = { CHARTMOGUL_API_KEY_HARBOR: "", WAREHOUSE_PUBLISH_PATH: "published.db" };
    const all = async (env: Readonly<Record<string, string>>) => {
      for (const args of [
        ["sync", "--only", "plans", "--only", "account"],
        ["report"],
        ["export", "--to", "exports", "--format", "csv"],
        ["publish"],
      ]) {
        expect((await here.runHere(args, env)).code).toBe(0);
      }
    };
    await all(first);
    const set: Readonly<Record<string, number>> = {
      "warehouse.db": 0o664,
      "published.db": 0o644,
      "report.html": 0o604,
      exports: 0o750,
      "exports/_export.json": 0o640,
      "exports/plans": 0o755,
      "exports/plans/account=default": 0o710,
      "exports/plans/account=default/plans.csv": 0o644,
    };
    const owner = nobody ?? process.getuid?.() ?? 0;
    for (const [path, mode] of Object.entries(set)) {
      chmodSync(join(here.folder, path), mode);
      if (nobody !== undefined) chownSync(join(here.folder, path), nobody, nobody);
    }
    await all({ WAREHOUSE_PUBLISH_PATH: "published.db" });
    for (const [path, mode] of Object.entries(set)) {
      const stats = statSync(join(here.folder, path));
      expect([path, stats.mode & 0o777, stats.uid]).toEqual([path, mode, owner]);
    }
    // New files are for the users who may look into the folder.
    expect(modeOf(join(here.folder, "exports/plans/account=harbor"))).toBe("0750");
    expect(modeOf(join(here.folder, "exports/plans/account=harbor/plans.csv"))).toBe("0640");
  },
);

test.skipIf(nobody === undefined || !reachable)(
  "who cannot give an export or a report the group of its readers gives the group no more than all others have",
  async () => {
    const here = await syncedScene({ only: ["plans"] });
    chmodSync(here.warehouse, 0o664);
    chmodSync(here.folder, 0o755);
    const mine = join(here.folder, "mine");
    mkdirSync(mine);
    chownSync(mine, nobody ?? 0, nobody ?? 0);
    for (const args of [
      ["export", "--to", join(mine, "exports"), "--format", "csv"],
      ["report", "--output", join(mine, "report.html")],
    ]) {
      expect(await here.run(args, {}, { user: nobody })).toMatchObject({ code: 0, stderr: "" });
    }
    expect(modeOf(join(mine, "report.html"))).toBe("0644");
    expect(modeOf(join(mine, "exports/plans/account=default/plans.csv"))).toBe("0644");
  },
);

test.skipIf(nobody === undefined || !reachable)(
  "by the steps of docs/reading.md a group reads the file, also while a sync runs",
  async () => {
    const here = await sceneHere();
    const group = 4242;
    chownSync(here.folder, nobody ?? 0, group);
    chmodSync(here.folder, 0o2750);
    const { url, reached, release } = await holding(here, /\/plans/);
    const env = { CHARTMOGUL_API_URL: url, WAREHOUSE_FILE_MODE: "0640" };
    const { ended } = here.start(["sync"], env, { user: nobody });
    await reached;
    for (const name of ["warehouse.db", "warehouse.db-wal", "warehouse.db-shm"]) {
      const { mode, gid } = statSync(join(here.folder, name));
      expect({ name, mode: mode & 0o777, gid }).toEqual({ name, mode: 0o640, gid: group });
    }
    release();
    expect((await ended).code).toBe(0);
  },
);

test.each(["0800", "rw-r-----", "4640", "0750", "0440", "0", "-640", "0x1a0"])(
  "WAREHOUSE_FILE_MODE=%s is refused",
  async (mode) => {
    const { runHere } = await sceneHere();
    const { code, stderr } = await runHere(["sync"], { WAREHOUSE_FILE_MODE: mode });
    expect(code).toBe(2);
    expect(stderr).toContain(`WAREHOUSE_FILE_MODE is not a file mode such as 0600 or 0640: "${mode}"`);
  },
);

test.skipIf(isWindows)(
  "check warns of files that every user of the machine can read, and still succeeds",
  async () => {
    const { runHere, folder, warehouse } = await syncedScene({ only: ["plans"] });
    const env = join(folder, ".env");
    writeFileSync(env, "SYNC_LOOKBACK_DAYS=35\n");
    onTestFinished(() => chmodSync(folder, 0o755));
    for (const path of [warehouse, env]) chmodSync(path, 0o640);
    expect((await runHere(["check"])).stdout).not.toContain("warn");
    for (const path of [warehouse, env]) chmodSync(path, 0o644);
    const { code, stdout } = await runHere(["check"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^warn {2}warehouse\.db: every user .* can read it\n {6}.*chmod o-rwx warehouse\.db$/m,
    );
    expect(stdout).toMatch(/^warn {2}\.env: every user .* can read it\n {6}.*chmod o-rwx \.env$/m);
  },
);
