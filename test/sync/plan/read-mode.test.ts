import { describe, expect, test } from "vitest";
import { decideReadMode, describeMode, type ReadModeFacts } from "../../../src/sync/plan/read-mode.ts";
import { defaultRules } from "../../../src/sync/rules.ts";

const rules = { ...defaultRules, shortcuts: { listingMaxAgeDays: 7, lookbackDays: 35, fullWalkDays: 7 } };
const full = { kind: "full" };

/** A newest-first listing that was reconciled the night before. */
const newestFirst: ReadModeFacts = {
  rules,
  now: new Date("2026-05-10T03:00:00Z"),
  lastReconciled: "2026-05-09 03:00:00",
  lastComplete: "2026-05-09 03:00:00",
  hasSuspectedDeletes: false,
  hasAccountChanged: false,
  isUnfinished: false,
  hasChildResources: false,
  isNewestFirst: true,
  dated: undefined,
  unmetRejects: [],
};

/** A listing that can be read from a day on, reconciled the night before. */
const dated: ReadModeFacts = {
  ...newestFirst,
  isNewestFirst: false,
  dated: { lastDate: "2026-05-08 14:30:00" },
};

const withShortcuts = (own: Partial<typeof rules.shortcuts>) => ({
  rules: { ...rules, shortcuts: { ...rules.shortcuts, ...own } },
});

describe("any listing is read whole where", () => {
  test.each<[string, Partial<ReadModeFacts>]>([
    ["a full sync is wanted", { rules: { ...rules, full: true } }],
    ["deletes are accepted", { rules: { ...rules, deletes: { ...rules.deletes, accepted: true } } }],
    ["no walk was reconciled yet", { lastReconciled: undefined }],
    ["no walk was complete yet", { lastComplete: undefined }],
    ["deletes are suspected", { hasSuspectedDeletes: true }],
    ["a record without key was rejected", { unmetRejects: [{ hasKey: false, date: "2026-05-08 00:00:00" }] }],
    ["the last reconciled walk was a week ago", { lastReconciled: "2026-05-03 03:00:00" }],
  ])("%s", (_why, facts) => {
    expect(decideReadMode({ ...newestFirst, ...facts })).toEqual(full);
    expect(decideReadMode({ ...dated, ...facts })).toEqual(full);
  });
});

describe("a newest-first listing", () => {
  test("is read to the first known page", () => {
    expect(decideReadMode(newestFirst)).toEqual({ kind: "newest_first" });
  });

  test("is read to the first known page where a record with a key was rejected: it is requested", () => {
    const unmetRejects = [{ hasKey: true, date: undefined }];
    expect(decideReadMode({ ...newestFirst, unmetRejects })).toEqual({ kind: "newest_first" });
  });

  test.each<[string, Partial<ReadModeFacts>]>([
    ["the setting allows one day", withShortcuts({ fullWalkDays: 1 })],
    ["the setting is 0", withShortcuts({ fullWalkDays: 0 })],
    ["child listings are read with it", { hasChildResources: true }],
    ["an earlier walk did not come to its end", { isUnfinished: true }],
    ["it does not begin with the newest", { isNewestFirst: false }],
  ])("is read whole where %s", (_why, facts) => {
    expect(decideReadMode({ ...newestFirst, ...facts })).toEqual(full);
  });

  test.each([
    ["2026-05-03 05:29:00", "full"],
    ["2026-05-03 05:31:00", "newest_first"],
  ])("last reconciled at %s, a week and the tolerance ago, is read %s", (lastReconciled, kind) => {
    expect(decideReadMode({ ...newestFirst, lastReconciled })).toEqual({ kind });
  });
});

describe("a listing by date", () => {
  const from = (day: string) => ({ kind: "incremental", day, histories: [] });

  test("is read from 35 days before its last date on", () => {
    expect(decideReadMode(dated)).toEqual(from("2026-04-03"));
  });

  test.each<[string, Partial<ReadModeFacts>, string]>([
    [
      "the last complete walk, where its last date is in the future",
      { dated: { lastDate: "2027-01-01 00:00:00" } },
      "2026-04-04",
    ],
    ["the last complete walk, where no record has a date", { dated: { lastDate: undefined } }, "2026-04-04"],
    ["its last date, by another number of days", withShortcuts({ lookbackDays: 1 }), "2026-05-07"],
  ])("is read from the days before %s", (_what, facts, day) => {
    expect(decideReadMode({ ...dated, ...facts })).toEqual(from(day));
  });

  test("is read from the day before a rejected record on, where that is earlier", () => {
    const rejected = (...dates: (string | undefined)[]) =>
      decideReadMode({ ...dated, unmetRejects: dates.map((date) => ({ hasKey: true, date })) });
    expect(rejected("2026-04-20 00:00:00")).toEqual(from("2026-04-03"));
    expect(rejected("2026-03-15 10:00:00", "2026-04-20 00:00:00")).toEqual(from("2026-03-14"));
    expect(rejected("2026-03-15 10:00:00", undefined)).toEqual(full);
  });

  test("is read whole where the account itself has changed", () => {
    expect(decideReadMode({ ...dated, hasAccountChanged: true })).toEqual(full);
  });

  test("is read from a day on whatever the days of newest-first listings, and after an unfinished walk", () => {
    expect(decideReadMode({ ...dated, ...withShortcuts({ fullWalkDays: 1 }), isUnfinished: true })).toEqual(
      from("2026-04-03"),
    );
  });
});

test("the fingerprint of a mode names its day", () => {
  expect(describeMode({ kind: "full" })).toBe("full");
  expect(describeMode({ kind: "incremental", day: "2026-04-03", histories: ["cus_1"] })).toBe(
    "incremental:2026-04-03",
  );
});
