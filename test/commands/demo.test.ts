import { readdirSync } from "node:fs";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { requestsPerSecond, showAround } from "../../src/commands/demo.ts";
import { readConfig } from "../../src/config.ts";
import { startSandbox } from "../../src/sandbox/sandbox.ts";
import { run, start } from "../support/cli.ts";
import { collected } from "../support/collected.ts";
import { temporaryFolder } from "../support/folder.ts";
import { runHere } from "../support/run-here.ts";
import { bytesIn, scene } from "./scene.ts";

test("a demo.db that holds anything but a demo is not touched", async () => {
  const synced = await scene();
  const env = { ...synced.environment, WAREHOUSE_PATH: "demo.db" };
  expect(await runHere(["sync", "--only", "plans"], { cwd: synced.folder, env })).toMatchObject({
    code: 0,
  });
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

test("a demo that is stopped says so, shows no later step, and starts over the next time", async () => {
  const cwd = temporaryFolder();
  const demo = start(["demo"], { cwd });
  await demo.seen("First sync:");
  demo.child.kill("SIGINT");
  const { code, stdout, stderr } = await demo.ended;
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error: stopped before the end\nhint: +Run the demo again/m);
  expect(stdout).not.toContain("Second sync");
  expect(stdout).not.toContain("What next");
  const another = start(["demo"], { cwd });
  await another.seen("First sync:");
});

test("the demo needs no key, answers three questions, changes nothing in its second sync, finds what has changed in its third, publishes nothing, writes a report, and ends within 30 s", async () => {
  const cwd = folderToWorkIn();
  const sandbox = await startSandbox({ requestsPerSecond: Infinity, connections: Infinity });
  onTestFinished(() => sandbox.close());
  const began = performance.now();
  const { terminal, all } = collected();
  const code = await showAround(sandbox, 10_000, {
    config: () =>
      readConfig({ WAREHOUSE_PUBLISH_PATH: "published.db", HTTP_PROXY: "http://127.0.0.1:1" }, cwd),
    terminal,
    signal: new AbortController().signal,
  });
  const { stdout, stderr } = all();
  // What the work took, and what the pace of the demo would have taken besides.
  const asked = sandbox.worlds.map(
    ({ name }) => sandbox.requests.filter(({ account }) => account === name).length,
  );
  const paced = (Math.max(...asked) / requestsPerSecond) * 1000;
  expect(performance.now() - began + paced).toBeLessThan(30_000);
  expect(requestsPerSecond).toBeLessThan(40);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
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

  const status = await runHere(["status"], { cwd, env: { WAREHOUSE_PATH: "demo.db" } });
  expect(status.code).toBe(0);

  const changes = await runHere(["changes"], { cwd, env: { WAREHOUSE_PATH: "demo.db" } });
  const found = [...changes.stdout.matchAll(/^([a-zA-Z ]+ \(\d+\))/gm)].map(([, title]) => title);
  const titles = ["won (1)", "lost (2)", "merged (1)", "MRR changes (1)", "status changes (2)"];
  for (const title of titles) expect(found.filter((each) => each === title)).toHaveLength(2);
  expect(changes.stdout.match(/^restated months \(\d+\)/gm)).toHaveLength(2);
});

/** A new folder in which this process works until the test has ended: the demo writes where it is run. */
function folderToWorkIn(): string {
  const before = process.cwd();
  const folder = temporaryFolder();
  process.chdir(folder);
  onTestFinished(() => process.chdir(before));
  return folder;
}
