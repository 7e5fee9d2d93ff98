import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { createAccountDay } from "../../src/summaries/account-day.ts";
import { selectMonth } from "../../src/summaries/select-month.ts";

test("an instant is in the month that the calendar of its time zone shows, also where nobody asks for the time zone", () => {
  const sqlite = new Database(":memory:");
  sqlite.function("account_day", { deterministic: true }, createAccountDay());
  const zones = [
    "Pacific/Kiritimati",
    "Etc/GMT+12",
    "America/St_Johns",
    "Asia/Kathmandu",
    "Pacific/Chatham",
    "UTC",
  ];
  // Every hour, and its last second, of a leap year and of the days around it.
  const differing = sqlite
    .prepare(
      `WITH RECURSIVE hours (at) AS (
         SELECT '2023-12-30 00:00:00' UNION ALL SELECT datetime(at, '+1 hour') FROM hours WHERE at < '2025-01-03'),
       instants AS (SELECT at FROM hours UNION ALL SELECT datetime(at, '-1 second') FROM hours)
       SELECT at, time_zone FROM instants JOIN (SELECT value AS time_zone FROM json_each(?))
       WHERE ${selectMonth("at")} <> substr(account_day(at, time_zone), 1, 8) || '01' LIMIT 5`,
    )
    .all(JSON.stringify(zones));
  expect(differing).toEqual([]);
  const months = sqlite.prepare(`SELECT ${selectMonth("at")} FROM (SELECT ? AS at, ? AS time_zone)`).pluck();
  expect(months.get("2024-02-29 10:00:00", "Pacific/Kiritimati")).toBe("2024-03-01");
  expect(months.get("2024-03-01 11:59:59", "Etc/GMT+12")).toBe("2024-02-01");
  expect(months.get(null, "UTC")).toBeNull();
  sqlite.close();
});
