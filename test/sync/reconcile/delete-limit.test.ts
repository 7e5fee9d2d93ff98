import { describe, expect, test } from "vitest";
import { exceedsDeleteLimit } from "../../../src/sync/reconcile/delete-limit.ts";

const limit = { percent: 10, records: 20, accepted: false };

describe("the delete limit of 10 % and 20 records", () => {
  test.each([
    { name: "nothing is missing", live: 1000, missing: 0, exceeds: false },
    { name: "both are at the limit", live: 200, missing: 20, exceeds: false },
    { name: "the percentage is at the limit", live: 300, missing: 30, exceeds: false },
    { name: "the percentage is just above", live: 300, missing: 31, exceeds: true },
    { name: "the records are at the limit and all are missing", live: 20, missing: 20, exceeds: false },
    {
      name: "one record more than the limit is missing and it is all of them",
      live: 21,
      missing: 21,
      exceeds: true,
    },
    { name: "the records are above and the percentage is below", live: 1000, missing: 99, exceeds: false },
    { name: "all of a large table is missing", live: 1000, missing: 1000, exceeds: true },
    { name: "nothing is stored", live: 0, missing: 0, exceeds: false },
  ])("is exceeded: $exceeds, where $name", ({ live, missing, exceeds }) => {
    expect(exceedsDeleteLimit({ live, missing }, limit)).toBe(exceeds);
  });

  test.each([
    { name: "of 0 % counts records only", percent: 0, records: 5, missing: 6, exceeds: true },
    { name: "of 0 % and 0 records allows none", percent: 0, records: 0, missing: 1, exceeds: true },
    { name: "of 100 % is never exceeded", percent: 100, records: 0, missing: 1000, exceeds: false },
  ])("$name", ({ percent, records, missing, exceeds }) => {
    expect(exceedsDeleteLimit({ live: 1000, missing }, { percent, records, accepted: false })).toBe(exceeds);
  });

  test("is never exceeded where deletes were accepted", () => {
    expect(exceedsDeleteLimit({ live: 1000, missing: 1000 }, { ...limit, accepted: true })).toBe(false);
  });

  test.each([
    { replaced: 0, exceeds: true },
    { replaced: 899, exceeds: true },
    { replaced: 900, exceeds: false },
    { replaced: 1000, exceeds: false },
  ])(
    "does not count $replaced of 1000 missing records that others have come for: $exceeds",
    ({ replaced, exceeds }) => {
      expect(exceedsDeleteLimit({ live: 1000, missing: 1000 }, limit, () => replaced)).toBe(exceeds);
    },
  );

  test("does not count what has come where little is missing", () => {
    const count = () => {
      throw new Error("counted");
    };
    expect(exceedsDeleteLimit({ live: 1000, missing: 20 }, limit, count)).toBe(false);
  });
});
