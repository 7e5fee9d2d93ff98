import { readdirSync } from "node:fs";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { run, start } from "../support/cli.ts";
import { temporaryFolder } from "../support/folder.ts";
import { bytesIn, scene } from "./scene.ts";

test("a demo.db that holds anything but a demo is not touched", async () => {
  const synced = await scene();
  expect((await synced.run(["sync", "--only", "plans"], { WAREHOUSE_PATH: "demo.db" })).code).toBe(0);
  const foreign = temporaryFolder();
  const sqlite = new Database(`${foreign}/demo.db`);
  sqlite.exec("CREATE TABLE bookings (guest TEXT)");
  sqlite.close();
  for (const [folder, message] of [
    [synced.folder, "demo.db holds more than a demo"],
    [foreign, "demo.db is the database of another program"],
  ] as const) {
    const before = bytesIn(folder);
    const { code, stdout, stderr } = await run(["demo"], { cwd: folder });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^hint: +Move it away, or run the demo in another folder\.$/m);
    expect(bytesIn(folder)).toEqual(before);
  }
});

test("a demo that is stopped says so and shows nothing of what would have come", async () => {
  const cwd = temporaryFolder();
  const demo = start(["demo"], { cwd });
  await demo.seen("First sync:");
  demo.child.kill("SIGINT");
  const { code, stdout, stderr } = await demo.ended;
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error: stopped before the end\nhint: +Run the demo again/m);
  expect(stdout).not.toContain("Second sync");
  expect(stdout).not.toContain("What next");
});

test("the demo needs no key, answers three questions, changes nothing in its second sync, finds what has changed in its third, publishes nothing, writes a report, and ends within 30 s", async () => {
  const cwd = temporaryFolder();
  const began = performance.now();
  const env = { WAREHOUSE_PUBLISH_PATH: "published.db" };
  const { code, stdout, stderr } = await run(["demo"], { cwd, env });
  expect(performance.now() - began).toBeLessThan(30_000);
  expect(code).toBe(0);
  // The sandbox counts as strictly as ChartMogul: on a busy machine two requests may meet in one of its windows.
  const retried = / warn {2}GET \/.* 429.*; trying again \(/;
  expect(stderr.split("\n").filter((line) => line !== "" && !retried.test(line))).toEqual([]);
  for (const account of ["default", "tokyo"]) {
    expect(stdout).toMatch(new RegExp(`^${account} +daily_metrics +complete`, "m"));
  }
  expect(stdout).not.toContain("failed");
  expect(stdout.match(/^ {2}SELECT /gm)).toHaveLength(3);
  expect(stdout.match(/^\d{4}-\d\d-\d\d {2}█+ [\d,]+$/gm)?.length).toBeGreaterThan(20);
  const [second, third] = stdout.match(/^[\d,]+ records read: .+$/gm) ?? [];
  expect(second).toMatch(/ 0 new, 0 changed, 0 deleted, [\d,]+ unchanged\.$/);
  expect(third).toMatch(/ \d+ new, [\d,]+ changed, \d+ deleted, [\d,]+ unchanged\.$/);
  expect(stdout).toContain("What next:");
  expect(readdirSync(cwd).sort()).toEqual(["demo-report.html", "demo.db", "demo.db.lock"]);

  const status = await run(["status"], { cwd, env: { WAREHOUSE_PATH: "demo.db" } });
  expect(status.code).toBe(0);

  const changes = await run(["changes"], { cwd, env: { WAREHOUSE_PATH: "demo.db" } });
  const found = [...changes.stdout.matchAll(/^([a-zA-Z ]+ \(\d+\))/gm)].map(([, title]) => title);
  const all = ["won (1)", "lost (2)", "merged (1)", "MRR changes (1)", "status changes (2)"];
  for (const title of all) expect(found.filter((each) => each === title)).toHaveLength(2);
  expect(changes.stdout.match(/^restated months \(\d+\)/gm)).toHaveLength(2);
}, 40_000);
