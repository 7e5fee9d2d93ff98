import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { resources as registry } from "../../src/resources/index.ts";
import { runHere } from "../support/run-here.ts";
import { contents, expectedRows, rowCounts, scene, tiny } from "./scene.ts";
import { syncedScene } from "./scene-here.ts";

const resources = registry.map(({ name }) => name);

interface Report {
  account: string;
  resource: string;
  status: string;
  inserted: number;
  updated: number;
  unchanged: number;
  fetched: number;
}

function reportsIn(stdout: string): Report[] {
  return JSON.parse(stdout) as Report[];
}

test("without a key, or for an unknown account or resource, it says what to set or what there is, and creates nothing", async () => {
  const { run, folder } = await scene(tiny(), tiny("harbor"));
  const [withoutKey, account, resource] = await Promise.all([
    run(["sync"], { CHARTMOGUL_API_KEY: "", CHARTMOGUL_API_KEY_HARBOR: "" }),
    run(["sync", "--account", "harbour"]),
    run(["sync", "--only", "plans", "--only", "customer"]),
  ]);
  for (const { code, stdout } of [withoutKey, account, resource]) {
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  }
  expect(withoutKey.stderr).toMatch(/^error: no API key is set\nhint: .*CHARTMOGUL_API_KEY/);
  expect(account.stderr).toContain(
    'error: there is no account "harbour"\nhint:  There are: default, harbor.',
  );
  expect(resource.stderr).toContain('error: there is no resource "customer"');
  expect(resource.stderr).toContain(`hint:  There are: ${resources.join(", ")}.`);
  expect(readdirSync(folder)).toEqual([]);
});

test("a sync stores all that two accounts hold in one file, prints a table, and a second one changes nothing", async () => {
  const { run, value, warehouse, worlds, folder, environment } = await scene(tiny(), tiny("harbor"));
  const first = await run(["sync"]);
  expect(first.code).toBe(0);
  // Looked at before anything opens the file: no WAL is left, so that it can be read from a read-only folder.
  expect(readdirSync(folder).sort()).toEqual(["warehouse.db", "warehouse.db.lock"]);
  expect(value("PRAGMA journal_mode")).toBe("delete");
  expect(value("PRAGMA integrity_check")).toBe("ok");

  const [header, , ...lines] = first.stdout.trimEnd().split("\n");
  expect(header?.split(/ +/)).toEqual(
    "account resource status pages fetched inserted updated unchanged restored deleted rejected missing seconds".split(
      " ",
    ),
  );
  expect(lines.map((line) => line.split(/ +/).slice(0, 3).join(" "))).toEqual(
    ["default", "harbor"].flatMap((account) =>
      resources.map((resource) => `${account} ${resource} complete`),
    ),
  );
  for (const world of worlds) {
    expect(rowCounts(warehouse, world.name)).toMatchObject(expectedRows(world));
    expect(rowCounts(warehouse, world.name)["daily_metrics"]).toBeGreaterThan(700);
  }

  const before = contents(warehouse);
  const second = await runHere(["sync", "--json"], { cwd: folder, env: environment });
  expect(second.code).toBe(0);
  for (const report of reportsIn(second.stdout)) {
    expect(report).toMatchObject({ inserted: 0, updated: 0, unchanged: report.fetched, status: "complete" });
  }
  expect(contents(warehouse)).toEqual(before);
});

test("--json prints the report alone on standard output, with exactly the agreed fields", async () => {
  const { folder, environment } = await scene(tiny(), { ...tiny("harbor"), key: "served-key" });
  const env = { ...environment, CHARTMOGUL_API_KEY_HARBOR: "mistyped-key" };
  const { code, stdout } = await runHere(["sync", "--json"], { cwd: folder, env });
  expect(code).toBe(1);
  const fields =
    "account resource status pages fetched inserted updated unchanged restored deleted rejected missing milliseconds announced_pages walk_started_at fresh_as_of read_to_end reconciled";
  const reports = reportsIn(stdout);
  expect(reports.map(({ account, resource }) => `${account} ${resource}`)).toEqual(
    ["default", "harbor"].flatMap((account) => resources.map((resource) => `${account} ${resource}`)),
  );
  for (const report of reports) {
    const failed = report.account === "harbor";
    expect(report.status).toBe(failed ? "failed" : "complete");
    expect(Object.keys(report).sort()).toEqual([...fields.split(" "), ...(failed ? ["error"] : [])].sort());
  }
});

test("--only reads these resources, and customers too where they are needed for them", async () => {
  const { folder, environment, warehouse, worlds } = await scene();
  const args = ["--only", "subscriptions", "--only", "plans", "--json"];
  const { code, stdout } = await runHere(["sync", ...args], { cwd: folder, env: environment });
  expect(code).toBe(0);
  expect(reportsIn(stdout).map(({ resource }) => resource)).toEqual(["plans", "customers", "subscriptions"]);
  const stored = rowCounts(warehouse, "default");
  for (const world of worlds) {
    const { plans, customers, subscriptions } = expectedRows(world);
    expect(stored).toMatchObject({ plans, customers, subscriptions });
  }
  for (const table of ["accounts", "invoices", "daily_metrics"]) expect(stored[table]).toBeUndefined();
});

test("--account, given twice, syncs these two accounts of three", async () => {
  const { folder, environment, rows } = await scene(tiny(), tiny("harbor"), tiny("lagoon"));
  const args = ["--only", "plans", "--account", "lagoon", "--account", "default"];
  const { code } = await runHere(["sync", ...args], { cwd: folder, env: environment });
  expect(code).toBe(0);
  expect(rows("SELECT DISTINCT account FROM plans ORDER BY account")).toEqual([
    { account: "default" },
    { account: "lagoon" },
  ]);
});

test(".env in the working folder is read, and the environment beats it", async () => {
  const { run, folder, worlds } = await scene();
  const [{ key } = tiny()] = worlds;
  writeFileSync(
    join(folder, ".env"),
    `# set by hand\nCHARTMOGUL_API_KEY="${key}"\nWAREHOUSE_PATH=from-file.db\nLOG_LEVEL=error\n`,
  );
  // An empty variable counts as unset, so the key comes from the file.
  const fromFile = await run(["sync", "--only", "plans"], { CHARTMOGUL_API_KEY: "" });
  expect(fromFile).toMatchObject({ code: 0, stderr: "" });
  expect(existsSync(join(folder, "from-file.db"))).toBe(true);

  const beaten = await run(["sync", "--only", "plans"], {
    WAREHOUSE_PATH: "from-environment.db",
    CHARTMOGUL_API_KEY: "mistyped-key",
  });
  expect(beaten.code).toBe(1);
  expect(beaten.stderr).toContain("401");
  expect(existsSync(join(folder, "from-environment.db"))).toBe(true);
});

test("LOG_FORMAT=json writes one JSON object a line to standard error, also when something fails", async () => {
  const { run } = await scene(tiny(), { ...tiny("harbor"), key: "served-key" });
  const { code, stderr } = await run(["sync", "--only", "plans"], {
    LOG_FORMAT: "json",
    LOG_LEVEL: "debug",
    CHARTMOGUL_API_KEY_HARBOR: "mistyped-key",
  });
  expect(code).toBe(1);
  const lines = stderr
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  for (const line of lines) {
    expect(line).toMatchObject({ level: expect.any(String), message: expect.any(String) });
    expect(new Date(String(line["time"])).toISOString()).toBe(line["time"]);
  }
  expect(lines).toContainEqual(
    expect.objectContaining({ level: "error", account: "harbor", resource: "plans" }),
  );
});

test("where the summary tables cannot be written, what was read is stored and reported, and the sync fails", async () => {
  const { warehouse, folder, environment, value } = await syncedScene();
  const run = (command: string, env = {}) =>
    runHere([command], { cwd: folder, env: { ...environment, ...env } });
  const before = "2025-01-01 00:00:00";
  changeIn(warehouse, `UPDATE freshness SET summaries_refreshed_at = '${before}'`);
  changeIn(
    warehouse,
    "CREATE TRIGGER refused BEFORE UPDATE ON freshness BEGIN SELECT RAISE(ABORT, 'no room'); END; DELETE FROM plans; DELETE FROM raw_records WHERE resource = 'plans'",
  );
  const sync = await run("sync", { WAREHOUSE_PUBLISH_PATH: "published.db" });
  expect(sync.code).toBe(1);
  expect(sync.stdout).toMatch(/^default +plans +complete/m);
  expect(sync.stderr).toContain("the summary tables could not be written");
  expect(sync.stderr).toContain("no room");
  expect(value("SELECT count(*) FROM plans")).toBeGreaterThan(0);
  expect(value("SELECT max(summaries_refreshed_at) FROM freshness")).toBe(before);
  expect(existsSync(join(folder, "published.db"))).toBe(false);
  const status = await run("status");
  expect(status.code).toBe(1);
  expect(status.stdout).toContain(
    `the summary tables are from ${before} UTC, older than the last complete sync`,
  );
  const rebuilt = await run("rebuild");
  expect(rebuilt.code).toBe(1);
  expect(rebuilt.stdout).toMatch(/^default +plans /m);
  expect(rebuilt.stderr).toContain("the summary tables could not be written");

  changeIn(warehouse, "DROP TRIGGER refused");
  expect((await run("rebuild")).code).toBe(0);
  expect((await run("status")).code).toBe(0);
});

function changeIn(path: string, statements: string): void {
  const sqlite = new Database(path);
  sqlite.pragma("foreign_keys = OFF");
  sqlite.exec(statements);
  sqlite.close();
}
