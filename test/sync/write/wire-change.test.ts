import { describe, expect, test } from "vitest";
import { findPageChange, findWireChange } from "../../../src/sync/write/wire-change.ts";

test.each([
  [0, 0, false],
  [1, 1, true],
  [1, 2, false],
  [10, 20, false],
  [11, 20, true],
  [100, 200, false],
  [101, 200, true],
])("%i rejected of %i records mean that the wire has changed: %s", (rejected, fetched, changed) => {
  expect(findWireChange("invoices", { rejected, fetched }, "date: missing") !== undefined).toBe(changed);
});

test("the error counts the records and names the first reason", () => {
  expect(findWireChange("invoices", { rejected: 3, fetched: 4 }, "date: missing")?.message).toBe(
    "3 of 4 records of invoices did not validate; the first: date: missing",
  );
});

describe("a page", () => {
  const judge = (page: [number, number], before: [number, number], isWhole: boolean) =>
    findPageChange({
      resource: "invoices",
      page: { rejected: page[0], fetched: page[1] },
      firstRejection: "date: missing",
      before: { rejected: before[0], fetched: before[1] },
      isWhole,
    }) !== undefined;

  test.each<[string, [number, number], [number, number], boolean, boolean]>([
    ["of 20 records stops the walk where 11 were rejected", [11, 20], [0, 1000], true, true],
    ["of 20 records does not stop it where 10 were rejected", [10, 20], [0, 0], true, false],
    ["of 19 records does not stop it after many good ones", [19, 19], [0, 1000], true, false],
    ["of 1 record stops it where that is all that there is", [1, 1], [0, 0], true, true],
    ["of 1 record proves nothing in a part of a listing", [1, 1], [0, 0], false, false],
    ["of 10 records stops it in a part where most of 20 were rejected", [10, 10], [5, 10], false, true],
    ["of 10 records does not stop it where half of 20 were rejected", [10, 10], [0, 10], false, false],
  ])("%s", (_name, page, before, isWhole, stops) => {
    expect(judge(page, before, isWhole)).toBe(stops);
  });
});
