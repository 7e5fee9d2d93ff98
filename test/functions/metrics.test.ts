import { expect, test } from "vitest";
import type { Caller } from "../../src/functions/caller.ts";
import type { MetricsValues } from "../../src/functions/chartmogul.ts";
import { functions } from "../../src/functions/index.ts";
import { asking } from "../support/asking.ts";
import { syncedWorld } from "../support/worlds.ts";

interface Range {
  readonly start_date: string;
  readonly end_date: string;
  readonly interval?: "day" | "week" | "month" | "quarter" | "year";
  readonly type?: "percentage";
}

const both = async (call: Caller, range: Range) => ({
  stored: await call(functions.get_metrics, range),
  live: await call(functions.get_metrics, { ...range, live: true }),
});

const overInterval = ["asp", "ltv", "customer-churn-rate", "mrr-churn-rate"];
const isOverInterval = (key: string) => overInterval.some((metric) => key.startsWith(metric));

/** What can be known of an entry, where the intervals that end on these days are cut. */
function cutAs(dates: readonly string[], entry: MetricsValues, before: MetricsValues | undefined) {
  const isCut = ({ date }: MetricsValues) => dates.includes(date);
  const isUnknown = (key: string) =>
    isOverInterval(key) &&
    (isCut(entry) || (key.endsWith("-change") && before !== undefined && isCut(before)));
  return Object.fromEntries(
    Object.entries(entry).map(([key, value]) => [key, isUnknown(key) ? null : value]),
  );
}

// The invented history goes from the summer of 2023 to Monday, 2025-06-30.
const whole: Range[] = [
  { start_date: "2025-03-10", end_date: "2025-06-30", interval: "day" },
  { start_date: "2025-06-30", end_date: "2025-06-30", interval: "day" },
  { start_date: "2025-01-06", end_date: "2025-06-29", interval: "week" },
  { start_date: "2025-01-06", end_date: "2025-06-30", interval: "week" },
  { start_date: "2024-07-01", end_date: "2025-06-30" },
  { start_date: "2024-02-01", end_date: "2024-02-29" },
  { start_date: "2024-04-01", end_date: "2025-06-30", interval: "quarter" },
  { start_date: "2024-01-01", end_date: "2025-06-30", interval: "year" },
];

test("whole intervals have the same entries from the warehouse and from ChartMogul, changes counted within the range", async () => {
  const { path, sandbox } = await syncedWorld(40);
  const call = asking(path, sandbox);
  for (const range of whole) {
    for (const type of [{}, { type: "percentage" } as const]) {
      const { stored, live } = await both(call, { ...range, ...type });
      expect(stored.entries, JSON.stringify(range)).toEqual(live.entries);
      expect(stored.entries.length).toBeGreaterThan(0);
      expect(stored.note).toBeUndefined();
      expect(stored).not.toHaveProperty("summary");
      expect(live.summary).toBeDefined();
    }
  }
});

test("type percentage gives the date and the changes only", async () => {
  const { path, sandbox } = await syncedWorld(40);
  const given: Range = { start_date: "2025-01-01", end_date: "2025-06-30", type: "percentage" };
  const { stored, live } = await both(asking(path, sandbox), given);
  for (const { entries } of [stored, live]) {
    for (const entry of entries) {
      expect(Object.keys(entry).filter((key) => !key.endsWith("-percentage-change"))).toEqual(["date"]);
    }
    expect(entries[0]).toMatchObject({ "mrr-percentage-change": 0 });
  }
  expect(Object.keys(live.summary ?? {}).every((key) => key.endsWith("-percentage-change"))).toBe(true);
});

test("an interval that the range cuts has the values of its last day, and null for those over the interval, and says so", async () => {
  const { path, sandbox } = await syncedWorld(40);
  const call = asking(path, sandbox);
  const cuts: [Range, string[]][] = [
    [{ start_date: "2025-01-15", end_date: "2025-04-30" }, ["2025-01-31"]],
    [{ start_date: "2025-01-01", end_date: "2025-04-20" }, ["2025-04-20"]],
    [{ start_date: "2025-02-10", end_date: "2025-02-20" }, ["2025-02-20"]],
    [{ start_date: "2025-01-02", end_date: "2025-01-22", interval: "week" }, ["2025-01-05", "2025-01-22"]],
    [{ start_date: "2024-05-31", end_date: "2025-02-01", interval: "quarter" }, ["2024-06-30", "2025-02-01"]],
    [{ start_date: "2024-12-31", end_date: "2025-06-30", interval: "year" }, ["2024-12-31"]],
  ];
  for (const [range, dates] of cuts) {
    const { stored, live } = await both(call, range);
    expect(stored.entries, JSON.stringify(range)).toEqual(
      live.entries.map((entry, index) => cutAs(dates, entry, live.entries[index - 1])),
    );
    for (const date of dates) expect(stored.note).toContain(date);
  }
});

test("a range beyond what is stored gives what there is and says where that begins and ends", async () => {
  const { path, sandbox } = await syncedWorld(40);
  const call = asking(path, sandbox);
  const long = await call(functions.get_metrics, {
    start_date: "2001-01-01",
    end_date: "2030-12-31",
    interval: "day",
  });
  expect(long.entries.at(-1)?.date).toBe("2025-06-30");
  expect(long.note).toContain("end on 2025-06-30");
  expect(long.note).toContain(`begin on ${long.entries[0]?.date}`);
  const [first = ""] = [long.entries[0]?.date];
  const dayBefore = new Date(Date.parse(first) - 86_400_000).toISOString().slice(0, 10);
  const before = await call(functions.get_metrics, { start_date: "2001-01-01", end_date: dayBefore });
  expect(before).toMatchObject({ entries: [], note: expect.stringContaining(`begin on ${first}`) });
  const later = await call(functions.get_metrics, { start_date: "2030-01-01", end_date: "2030-12-31" });
  expect(later).toMatchObject({ entries: [], note: expect.stringContaining("end on 2025-06-30") });
});

test("days that do not exist, and a range that ends before it begins, are refused with the name of the parameter", async () => {
  const { path, sandbox } = await syncedWorld(5);
  const call = asking(path, sandbox);
  const wrong: [object, RegExp][] = [
    [
      { start_date: "2025-02-29", end_date: "2025-03-01" },
      /^start_date is not a day of the calendar.*2025-02-29/,
    ],
    [{ start_date: "2025-01-01", end_date: "yesterday" }, /^end_date is not a day of the calendar/],
    [{ start_date: "2025-01-01" }, /^end_date is missing$/],
    [{ start_date: "2025-03-01", end_date: "2025-02-28" }, /^start_date 2025-03-01 is after end_date/],
    [
      { start_date: "2025-01-01", end_date: "2025-01-02", interval: "hour" },
      /^interval is not one of day, week, month/,
    ],
    [
      { start_date: "2025-01-01", end_date: "2025-01-02", type: "relative" },
      /^type is not one of absolute, percentage/,
    ],
  ];
  sandbox.requests.length = 0;
  for (const [given, message] of wrong) {
    for (const live of [false, true]) {
      await expect(call(functions.get_metrics, { ...given, live })).rejects.toThrow(message);
    }
  }
  expect(sandbox.requests).toEqual([]);
});
