import { expect, test } from "vitest";
import { getDayIn, getEndOf, getStartOf } from "../../src/api/calendar.ts";

test.each([
  ["day", "2024-02-29", "2024-02-29", "2024-02-29"],
  ["month", "2024-02-10", "2024-02-01", "2024-02-29"],
  ["quarter", "2024-01-01", "2024-01-01", "2024-03-31"],
  ["quarter", "2024-11-30", "2024-10-01", "2024-12-31"],
  ["year", "2024-07-01", "2024-01-01", "2024-12-31"],
] as const)("the %s of %s goes from %s to %s", (interval, day, first, last) => {
  expect(getStartOf(interval, day, "monday")).toBe(first);
  expect(getEndOf(interval, day, "monday")).toBe(last);
});

test("weeks end on the day before the account's first one", () => {
  // 2015-01-03 was a Saturday: the end of a week in the documentation's example.
  for (const day of ["2014-12-28", "2014-12-31", "2015-01-03"]) {
    expect(getStartOf("week", day, "sunday")).toBe("2014-12-28");
    expect(getEndOf("week", day, "sunday")).toBe("2015-01-03");
  }
  for (const day of ["2014-12-29", "2015-01-01", "2015-01-04"]) {
    expect(getStartOf("week", day, "monday")).toBe("2014-12-29");
    expect(getEndOf("week", day, "monday")).toBe("2015-01-04");
  }
});

test("today is that of the account's time zone", () => {
  const instant = new Date("2024-12-31T23:30:00Z");
  expect(getDayIn("UTC", instant)).toBe("2024-12-31");
  expect(getDayIn("Asia/Tokyo", instant)).toBe("2025-01-01");
});
