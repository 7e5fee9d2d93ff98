import { describe, expect, test } from "vitest";
import { activities } from "../../src/api/activities.ts";
import type { Start } from "../../src/api/api-client.ts";
import { apiErrorOf, clientOf, json, pagesOf, serve } from "../http/serve.ts";

interface Activity {
  readonly uuid: string;
  readonly date: string;
}

// Three a day, so that pages of two end within days and between them.
const all: readonly Activity[] = Array.from({ length: 9 }, (_, index) => ({
  uuid: `activity-${index}`,
  date: `2024-05-0${1 + Math.floor(index / 3)}T0${index}:00:00+00:00`,
}));
const perPage = 2;

type Paging = (
  query: URLSearchParams,
  rows: readonly Activity[],
) => { from: number; cursor: (next: number) => string | null };

const behind = (rows: readonly Activity[], uuid: string | null) =>
  uuid === null ? 0 : rows.findIndex((row) => row.uuid === uuid) + 1;
const uuidAt = (rows: readonly Activity[], index: number) => rows[index]?.uuid ?? null;

// What was seen in October 2023: the cursor names the first record of the next page and is applied as "start after it".
const asSeen: Paging = (query, rows) => ({
  from: behind(rows, query.get("cursor") ?? query.get("start-after")),
  cursor: (next) => uuidAt(rows, next),
});
const repairedByName: Paging = (query, rows) => ({
  from: behind(rows, query.get("cursor") ?? query.get("start-after")),
  cursor: (next) => uuidAt(rows, next - 1),
});
const withoutStartAfter: Paging = (query, rows) => ({
  from: behind(rows, query.get("cursor")),
  cursor: (next) => uuidAt(rows, next),
});
const repairedByMeaning: Paging = (query, rows) => ({
  from: Math.max(0, behind(rows, query.get("cursor")) - 1),
  cursor: (next) => uuidAt(rows, next),
});

/** Serves these activities by date, two a page; `rowsAt` may give other ones to later requests. */
async function account(paging: Paging, rowsAt: (request: number) => readonly Activity[] = () => all) {
  let requests = 0;
  const served = await serve((request, response) => {
    const { searchParams } = new URL(request.url ?? "", "http://host");
    const since = searchParams.get("start-date") ?? "";
    const rows = rowsAt(requests++).filter(({ date }) => date >= since);
    const { from, cursor } = paging(searchParams, rows);
    const entries = rows.slice(from, from + perPage);
    const next = from + perPage;
    json({ entries, has_more: next < rows.length, cursor: cursor(next) })(request, response);
  });
  return {
    asked: () => served.asked().map((path) => new URL(path, "http://host").searchParams),
    async read(start: Start = {}) {
      const pages = await pagesOf(activities(), clientOf(served.url, { retries: 0 }), start);
      return pages.flatMap(({ records }) => records as readonly Activity[]);
    },
  };
}

const uuids = (rows: readonly Activity[]) => [...new Set(rows.map(({ uuid }) => uuid))];

describe("no activity is lost at the end of a page", () => {
  test.each([
    ["as it was seen", asSeen],
    ["with a cursor that names the last record", repairedByName],
    ["without the older parameter", withoutStartAfter],
    ["with a cursor that is applied as the first record, and without the older parameter", repairedByMeaning],
  ])("%s", async (_how, paging) => {
    expect(uuids(await (await account(paging)).read())).toEqual(uuids(all));
  });

  test("where the history is rewritten between two pages, whatever the reply to an unknown uuid", async () => {
    const renamed = all.map((activity) => ({ ...activity, uuid: `${activity.uuid}-renamed` }));
    for (const unknown of ["first page", "nothing"]) {
      const forgetful: Paging = (query, rows) => {
        const after = query.get("start-after") ?? query.get("cursor");
        const isUnknown = after !== null && behind(rows, after) === 0;
        return {
          from: isUnknown && unknown === "nothing" ? rows.length : behind(rows, after),
          cursor: () => null,
        };
      };
      const { read } = await account(forgetful, (request) => (request < 2 ? all : renamed));
      const met = uuids(await read()).map((uuid) => uuid.replace("-renamed", ""));
      expect([...new Set(met)], unknown).toEqual(uuids(all));
    }
  });
});

test("a listing that never moves on is an ApiError, not an endless loop", async () => {
  const { read } = await account(() => ({ from: 0, cursor: () => "activity-0" }));
  expect((await apiErrorOf(read())).message).toMatch(/activity-1 at the end of two pages/);
});

test("every page is requested by date, oldest first, from the first day of the walk", async () => {
  const { read, asked } = await account(asSeen);
  expect(uuids(await read({ since: "2024-05-02" }))).toEqual(uuids(all.slice(3)));
  expect(
    asked().map((query) => [query.get("order"), query.get("start-date"), query.get("start-after")]),
  ).toEqual([
    ["date", "2024-05-02", null],
    ["date", "2024-05-02", "activity-4"],
    ["date", "2024-05-02", "activity-6"],
  ]);
});

test("a stopped walk continues by date, whatever has become of the activity where it stopped", async () => {
  const { read, asked } = await account(asSeen);
  expect(uuids(await read({ cursor: "2024-05-03T06:00:00+00:00 gone" }))).toEqual(uuids(all.slice(3)));
  expect(asked().map((query) => query.get("start-after"))).toEqual([null, "activity-4", "activity-6"]);
});
