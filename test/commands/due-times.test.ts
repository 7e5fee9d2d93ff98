import { describe, expect, test } from "vitest";
import { createDueTimes } from "../../src/commands/due-times.ts";

/** The first `count` times after this moment, without milliseconds. */
function times(expression: string, timeZone: string, after: string, count: number): string[] {
  const found = createDueTimes(expression, timeZone).next(count, new Date(after));
  return found.map((time) => time.toISOString().replace(":00.000Z", "Z"));
}

describe("where clocks go forward, a time that does not exist is due right after the gap", () => {
  test.each([
    [
      "0 2 * * *",
      "Europe/Berlin",
      "2027-03-26T12:00Z",
      ["2027-03-27T01:00Z", "2027-03-28T01:00Z", "2027-03-29T00:00Z"],
    ],
    ["30 2 * * *", "Europe/Berlin", "2027-03-27T12:00Z", ["2027-03-28T01:00Z", "2027-03-29T00:30Z"]],
    ["0 3 * * *", "Europe/Berlin", "2027-03-27T12:00Z", ["2027-03-28T01:00Z", "2027-03-29T01:00Z"]],
    [
      "15 1-3 * * *",
      "Europe/Berlin",
      "2027-03-27T12:00Z",
      ["2027-03-28T00:15Z", "2027-03-28T01:00Z", "2027-03-28T01:15Z", "2027-03-28T23:15Z"],
    ],
    ["0,30 2 * * *", "Europe/Berlin", "2027-03-27T12:00Z", ["2027-03-28T01:00Z", "2027-03-29T00:00Z"]],
    ["*/20 2 * * *", "Europe/Berlin", "2027-03-27T12:00Z", ["2027-03-28T01:00Z", "2027-03-29T00:00Z"]],
    ["0 */2 * * *", "Europe/Berlin", "2027-03-27T23:30Z", ["2027-03-28T01:00Z", "2027-03-28T02:00Z"]],
    ["0 2 * * SUN", "Europe/Berlin", "2027-03-22T12:00Z", ["2027-03-28T01:00Z", "2027-04-04T00:00Z"]],
    ["0 2 28 3 *", "Europe/Berlin", "2027-01-01T12:00Z", ["2027-03-28T01:00Z", "2028-03-28T00:00Z"]],
    ["30 2 * mar 7", "Europe/Berlin", "2027-03-22T12:00Z", ["2027-03-28T01:00Z", "2028-03-05T01:30Z"]],
    ["0 2 * * 0L", "Europe/Berlin", "2027-03-22T12:00Z", ["2027-03-28T01:00Z", "2027-04-25T00:00Z"]],
    ["0 2 * * 0#4", "Europe/Berlin", "2027-03-22T12:00Z", ["2027-03-28T01:00Z", "2027-04-25T00:00Z"]],
    ["0 2 * * *", "America/New_York", "2027-03-13T12:00Z", ["2027-03-14T07:00Z", "2027-03-15T06:00Z"]],
    ["15 2 * * *", "Australia/Lord_Howe", "2027-10-02T12:00Z", ["2027-10-02T15:30Z", "2027-10-03T15:15Z"]],
    ["0 0 * * *", "America/Sao_Paulo", "2018-11-03T12:00Z", ["2018-11-04T03:00Z", "2018-11-05T02:00Z"]],
    ["30 0 * * *", "America/Havana", "2027-03-13T12:00Z", ["2027-03-14T05:00Z", "2027-03-15T04:30Z"]],
    ["@daily", "Asia/Beirut", "2027-03-27T12:00Z", ["2027-03-27T22:00Z", "2027-03-28T21:00Z"]],
    ["0 0 28 * *", "Asia/Beirut", "2027-03-01T12:00Z", ["2027-03-27T22:00Z", "2027-04-27T21:00Z"]],
    ["30 2 * * *", "Africa/Casablanca", "2024-04-13T12:00Z", ["2024-04-14T02:00Z", "2024-04-15T01:30Z"]],
    [
      "0 12 * * *",
      "Pacific/Apia",
      "2011-12-29T00:00Z",
      ["2011-12-29T22:00Z", "2011-12-30T10:00Z", "2011-12-30T22:00Z"],
    ],
  ])("%s in %s after %s", (expression, zone, after, expected) => {
    expect(times(expression, zone, after, expected.length)).toEqual(expected);
  });
});

describe("where clocks go back, a time that comes twice is due once, the first time", () => {
  test.each([
    ["30 2 * * *", "Europe/Berlin", "2027-10-30T12:00Z", ["2027-10-31T00:30Z", "2027-11-01T01:30Z"]],
    ["0 2 * * *", "Europe/Berlin", "2027-10-30T12:00Z", ["2027-10-31T00:00Z", "2027-11-01T01:00Z"]],
    ["0 3 * * *", "Europe/Berlin", "2027-10-30T12:00Z", ["2027-10-31T02:00Z", "2027-11-01T02:00Z"]],
    [
      "15 1-3 * * *",
      "Europe/Berlin",
      "2027-10-30T12:00Z",
      ["2027-10-30T23:15Z", "2027-10-31T00:15Z", "2027-10-31T02:15Z"],
    ],
    ["30 1 * * *", "America/New_York", "2027-11-06T12:00Z", ["2027-11-07T05:30Z", "2027-11-08T06:30Z"]],
    ["45 1 * * *", "Australia/Lord_Howe", "2027-04-03T12:00Z", ["2027-04-03T14:45Z", "2027-04-04T15:15Z"]],
    ["30 23 * * *", "America/Sao_Paulo", "2019-02-16T12:00Z", ["2019-02-17T01:30Z", "2019-02-18T02:30Z"]],
    ["30 0 * * *", "America/Havana", "2027-11-06T12:00Z", ["2027-11-07T04:30Z", "2027-11-08T05:30Z"]],
    ["30 23 * * *", "Asia/Beirut", "2027-10-30T12:00Z", ["2027-10-30T20:30Z", "2027-10-31T21:30Z"]],
    ["0 30 2 * * *", "Europe/Berlin", "2027-10-30T12:00Z", ["2027-10-31T00:30Z", "2027-11-01T01:30Z"]],
    ["30 2 * * *", "Africa/Casablanca", "2024-03-09T12:00Z", ["2024-03-10T01:30Z", "2024-03-11T02:30Z"]],
  ])("%s in %s after %s", (expression, zone, after, expected) => {
    expect(times(expression, zone, after, expected.length)).toEqual(expected);
  });
});

describe("a schedule of every hour or more often continues", () => {
  /** Minutes from each time to the next. */
  const steps = (expression: string, zone: string, after: string, count: number) => {
    const found = times(expression, zone, after, count).map(Date.parse);
    return new Set(found.slice(1).map((time, index) => (time - (found[index] ?? 0)) / 60_000));
  };

  test.each([
    ["*/30 * * * *", "Europe/Berlin", "2027-10-30T20:00Z", 30],
    ["*/30 * * * *", "Europe/Berlin", "2027-03-27T20:00Z", 30],
    ["0 * * * *", "Europe/Berlin", "2027-10-30T20:00Z", 60],
    ["30 * * * *", "Europe/Berlin", "2027-03-27T20:00Z", 60],
    ["@hourly", "America/New_York", "2027-11-07T01:00Z", 60],
    ["0,30 0-23 * * *", "America/New_York", "2027-03-14T01:00Z", 30],
    ["*/15 * * * *", "Australia/Lord_Howe", "2027-04-03T10:00Z", 15],
    ["*/15 * * * *", "Australia/Lord_Howe", "2027-10-02T10:00Z", 15],
    ["*/10 * * * *", "America/Havana", "2027-03-14T00:00Z", 10],
    ["* * * * *", "Asia/Beirut", "2027-10-30T20:00Z", 1],
    ["0 */10 * * * *", "Africa/Casablanca", "2024-03-10T00:00Z", 10],
  ])("%s in %s after %s", (expression, zone, after, minutes) => {
    expect(steps(expression, zone, after, 40)).toEqual(new Set([minutes]));
  });
});

test("elsewhere it is due when the clock shows it", () => {
  expect(times("0 0 29 2 *", "UTC", "2027-03-01T00:00Z", 2)).toEqual([
    "2028-02-29T00:00Z",
    "2032-02-29T00:00Z",
  ]);
  expect(times("0 0 L * *", "Europe/Berlin", "2027-01-15T00:00Z", 2)).toEqual([
    "2027-01-30T23:00Z",
    "2027-02-27T23:00Z",
  ]);
  expect(times("15 5 * * MON-FRI", "Asia/Kolkata", "2027-01-01T00:00Z", 2)).toEqual([
    "2027-01-03T23:45Z",
    "2027-01-04T23:45Z",
  ]);
  expect(times("30 * * * * *", "UTC", "2027-01-01T00:00Z", 2)).toEqual([
    "2027-01-01T00:00:30.000Z",
    "2027-01-01T00:01:30.000Z",
  ]);
  expect(times("* * * * * *", "Europe/Berlin", "2027-10-31T00:59:58Z", 2)).toEqual([
    "2027-10-31T00:59:59.000Z",
    "2027-10-31T01:00Z",
  ]);
});

test("over years each day has one time, whatever the zone", () => {
  for (const zone of [
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Havana",
    "Asia/Beirut",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "America/St_Johns",
  ]) {
    for (const expression of ["0 2 * * *", "30 2 * * *", "0 0 * * *", "59 23 * * *"]) {
      const found = times(expression, zone, "2027-01-01T12:00Z", 730).map(Date.parse);
      const longest = Math.max(...found.slice(1).map((time, index) => time - (found[index] ?? 0)));
      const days = ((found.at(-1) ?? 0) - (found[0] ?? 0)) / 86_400_000;
      expect({ zone, expression, longest: longest <= 25 * 3_600_000, days: Math.round(days) }).toEqual({
        zone,
        expression,
        longest: true,
        days: 729,
      });
    }
  }
});
