import { expect, test } from "vitest";
import { joinDaysAround } from "../../../src/sync/read/find-rewritten-days.ts";

test.each<[string, readonly string[], readonly [string, string][]]>([
  ["of no date are none", [], []],
  [
    "of one date are the day before to two days after",
    ["2026-05-10 12:00:00"],
    [["2026-05-09", "2026-05-12"]],
  ],
  [
    "of two near dates are one span",
    ["2026-05-12 00:00:00", "2026-05-10 23:59:59"],
    [["2026-05-09", "2026-05-14"]],
  ],
  [
    "of two distant dates are two spans in order",
    ["2026-06-20 00:00:00", "2026-05-10 00:00:00"],
    [
      ["2026-05-09", "2026-05-12"],
      ["2026-06-19", "2026-06-22"],
    ],
  ],
])("the days %s", (_what, dates, days) => {
  expect(joinDaysAround(dates)).toEqual(days.map(([since, until]) => ({ since, until })));
});
