import { describe, expect, test } from "vitest";
import type { Warehouse } from "../../src/database/open.ts";
import {
  closeAbandonedRuns,
  findLatestRun,
  findRunningSync,
  finishRun,
  readPastWalks,
  recordResource,
  startRun,
  wasCutOff,
  wasReadToEnd,
} from "../../src/state/runs.ts";
import { createCounts } from "../../src/sync/report.ts";
import { rowsOf, temporaryWarehouse } from "../support/warehouse.ts";

const at = (hour: number) => new Date(Date.UTC(2026, 4, 1, hour));
const nothing = { read_to_end: 0, reconciled: 0, fresh_as_of: null, announced_pages: null } as const;

type Result = Partial<Parameters<typeof recordResource>[3]>;

/** Records a run that began at this hour and did this with the invoices. */
function record(warehouse: Warehouse, hour: number, result: Result): number {
  const run = startRun(warehouse, "default", "test", at(hour));
  recordResource(warehouse, "default", run, {
    ...{ resource: "invoices", status: "complete", milliseconds: 1, missing: 0 },
    ...nothing,
    ...createCounts(),
    walk_started_at: `2026-05-01 0${hour}:00:00`,
    ...result,
  });
  finishRun(warehouse, "default", run, { status: "complete", error: undefined, now: at(hour + 1) });
  return run;
}

describe("the past walks of a resource", () => {
  test("are unknown where there was none", () => {
    expect(readPastWalks(temporaryWarehouse(), "default", "invoices", at(9))).toEqual({
      lastReconciled: undefined,
      lastComplete: undefined,
      lastCompleteRun: 0,
      freshAsOf: undefined,
    });
  });

  test("are the last of each kind", () => {
    const warehouse = temporaryWarehouse();
    record(warehouse, 1, { read_to_end: 1, reconciled: 1, fresh_as_of: "2026-05-01 01:00:00" });
    const complete = record(warehouse, 2, { fresh_as_of: "2026-05-01 01:00:00" });
    record(warehouse, 3, { status: "failed" });
    expect(readPastWalks(warehouse, "default", "invoices", at(9))).toEqual({
      lastReconciled: "2026-05-01 01:00:00",
      lastComplete: "2026-05-01 02:00:00",
      lastCompleteRun: complete,
      freshAsOf: "2026-05-01 01:00:00",
    });
  });

  test("count for nothing until their time has come, where the clock was ahead", () => {
    const warehouse = temporaryWarehouse();
    record(warehouse, 1, { reconciled: 1 });
    record(warehouse, 8, { reconciled: 1 });
    expect(readPastWalks(warehouse, "default", "invoices", at(7)).lastReconciled).toBe("2026-05-01 01:00:00");
    expect(readPastWalks(warehouse, "default", "invoices", at(8)).lastReconciled).toBe("2026-05-01 08:00:00");
  });
});

test.each<[string, Result, boolean]>([
  ["was cut off by a deadline", { status: "interrupted", error: "cut off by its deadline" }, true],
  ["was stopped", { status: "interrupted" }, false],
  ["failed", { status: "failed", error: "no answer" }, false],
])("a walk that %s is known by its error: %#", (_how, result, cutOff) => {
  const warehouse = temporaryWarehouse();
  record(warehouse, 1, { status: "interrupted", error: "cut off by its deadline" });
  record(warehouse, 2, result);
  expect(wasCutOff(warehouse, "default", "invoices")).toBe(cutOff);
});

test.each<[string, Result, boolean]>([
  ["was read to its end", { status: "delete_limit", read_to_end: 1 }, true],
  ["was complete", {}, true],
  ["failed", { status: "failed" }, false],
])("what comes after a walk that %s is a change: %s", (_how, result, isChange) => {
  const warehouse = temporaryWarehouse();
  record(warehouse, 1, result);
  expect(wasReadToEnd(warehouse, "default", "invoices")).toBe(isChange);
  expect(wasReadToEnd(warehouse, "default", "customers")).toBe(false);
});

test("a run that never recorded its end is running until it is closed", () => {
  const warehouse = temporaryWarehouse();
  expect([findLatestRun(warehouse), findRunningSync(warehouse)]).toEqual([0, undefined]);
  startRun(warehouse, "default", "test", at(1));
  expect(findRunningSync(warehouse)).toBe(`process ${process.pid}, since 2026-05-01 01:00:00 UTC`);
  closeAbandonedRuns(warehouse, at(2));
  expect(findRunningSync(warehouse)).toBeUndefined();
  expect(rowsOf(warehouse, "sync_runs")).toMatchObject([
    { status: "interrupted", error: "its process ended without finishing the run" },
  ]);
});
