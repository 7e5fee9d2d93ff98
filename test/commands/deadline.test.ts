import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

import { countMinutesUntilDue } from "../../src/commands/deadline.ts";
import type { FaultEffect } from "../../src/sandbox/faults.ts";

import { holding, scene } from "./scene.ts";
import { sceneHere } from "./scene-here.ts";

const seconds = (count: number) => String(count / 60);

describe("a sync with a deadline", () => {
  test.each<[string, FaultEffect]>([
    ["is never answered", { kind: "silence" }],
    ["stalls in its body", { kind: "stall" }],
    ["asks to be left alone for an hour", { kind: "status", status: 429, retryAfter: "3600" }],
    ["has nothing but trouble", { kind: "status", status: 500 }],
  ])(
    "ends by then although a list %s; what was read is made use of, and the log says what was not",
    async (_what, fault) => {
      const here = await sceneHere();
      const { runHere, sandbox, folder } = here;
      sandbox.faults.push({ path: "^/v1/invoices", what: fault });
      const began = performance.now();
      const { code, stdout, stderr } = await runHere(["sync", "--json"], {
        SYNC_DEADLINE_MINUTES: seconds(4),
        WAREHOUSE_PUBLISH_PATH: "published.db",
      });
      expect(performance.now() - began).toBeLessThan(20_000);
      expect(code).toBe(1);
      const reports = JSON.parse(stdout) as { resource: string; status: string }[];
      expect(reports.find(({ resource }) => resource === "invoices")).toMatchObject({
        ...{ status: "interrupted", error: expect.stringContaining("stopped by its deadline") },
      });
      expect(stderr).toMatch(/stopped by its deadline after 0\.\d+ minutes.*resource=.*invoices/);
      expect(existsSync(join(folder, "published.db"))).toBe(false);
      expect(here.value("SELECT last_status FROM freshness WHERE table_name = 'invoices'")).toBe(
        "interrupted",
      );
      expect(here.value("SELECT status FROM sync_runs")).toBe("interrupted");

      const status = await runHere(["status"]);
      expect(status.code).toBe(1);
      expect(status.stdout).toMatch(/^default .*invoices.*: stopped by its deadline/m);
      sandbox.faults.length = 0;
      expect((await runHere(["sync"])).code).toBe(0);
      expect((await runHere(["status"])).code).toBe(0);
    },
  );

  test("ends in time although not even the account replies", async () => {
    const { runHere, sandbox } = await sceneHere();
    sandbox.faults.push({ path: "^/v1/account", what: { kind: "silence" } });
    const { code, stderr } = await runHere(["sync", "--deadline-minutes", seconds(1)]);
    expect(code).toBe(1);
    expect(stderr).toContain("stopped by its deadline");
  });

  test("changes nothing where all is read before; a flag beats the setting, and 0 is no deadline", async () => {
    const { runHere } = await sceneHere();
    const plans = ["sync", "--only", "plans"];
    expect((await runHere(plans, { SYNC_DEADLINE_MINUTES: "5" })).code).toBe(0);
    const flag = [...plans, "--deadline-minutes", "0"];
    expect((await runHere(flag, { SYNC_DEADLINE_MINUTES: "0.0001" })).code).toBe(0);
    const wrong = await Promise.all([
      runHere([...plans, "--deadline-minutes", "soon"]),
      runHere(plans, { SYNC_DEADLINE_MINUTES: "-1" }),
      runHere(plans, { SYNC_DEADLINE_MINUTES: "20000" }),
    ]);
    expect(wrong.map(({ code }) => code)).toEqual([2, 2, 2]);
    expect(wrong[1]?.stderr).toContain("SYNC_DEADLINE_MINUTES is not between 0 and 10080");
  });

  test("stops at once on a signal", async () => {
    const here = await scene();
    const { url, reached } = await holding(here, /^\/v1\/invoices/);
    const sync = here.start(["sync", "--deadline-minutes", "10"], { CHARTMOGUL_API_URL: url });
    await reached;
    sync.child.kill("SIGTERM");
    const { code, stderr } = await sync.ended;
    expect(code).toBe(1);
    expect(stderr).not.toContain("deadline");
    expect(here.rows("SELECT status, error FROM sync_runs")).toEqual([
      { status: "interrupted", error: null },
    ]);
  });
});

describe("a schedule", () => {
  test("cuts a sync off by its deadline, and does the next", async () => {
    const here = await scene();
    const { url, reached, release } = await holding(here, /^\/v1\/invoices/);
    const schedule = here.start(["schedule", "--now", "--deadline-minutes", seconds(3)], {
      CHARTMOGUL_API_URL: url,
    });
    await reached;
    await schedule.seen("stopped by its deadline after 0.05 minutes");
    await schedule.seen("sync ended");
    release();
    schedule.child.kill("SIGTERM");
    expect((await schedule.ended).code).toBe(0);
    expect(here.rows("SELECT status FROM sync_runs")).toEqual([{ status: "interrupted" }]);
  });

  test("has one by itself: shortly before another is due, though not sooner than in 25 minutes", () => {
    const now = new Date("2026-03-05T02:00:00.400Z");
    const due = (...minutes: number[]) =>
      minutes.map((each) => new Date(Date.parse("2026-03-05T02:00Z") + each * 60_000));
    expect(countMinutesUntilDue(due(1440, 2880), now)).toBeCloseTo(1437.9);
    expect(countMinutesUntilDue(due(60, 120), now)).toBeCloseTo(57.9);
    expect(countMinutesUntilDue(due(30, 60), now)).toBeCloseTo(27.9);
    expect(countMinutesUntilDue(due(10, 20, 30, 40), now)).toBeCloseTo(27.9);
    // A first sync shortly before a due time: that one is skipped.
    expect(countMinutesUntilDue(due(2, 1442), now)).toBeCloseTo(1439.9);
    expect(countMinutesUntilDue(due(1, 2, 3), now)).toBe(23);
    expect(countMinutesUntilDue(due(100_000), now)).toBe(10_080);
    expect(countMinutesUntilDue([], now)).toBe(23);
  });
});
