import { describe, expect, test } from "vitest";
import { isDueBetween } from "../../../src/sync/plan/rolling-refresh.ts";

const parents = Array.from({ length: 700 }, (_, number) => `cus_${number}`);
const night = (number: number, minutes = 0) => new Date(Date.UTC(2026, 4, 1 + number, 3, minutes));
const due = (days: number, last: Date, now: Date) =>
  parents.filter((parent) => isDueBetween(parent, { last, now, days }));

describe("a rolling refresh of 7 days", () => {
  test("reads every child listing once in seven nights, evenly", () => {
    const nights = [1, 2, 3, 4, 5, 6, 7].map((number) => due(7, night(number - 1), night(number)));
    expect(new Set(nights.flat()).size).toBe(parents.length);
    for (const read of nights) {
      expect(read.length).toBeGreaterThan(70);
      expect(read.length).toBeLessThan(130);
    }
    // The cycle is 2.5 hours shorter than seven days, so few are read twice.
    expect(nights.flat().length).toBeLessThan(parents.length * 1.05);
  });

  test("reads after missed nights what they would have read", () => {
    const onTime = [1, 2, 3].flatMap((number) => due(7, night(number - 1), night(number)));
    expect(new Set(due(7, night(0), night(3)))).toEqual(new Set(onTime));
  });

  test.each([
    ["seven nights, some minutes less", night(7, -10)],
    ["a month", night(31)],
  ])("reads everything after %s", (_while, now) => {
    expect(due(7, night(0), now)).toEqual(parents);
  });

  test("reads nothing again at once", () => {
    expect(due(7, night(0), night(0))).toEqual([]);
    expect(due(7, night(0), night(0, 5)).length).toBeLessThan(10);
  });

  test("reads the same in two syncs as in one", () => {
    const noon = new Date("2026-05-02T12:00:00Z");
    const twice = [...due(7, night(0), noon), ...due(7, noon, night(2))];
    expect(new Set(twice)).toEqual(new Set(due(7, night(0), night(2))));
    expect(twice).toHaveLength(new Set(twice).size);
  });
});

test("a rolling refresh of 1 day reads everything every night, also where the clocks change", () => {
  expect(due(1, night(0), night(1))).toEqual(parents);
  expect(due(1, night(0), new Date("2026-05-02T02:00:00Z"))).toEqual(parents);
});
