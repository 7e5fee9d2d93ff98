import { expect, test } from "vitest";
import { isTruncated } from "../../../src/sync/read/truncated.ts";

interface Case {
  readonly name: string;
  readonly pages: number;
  readonly announced: number | undefined;
  /** Pages that are announced once it was read, and records that are counted then. */
  readonly now?: number;
  readonly count?: number;
  readonly truncated: boolean;
}

const met = 1000;

test.each<Case>([
  { name: "announced nothing", pages: 3, announced: undefined, truncated: false },
  { name: "has the pages that it announced", pages: 10, announced: 10, truncated: false },
  { name: "has more pages than it announced", pages: 11, announced: 10, truncated: false },
  { name: "has become shorter meanwhile", pages: 9, announced: 10, now: 9, truncated: false },
  { name: "still announces two pages more", pages: 8, announced: 10, now: 10, count: 1000, truncated: true },
  {
    name: "ends one page early, and all counted records were met",
    ...{ pages: 9, announced: 10, now: 10, count: 1000 },
    truncated: false,
  },
  {
    name: "ends one page early, 20 records fewer than the count",
    ...{ pages: 9, announced: 10, now: 10, count: 1020 },
    truncated: false,
  },
  {
    name: "ends one page early, 21 records fewer than the count",
    ...{ pages: 9, announced: 10, now: 10, count: 1021 },
    truncated: true,
  },
  { name: "ends one page early and has no count", pages: 9, announced: 10, now: 10, truncated: true },
  {
    name: "announces nothing any more, and has a count",
    pages: 5,
    announced: 10,
    count: 1000,
    truncated: false,
  },
  { name: "announces nothing any more, and has no count", pages: 5, announced: 10, truncated: true },
])("a listing that $name is truncated: $truncated", async ({ pages, announced, now, count, truncated }) => {
  const end = {
    pages,
    announced,
    announcedNow: async () => now,
    countNow: async () => count,
    met: () => met,
  };
  expect(await isTruncated(end)).toBe(truncated);
});

test("a listing that has all its pages is not asked for again", async () => {
  const asked = async () => {
    throw new Error("asked again");
  };
  const end = { pages: 2, announced: 2, announcedNow: asked, countNow: asked, met: () => 0 };
  expect(await isTruncated(end)).toBe(false);
});
