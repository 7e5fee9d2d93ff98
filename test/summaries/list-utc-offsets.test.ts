import { expect, test } from "vitest";
import { createAccountDay } from "../../src/summaries/account-day.ts";
import { listUtcOffsets } from "../../src/summaries/list-utc-offsets.ts";
import { temporaryWarehouse } from "../support/warehouse.ts";

test("a time zone has one offset until its clocks change, to the second", () => {
  expect(listUtcOffsets("America/New_York", "2024-01-01", "2025-01-01")).toEqual([
    { since: "0000-01-01 00:00:00", offset: "-05:00" },
    { since: "2024-03-10 07:00:00", offset: "-04:00" },
    { since: "2024-11-03 06:00:00", offset: "-05:00" },
  ]);
  expect(listUtcOffsets("Asia/Tokyo", "2024-01-01", "2025-01-01")).toHaveLength(1);
});

test.each(["Atlantis/Capital", "UTC"])("%s has the offset of UTC", (zone) => {
  expect(listUtcOffsets(zone, "2024-01-01", "2025-01-01")).toEqual([
    { since: "0000-01-01 00:00:00", offset: "+00:00" },
  ]);
});

// Half an hour of summer time; a day left out at the date line; a quarter of an hour; summer time that pauses for a month.
test.each(["Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu", "Africa/Casablanca", "Europe/Berlin"])(
  "SQLite's day with the offset is the account's day in %s",
  (zone) => {
    const { sqlite } = temporaryWarehouse();
    const date = sqlite.prepare<[string, string], string>("SELECT date(?, ?)").pluck();
    const dayOf = createAccountDay();
    const offsets = listUtcOffsets(zone, "2011-06-01", "2012-12-01");
    const differing: string[] = [];
    for (let at = Date.parse("2011-06-01"); at < Date.parse("2012-12-01"); at += 45 * 60_000) {
      const instant = new Date(at).toISOString().slice(0, 19).replace("T", " ");
      const { offset } = offsets.findLast(({ since }) => since <= instant) ?? { offset: "" };
      if (date.get(instant, offset) !== dayOf(instant, zone)) differing.push(instant);
    }
    expect(differing).toEqual([]);
  },
);
