import { readdirSync } from "node:fs";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { openWarehouse } from "../../src/database/open.ts";
import { resources as registry } from "../../src/resources/index.ts";
import { tiny } from "./scene.ts";
import { sceneHere, syncedScene } from "./scene-here.ts";

test("without a warehouse status says to sync, exits with 1 and creates nothing", async () => {
  const { run, runHere, folder } = await sceneHere();
  const [words, json] = await Promise.all([run(["status"]), runHere(["status", "--json"])]);
  expect(words.code).toBe(1);
  expect(words.stderr).toContain("warehouse.db was never synced; run `sync`");
  expect(json.code).toBe(1);
  expect(JSON.parse(json.stdout)).toEqual({
    runs: [],
    resources: [],
    odd_fields: [],
    never: ["default"],
    summaries: { refreshed_at: null, behind: false },
  });
  expect(readdirSync(folder)).toEqual([]);
});

test("status fails for a warehouse without a run", async () => {
  const { runHere, warehouse } = await sceneHere();
  openWarehouse(warehouse).close();
  const withKey = await runHere(["status"]);
  const withoutKey = await runHere(["status"], { CHARTMOGUL_API_KEY: "" });
  expect(withKey.code).toBe(1);
  expect(withKey.stdout).toContain("account default: never synced");
  expect(withoutKey.code).toBe(1);
});

test("--max-age makes a resource that was last complete too long ago a failure, and says which", async () => {
  const { run, runHere, warehouse } = await syncedScene({ only: ["plans"] });
  expect((await runHere(["status", "--max-age", "1"])).code).toBe(0);
  const sqlite = new Database(warehouse);
  sqlite.exec("UPDATE sync_run_resources SET walk_started_at = datetime('now', '-3 hours')");
  sqlite.close();
  expect((await runHere(["status"])).code).toBe(0);
  const old = await runHere(["status", "--max-age", "2"]);
  expect(old.code).toBe(1);
  expect(old.stdout).toContain("default plans: last complete 3 h ago, which is more than 2 h");
  expect((await run(["status", "--max-age", "soon"])).code).toBe(2);
});

test("after a complete run it shows rows and age of each resource and exits with 0, in JSON too", async () => {
  const { run, worlds } = await syncedScene();
  const [words, json] = await Promise.all([run(["status"]), run(["status", "--json"])]);
  expect(words.code).toBe(0);
  for (const { customers } of worlds) {
    expect(words.stdout).toMatch(
      new RegExp(
        `^default +customers +\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d +complete +${customers.length} +0 +\\d+ (s|min) +\\d+ (s|min)$`,
        "m",
      ),
    );
  }
  expect(json).toMatchObject({ code: 0, stderr: "" });
  const { runs, resources, never } = JSON.parse(json.stdout) as Record<string, Record<string, unknown>[]>;
  expect(never).toEqual([]);
  expect(runs).toEqual([
    expect.objectContaining({ account: "default", run: 1, status: "complete", error: null }),
  ]);
  expect(resources?.map(({ resource }) => resource)).toEqual(registry.map(({ name }) => name));
  for (const resource of resources ?? []) {
    expect(resource).toMatchObject({ status: "complete", error: null, age_seconds: expect.any(Number) });
  }
});

test("after a failed run it gives the reason, keeps the row counts, and exits with 1 until a sync is complete", async () => {
  const { runHere, worlds } = await sceneHere();
  const plans = ["sync", "--only", "plans"];
  expect((await runHere(plans)).code).toBe(0);
  expect((await runHere(plans, { CHARTMOGUL_API_KEY: "mistyped-key" })).code).toBe(1);
  const failed = await runHere(["status"]);
  expect(failed.code).toBe(1);
  expect(failed.stdout).toMatch(new RegExp(`^default +plans .* failed +${worlds[0]?.plans.length} `, "m"));
  expect(failed.stdout).toMatch(/^default plans: ChartMogul answered GET \/account with 401/m);
  expect((await runHere(plans)).code).toBe(0);
  expect((await runHere(["status"])).code).toBe(0);
});

test("a key that was added and never synced keeps the status from being good", async () => {
  const { runHere } = await sceneHere(tiny(), tiny("harbor"));
  expect((await runHere(["sync", "--only", "plans", "--account", "default"])).code).toBe(0);
  const { code, stdout } = await runHere(["status"]);
  expect(code).toBe(1);
  expect(stdout).toContain("account harbor: never synced");
});
