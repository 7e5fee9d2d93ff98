import { writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { contents, deadUrl, scene, tiny } from "./scene.ts";

test("rebuild fills damaged tables again without network and says how many rows", async () => {
  const { run, warehouse, worlds } = await scene(tiny(), tiny("harbor"));
  expect((await run(["sync"])).code).toBe(0);
  const before = contents(warehouse);
  const sqlite = new Database(warehouse);
  sqlite.pragma("foreign_keys = OFF");
  sqlite.exec("UPDATE customers SET name = NULL; DELETE FROM plans; DELETE FROM customer_tags");
  sqlite.close();
  const offline = { CHARTMOGUL_API_URL: await deadUrl() };
  const one = await run(["rebuild", "--resource", "plans"], offline);
  expect(one.code).toBe(0);
  expect(one.stdout).toMatch(new RegExp(`^default +plans +${worlds[0]?.plans.length} +0$`, "m"));
  expect(contents(warehouse)["plans"]).toEqual(before["plans"]);
  expect(contents(warehouse)["customers"]).not.toEqual(before["customers"]);
  expect((await run(["rebuild"], offline)).code).toBe(0);
  expect(contents(warehouse)).toEqual(before);
});

test("rebuild refuses a missing warehouse, an unknown resource, and to run beside a sync", async () => {
  const { run, folder, warehouse } = await scene();
  const missing = await run(["rebuild"]);
  expect(missing.code).toBe(2);
  expect(missing.stderr).toContain("there is no warehouse at");
  expect((await run(["sync", "--only", "plans"])).code).toBe(0);
  const unknown = await run(["rebuild", "--resource", "plants"]);
  expect(unknown.code).toBe(2);
  expect(unknown.stderr).toContain('there is no resource "plants"');
  const lock = new Database(`${warehouse}.lock`);
  lock.exec("BEGIN EXCLUSIVE");
  const busy = await run(["rebuild"]);
  lock.close();
  expect(busy.code).toBe(3);
  writeFileSync(join(folder, "other.txt"), "not a database at all, but long enough to look like one");
  const foreign = await run(["rebuild"], { WAREHOUSE_PATH: "other.txt" });
  expect(foreign.code).toBe(2);
  expect(foreign.stderr).toContain("no SQLite database");
});
