import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import { openPageTurns } from "../../../src/sync/write/page-turns.ts";

/** Listings that are read one page ahead, as a walk does: each page waits, takes a moment to be stored, and the next is requested. */
async function readAll(listings: number, pages: number) {
  const turns = openPageTurns();
  const now = { arrived: 0, storing: 0 };
  const most = { arrived: 0, storing: 0 };
  const count = (what: keyof typeof now, by: 1 | -1) => {
    now[what] += by;
    most[what] = Math.max(most[what], now[what]);
  };
  let stored = 0;
  const readOne = async () => {
    for (let page = 0; page < pages; page += 1) {
      if (page > 0) await turns.untilFewWait();
      count("arrived", 1);
      await turns.take(async () => {
        count("storing", 1);
        await wait(1);
        stored += 1;
        count("storing", -1);
        count("arrived", -1);
      });
    }
  };
  await Promise.all(Array.from({ length: listings }, readOne));
  return { stored, most };
}

test("two pages are stored at a time, and all are stored in the end", async () => {
  const { stored, most } = await readAll(24, 10);
  expect(stored).toBe(240);
  expect(most.storing).toBe(2);
});

test("one listing alone never waits for others", async () => {
  expect((await readAll(1, 50)).stored).toBe(50);
});

test("a page that cannot be stored rejects, and the others go on", async () => {
  const turns = openPageTurns();
  await expect(turns.take(() => Promise.reject(new Error("the disk is full")))).rejects.toThrow(
    "the disk is full",
  );
  await turns.untilFewWait();
  expect(await turns.take(async () => "stored")).toBe("stored");
});

test("no page is requested while others wait, and then one after the other", async () => {
  const turns = openPageTurns();
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const pages = Array.from({ length: 10 }, () => turns.take(() => held));
  let requested = 0;
  const requests = Array.from({ length: 5 }, async () => {
    await turns.untilFewWait();
    requested += 1;
  });
  await wait(20);
  expect(requested).toBe(0);
  release();
  await Promise.all([...pages, ...requests]);
  expect(requested).toBe(5);
});
