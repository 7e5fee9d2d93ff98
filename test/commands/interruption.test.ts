import { expect, test } from "vitest";
import { deadUrl, expectedRows, holding, rowCounts, type Scene, scene } from "./scene.ts";
import { sceneHere, syncedScene } from "./scene-here.ts";

/** Signals a process and gives its end and how long that took. */
async function signalled({ child, ended }: ReturnType<Scene["start"]>, signal: NodeJS.Signals) {
  const began = performance.now();
  child.kill(signal);
  return { ...(await ended), milliseconds: performance.now() - began };
}

const lastRun = "SELECT status, trigger, finished_at FROM sync_runs ORDER BY id DESC LIMIT 1";
const interrupted = (trigger: string) => [
  { status: "interrupted", trigger, finished_at: expect.stringMatching(/^20/) },
];

test("a sync that is stopped ends within seconds as interrupted, and the next sync completes", async () => {
  await Promise.all([stoppedWhileReading("SIGTERM"), stoppedWhileReading("SIGINT"), stoppedWhileWaiting()]);
});

async function stoppedWhileReading(signal: NodeJS.Signals): Promise<void> {
  const here = await sceneHere();
  const { url, reached } = await holding(here, /^\/v1\/invoices/);
  const sync = here.start(["sync"], { CHARTMOGUL_API_URL: url });
  await reached;
  const { code, stdout, stderr, milliseconds } = await signalled(sync, signal);
  expect(milliseconds).toBeLessThan(8000);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^default +invoices +interrupted/m);
  expect(stderr).toContain("stopped before the end; the next sync continues from here");
  expect(here.rows(lastRun)).toEqual(interrupted("command"));
  expect((await here.runHere(["status"])).code).toBe(1);

  expect((await here.runHere(["sync"])).code).toBe(0);
  for (const world of here.worlds) {
    expect(rowCounts(here.warehouse, "default")).toMatchObject(expectedRows(world));
  }
  expect((await here.runHere(["status"])).code).toBe(0);
}

/** The wait before the fifth attempt is two to four seconds; it must not be waited for. */
async function stoppedWhileWaiting(): Promise<void> {
  const here = await scene();
  const sync = here.start(["sync"], { CHARTMOGUL_API_URL: await deadUrl() });
  await sync.seen("trying again (4)");
  const { code, milliseconds } = await signalled(sync, "SIGTERM");
  expect(milliseconds).toBeLessThan(1900);
  expect(code).toBe(1);
  expect(here.rows(lastRun)).toEqual(interrupted("command"));
}

test("a killed sync is shown as a failure, and the next one completes", async () => {
  const here = await syncedScene();
  const { url, reached } = await holding(here, /^\/v1\/customers\//);
  const sync = here.start(["sync"], { CHARTMOGUL_API_URL: url });
  await reached;
  await signalled(sync, "SIGKILL");

  const status = await here.run(["status"]);
  expect(status.code).toBe(1);
  expect(status.stdout).toContain(`run 2 interrupted: it was cut off: its process ${sync.child.pid} is gone`);
  const json = await here.runHere(["status", "--json"]);
  expect(json.code).toBe(1);
  expect(JSON.parse(json.stdout)).toMatchObject({
    runs: [{ account: "default", run: 2, status: "interrupted" }],
  });

  expect((await here.runHere(["sync"])).code).toBe(0);
  expect(here.rows("SELECT id, status FROM sync_runs ORDER BY id")).toEqual([
    { id: 1, status: "complete" },
    { id: 2, status: "interrupted" },
    { id: 3, status: "complete" },
  ]);
  expect((await here.runHere(["status"])).code).toBe(0);
});

test("a second sync exits with 3, says which process is at it and since when, and leaves the first alone", async () => {
  const here = await scene();
  const { url, reached, release } = await holding(here, /^\/v1\/invoices/);
  const first = here.start(["sync"], { CHARTMOGUL_API_URL: url });
  await reached;
  const [second, checked, asked] = await Promise.all([
    here.run(["sync", "--json"]),
    here.run(["status"]),
    here.run(["query", "SELECT count(*) AS runs FROM sync_runs", "--format", "csv"]),
  ]);
  expect(second).toMatchObject({ code: 3, stdout: "" });
  expect(second.stderr).toMatch(
    new RegExp(
      `error: another sync is writing to .* \\(process ${first.child.pid}, since 20\\d\\d-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d UTC\\)\\nhint: `,
    ),
  );
  expect(checked.stdout).toMatch(new RegExp(`run 1 is running since .* \\(process ${first.child.pid}\\)`));
  expect(asked).toMatchObject({ code: 0, stdout: "runs\n1\n" });

  release();
  expect((await first.ended).code).toBe(0);
  expect(here.rows("SELECT status FROM sync_runs")).toEqual([{ status: "complete" }]);
});

test("SIGTERM to the schedule while a sync runs records it as interrupted and ends within seconds", async () => {
  const here = await scene();
  const { url, reached } = await holding(here, /^\/v1\/invoices/);
  const schedule = here.start(["schedule", "--now"], { CHARTMOGUL_API_URL: url });
  await reached;
  const { code, stderr, milliseconds } = await signalled(schedule, "SIGTERM");
  expect(milliseconds).toBeLessThan(8000);
  expect(code).toBe(0);
  expect(stderr).toContain("stopping");
  expect(here.rows(lastRun)).toEqual(interrupted("schedule"));
  expect(here.value("PRAGMA journal_mode")).toBe("delete");
});
