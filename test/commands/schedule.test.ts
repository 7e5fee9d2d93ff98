import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { holding, scene } from "./scene.ts";

test("a bad cron expression or time zone is refused, from the command line and from the environment", async () => {
  const { run, folder } = await scene();
  const [cron, zone, cronVariable, zoneVariable, noKey] = await Promise.all([
    run(["schedule", "--cron", "every night"]),
    run(["schedule", "--time-zone", "Mars/Olympus"]),
    run(["schedule"], { SYNC_CRON: "0 25 * * *" }),
    run(["schedule"], { SYNC_TIME_ZONE: "CEST+1" }),
    run(["schedule"], { CHARTMOGUL_API_KEY: "" }),
  ]);
  for (const { code, stdout, stderr } of [cron, zone, cronVariable, zoneVariable, noKey]) {
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^error: .+\nhint: .+\n$/);
  }
  expect(cron.stderr).toContain('"every night" is not a cron expression');
  expect(zone.stderr).toContain('"Mars/Olympus" is not a time zone');
  expect(cronVariable.stderr).toContain('SYNC_CRON is not a cron expression: "0 25 * * *"');
  expect(zoneVariable.stderr).toContain('SYNC_TIME_ZONE is not a time zone: "CEST+1"');
  expect(noKey.stderr).toContain("no API key is set");
  expect(readdirSync(folder)).toEqual([]);
});

test("it says when the next sync is, in the time zone of the flags, which beat the environment", async () => {
  const { start } = await scene();
  const schedule = start(["schedule", "--cron", "30 3 1 1 *", "--time-zone", "Asia/Tokyo"], {
    SYNC_CRON: "0 2 * * *",
    SYNC_TIME_ZONE: "Europe/Lisbon",
  });
  await schedule.seen("next sync");
  schedule.child.kill("SIGTERM");
  const { code, stderr } = await schedule.ended;
  expect(code).toBe(0);
  expect(stderr).toMatch(/next sync at=20\d\d-12-31T18:30:00.000Z/);
});

test("--now syncs at once, and a failed sync does not end the schedule", async () => {
  const good = await scene();
  const bad = await scene();
  const schedules = [
    good.start(["schedule", "--now"]),
    bad.start(["schedule", "--now"], { CHARTMOGUL_API_KEY: "mistyped-key" }),
  ];
  for (const { seen, child } of schedules) {
    await seen("daily_metrics  ");
    expect(child.exitCode).toBeNull();
    child.kill("SIGTERM");
  }
  const [done, failed] = await Promise.all(schedules.map(({ ended }) => ended));
  expect(done?.code).toBe(0);
  expect(done?.stdout).toMatch(/^default +daily_metrics +complete/m);
  expect(good.rows("SELECT status, trigger FROM sync_runs")).toEqual([
    { status: "complete", trigger: "schedule" },
  ]);
  expect(failed?.code).toBe(0);
  expect(failed?.stdout).toMatch(/^default +daily_metrics +failed/m);
  expect(bad.rows("SELECT status FROM sync_runs")).toEqual([{ status: "failed" }]);
});

test("a schedule that finds the warehouse locked by another sync says so and waits for its next due time", async () => {
  const here = await scene();
  const { url, reached } = await holding(here, /^\/v1\/invoices/);
  here.start(["sync"], { CHARTMOGUL_API_URL: url });
  await reached;
  const schedule = here.start(["schedule", "--now"]);
  await schedule.seen("another sync is writing to");
  expect(schedule.child.exitCode).toBeNull();
  schedule.child.kill("SIGTERM");
  expect((await schedule.ended).code).toBe(0);
});

test("a sync that is due while the previous one still runs is skipped", async () => {
  const here = await scene();
  const { url, reached, release } = await holding(here, /^\/v1\/invoices/);
  // Six fields: every second.
  const schedule = here.start(["schedule", "--cron", "* * * * * *"], { CHARTMOGUL_API_URL: url });
  await reached;
  await schedule.seen("the previous sync is still running; this one is skipped");
  expect(here.rows("SELECT id, status FROM sync_runs")).toEqual([{ id: 1, status: "running" }]);
  release();
  await schedule.seen("daily_metrics  ");
  schedule.child.kill("SIGTERM");
  expect((await schedule.ended).code).toBe(0);
  expect(here.rows("SELECT status FROM sync_runs WHERE id = 1")).toEqual([{ status: "complete" }]);
});

test("a sync runs on the night when the clocks go forward", async () => {
  const { start } = await scene();
  // Two in the morning does not exist in Berlin on 28 March 2027; the process believes that it is shortly before.
  const clock = Date.parse("2027-03-28T00:59:57Z") - Date.now();
  const shifted = `{
    const Now = Date;
    globalThis.Date = class extends Now {
      constructor(...given) { super(...(given.length === 0 ? [Now.now() + ${clock}] : given)); }
      static now() { return Now.now() + ${clock}; }
    };
  }`;
  const schedule = start(["schedule", "--time-zone", "Europe/Berlin"], {
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(shifted)}`,
  });
  await schedule.seen("next sync at=2027-03-28T01:00:00.000Z");
  await schedule.seen("sync begins");
  await schedule.seen("next sync at=2027-03-29T00:00:00.000Z");
  schedule.child.kill("SIGTERM");
  const { code, stderr } = await schedule.ended;
  expect(code).toBe(0);
  expect(stderr).not.toContain("asleep");
});

test("a machine that slept through due times syncs once when it wakes", async () => {
  const { start, rows } = await scene();
  const due = new Date(Date.now() + 60_000);
  const at = `${due.getUTCMinutes()} ${due.getUTCHours()} * * *`;
  // Some seconds after the start the clock has advanced by three hours.
  const woken = `{
    const Now = Date;
    const began = Now.now();
    const shift = () => (Now.now() - began > 3000 ? 3 * 3600 * 1000 : 0);
    globalThis.Date = class extends Now {
      constructor(...given) { super(...(given.length === 0 ? [Now.now() + shift()] : given)); }
      static now() { return Now.now() + shift(); }
    };
  }`;
  const schedule = start(["schedule", "--cron", `0 ${at}`, "--time-zone", "UTC"], {
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(woken)}`,
  });
  await schedule.seen("the machine was asleep or busy when this sync was due; syncing now");
  await schedule.seen("daily_metrics  ");
  schedule.child.kill("SIGTERM");
  const { code, stderr } = await schedule.ended;
  expect(code).toBe(0);
  expect(stderr.match(/asleep/g)).toHaveLength(1);
  expect(rows("SELECT status FROM sync_runs")).toEqual([{ status: "complete" }]);
});
