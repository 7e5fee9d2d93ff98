import { describe, expect, test } from "vitest";
import { isFresh } from "../../../src/sync/plan/cadence.ts";
import { isResumable } from "../../../src/sync/plan/resume.ts";

test.each([
  ["the next night, an hour and some minutes early", "2026-05-08T01:40:00Z", 7, false],
  ["two and a half hours early", "2026-05-08T00:31:00Z", 7, false],
  ["more than two and a half hours early", "2026-05-08T00:29:00Z", 7, true],
  ["the night before", "2026-05-07T03:30:00Z", 7, true],
  ["after a day of one", "2026-05-02T02:00:00Z", 1, false],
])("what was done on May 1 at 3 o'clock is fresh %s: %s, for %s days: %s", (_when, now, days, fresh) => {
  expect(isFresh(new Date("2026-05-01T03:00:00Z"), new Date(now), days)).toBe(fresh);
});

describe("a stopped walk", () => {
  const now = new Date("2026-05-10T03:00:00Z");
  const resumes = (hours: number, started_at: string, saved_at = started_at, wasCutOff = false) =>
    isResumable({ started_at, saved_at }, { hours, now, wasCutOff: () => wasCutOff });

  test.each([
    ["an hour ago", 24, "2026-05-10 02:00:00", true],
    ["a moment ago", 24, "2026-05-10 03:00:00", true],
    ["almost the allowed hours ago", 24, "2026-05-09 03:20:00", true],
    ["the allowed hours ago, less than 1 % of them", 24, "2026-05-09 03:10:00", false],
    ["longer ago", 24, "2026-05-08 03:00:00", false],
    ["an hour ago, where none may be resumed", 0, "2026-05-10 02:00:00", false],
    ["in the future, by a clock that was ahead", 24, "2026-05-10 03:00:01", false],
  ])("that began %s, with %s hours, is resumed: %s %s", (_when, hours, started, resumed) => {
    expect(resumes(hours, started)).toBe(resumed);
  });

  test.each([
    ["was saved within the allowed hours", 24, "2026-05-10 00:00:00", true],
    ["was saved the night before, a little more than the hours ago", 24, "2026-05-09 01:00:00", true],
    ["was saved more than 2.5 hours before that", 24, "2026-05-09 00:29:00", false],
    ["was saved an hour ago, where none may be resumed", 0, "2026-05-10 02:00:00", false],
  ])(
    "that a deadline cut off and that %s is resumed however long ago it began: %s %s %s",
    (_when, hours, saved, resumed) => {
      expect(resumes(hours, "2026-05-01 03:00:00", saved, true)).toBe(resumed);
      expect(resumes(hours, "2026-05-01 03:00:00", saved, false)).toBe(false);
    },
  );
});
