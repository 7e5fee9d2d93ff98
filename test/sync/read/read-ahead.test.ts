import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import type { ApiClient, Listing } from "../../../src/api/api-client.ts";
import { ApiError } from "../../../src/errors.ts";
import { readAhead } from "../../../src/sync/read/read-ahead.ts";
import { openPageTurns } from "../../../src/sync/write/page-turns.ts";

const page = (number: number) => ({ records: [number], cursor: String(number) });

/** A listing of numbered pages that notes which were requested; an error takes the place of a page. */
function pagesOf(...numbers: readonly (number | Error)[]) {
  const requested: (number | Error)[] = [];
  let isOver = false;
  const listing: Listing = {
    async *pages() {
      try {
        for (const each of numbers) {
          requested.push(each);
          await setImmediate();
          if (each instanceof Error) throw each;
          yield page(each);
        }
      } finally {
        isOver = true;
      }
    },
  };
  const read = () => readAhead(listing, openPageTurns()).pages(null as unknown as ApiClient, {});
  return { requested, read, isOver: () => isOver };
}

test("while a page is stored, the next one is requested, and none after it", async () => {
  const { requested, read, isOver } = pagesOf(1, 2, 3);
  const before: unknown[] = [];
  for await (const { records } of read()) {
    for (let turn = 0; turn < 5; turn += 1) await setImmediate();
    before.push([records[0], requested.length]);
  }
  expect(before).toEqual([
    [1, 2],
    [2, 3],
    [3, 3],
  ]);
  expect(isOver()).toBe(true);
});

test("what the next page fails with comes after the page before it was stored", async () => {
  const refused = new ApiError("no", { hint: "" });
  const { read } = pagesOf(1, refused);
  const stored: unknown[] = [];
  const reading = async () => {
    for await (const { records } of read()) {
      for (let turn = 0; turn < 5; turn += 1) await setImmediate();
      stored.push(records[0]);
    }
  };
  await expect(reading()).rejects.toBe(refused);
  expect(stored).toEqual([1]);
});

test.for([
  ["arrives", 2],
  ["fails", new ApiError("no", { hint: "" })],
] as const)(
  "when the walk stops and the page ahead %s, the walk's own error counts, and no request is left",
  async ([, ahead]) => {
    const full = new Error("the disk is full");
    const { requested, read, isOver } = pagesOf(1, ahead, 3);
    const reading = async () => {
      for await (const _ of read()) {
        await setImmediate();
        throw full;
      }
    };
    await expect(reading()).rejects.toBe(full);
    expect(requested).toEqual([1, ahead]);
    expect(isOver()).toBe(true);
    await setImmediate();
  },
);
