import { describe, expect, test } from "vitest";
import type { Page, Start } from "../../src/api/api-client.ts";
import { dailyMetrics } from "../../src/api/metrics.ts";
import { ApiError } from "../../src/errors.ts";
import { clientOf, json, pagesOf, type Served, serve } from "../http/serve.ts";

interface Account {
  readonly timeZone?: string | null;
  readonly now?: string;
  /** `customer-since` of each customer in the order of the listing. */
  readonly customersSince?: readonly (string | null)[];
  /** MRR at the end of a day. */
  readonly mrr?: (day: string) => number;
  /** Entries that a metric answers with instead of one for each day that was asked for. */
  readonly entries?: Readonly<Record<string, unknown>>;
  /** Days that no metric has an entry for. */
  readonly leftOut?: readonly string[];
}

interface Asked {
  readonly served: Served;
  readonly read: (start?: Start) => Promise<Page[]>;
  /** The days of each request for metrics, in order of arrival. */
  readonly days: (path: "metrics/all" | "metrics/mrr") => string[];
}

/** Serves an invented account on 2026-03-05 by default. */
async function account({
  timeZone = "UTC",
  now = "2026-03-05T12:00:00Z",
  customersSince = [],
  mrr = () => 0,
  entries = {},
  leftOut = [],
}: Account): Promise<Asked> {
  const entriesOf = (query: URLSearchParams, values: (day: string) => object) =>
    daysOf(query, values).filter(({ date }) => !leftOut.includes(date));
  const served = await serve((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://host");
    const path = pathname.replace("/v1/", "");
    const answers: Readonly<Record<string, () => object>> = {
      account: () => ({ name: "Umbrella Makers", currency: "USD", time_zone: timeZone }),
      customers: () => ({
        entries: customersSince.slice(0, 1).map((since) => ({ uuid: "cus_1", "customer-since": since })),
        has_more: customersSince.length > 1,
        cursor: "c",
      }),
      "metrics/all": () => ({ entries: entries[path] ?? entriesOf(searchParams, () => ({ arpa: 7 })) }),
      "metrics/mrr": () => ({
        entries: entries[path] ?? entriesOf(searchParams, (day) => ({ mrr: mrr(day) })),
      }),
    };
    json(answers[path]?.() ?? { message: "unknown path" }, path in answers ? 200 : 404)(request, response);
  });
  const api = clientOf(served.url, { now: () => new Date(now) });
  return {
    served,
    read: (start) => pagesOf(dailyMetrics(), api, start),
    days: (path) =>
      served.asked().flatMap((asked) => {
        const { pathname, searchParams } = new URL(asked, "http://host");
        if (pathname !== `/${path}`) return [];
        expect(searchParams.get("interval")).toBe("day");
        return [`${searchParams.get("start-date")}..${searchParams.get("end-date")}`];
      }),
  };
}

function daysOf(query: URLSearchParams, values: (day: string) => object): { date: string }[] {
  const days: { date: string }[] = [];
  const last = Date.parse(query.get("end-date") ?? "");
  for (let at = Date.parse(query.get("start-date") ?? ""); at <= last; at += 86_400_000) {
    const date = new Date(at).toISOString().slice(0, 10);
    days.push({ date, ...values(date) });
  }
  return days;
}

const recordsOf = (pages: readonly Page[]) => pages.flatMap(({ records }) => records) as { date: string }[];
const span = (page: Page) => {
  const records = recordsOf([page]);
  return `${records[0]?.date}..${records.at(-1)?.date}: ${records.length}`;
};

describe("days that cannot be trusted are an ApiError", () => {
  const day = (date: string) => ({ date, mrr: 0 });

  test.each([
    ["a gap", [day("2026-03-02"), day("2026-03-04")], "with 2026-03-04 where 2026-03-03 was due"],
    ["a day twice", [day("2026-03-02"), day("2026-03-02")], "with 2026-03-02 where 2026-03-03 was due"],
    ["days backwards", [day("2026-03-03"), day("2026-03-02")], "with 2026-03-02 where 2026-03-04 was due"],
    ["months", [day("2026-01-31"), day("2026-02-28")], "with 2026-02-28 where 2026-02-01 was due"],
    ["no list", null, 'without a list of dated "entries"'],
    ["an object instead of a list", {}, 'without a list of dated "entries"'],
    ["a day without a date", [day("2026-03-02"), { mrr: 0 }], 'without a list of dated "entries"'],
    ["a date in another spelling", [day("2 March 2026")], 'without a list of dated "entries"'],
    ["null as a day", [null], 'without a list of dated "entries"'],
  ])("%s", async (_fault, entries, words) => {
    for (const path of ["metrics/all", "metrics/mrr"]) {
      const { read } = await account({ entries: { [path]: entries ?? "none" } });
      const error = await read().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(ApiError);
      expect((error as ApiError).message).toContain(`GET /${path} ${words}`);
    }
  });
});

test("a time zone that nobody knows is an ApiError that names it", async () => {
  const { read } = await account({ timeZone: "Mars/Olympus_Mons" });
  await expect(read()).rejects.toThrow(ApiError);
  await expect(read()).rejects.toThrow("Mars/Olympus_Mons");
});

test("a refused metric ends the reading with its status", async () => {
  const served = await serve((request, response) => {
    const isAccount = request.url?.startsWith("/v1/account") ?? false;
    const answer = isAccount ? json({ currency: "USD", time_zone: "UTC" }) : json({ message: "no" }, 403);
    answer(request, response);
  });
  const api = clientOf(served.url, { now: () => new Date("2026-03-05T12:00:00Z") });
  await expect(pagesOf(dailyMetrics(), api)).rejects.toMatchObject({
    status: 403,
  });
});

test("no days at all are not an error", async () => {
  const { read } = await account({ entries: { "metrics/all": [], "metrics/mrr": [] } });
  expect(await read()).toEqual([{ records: [], cursor: undefined }]);
});

test("the two replies are joined by day, each as it was received", async () => {
  const all = [
    { date: "2026-03-03", arr: 1200, "arr-percentage-change": 0.5 },
    { date: "2026-03-04", arr: 2400, ltv: null },
  ];
  const mrr = [
    { date: "2026-03-04", mrr: 0, "mrr-churn": -3 },
    { date: "2026-03-05", mrr: 300 },
  ];
  const { read } = await account({
    customersSince: ["2026-03-04T00:00:00+00:00"],
    entries: { "metrics/all": all, "metrics/mrr": mrr },
  });
  expect(await read()).toEqual([
    {
      records: [
        { date: "2026-03-03", "metrics/all": all[0] },
        { date: "2026-03-04", "metrics/all": all[1], "metrics/mrr": mrr[0] },
        { date: "2026-03-05", "metrics/mrr": mrr[1] },
      ],
      cursor: undefined,
    },
  ]);
});

describe("the first day", () => {
  test("is the day before the first customer paid", async () => {
    const { served, read, days } = await account({
      customersSince: ["2026-03-01T00:30:00+00:00", "2026-03-04T00:00:00+00:00"],
      mrr: (day) => (day >= "2026-03-01" ? 500 : 0),
    });
    expect((await read()).map(span)).toEqual(["2026-02-28..2026-03-05: 6"]);
    expect(served.asked()).toContain("customers?per_page=1");
    expect(days("metrics/mrr")).toEqual(["2026-02-28..2026-02-28", "2026-02-28..2026-03-05"]);
    expect(days("metrics/all")).toEqual(["2026-02-28..2026-03-05"]);
  });

  test("is the day before the first payment, also where the first customer listed paid later", async () => {
    const { read, days } = await account({
      customersSince: ["2026-03-01T12:00:00+00:00"],
      mrr: (day) => (day >= "2024-06-01" ? -1 : 0),
    });
    const found = recordsOf(await read());
    expect(days("metrics/mrr").slice(0, 3)).toEqual([
      "2026-02-28..2026-02-28",
      "2025-02-28..2025-02-28",
      "2024-02-29..2024-02-29",
    ]);
    expect(found[0]?.date).toBe("2024-05-31");
    expect(found.at(-1)?.date).toBe("2026-03-05");
  });

  test("moves back no further than 2000", async () => {
    const { read } = await account({
      now: "2001-06-01T12:00:00Z",
      customersSince: ["2001-05-01T12:00:00+00:00"],
      mrr: () => 1,
    });
    expect(recordsOf(await read())[0]?.date).toBe("1999-05-01");
  });

  test("does not move back where ChartMogul has no entry for it", async () => {
    const { read, days } = await account({
      customersSince: ["2026-03-01T12:00:00+00:00"],
      entries: { "metrics/mrr": [] },
    });
    expect(recordsOf(await read())[0]?.date).toBe("2026-02-28");
    expect(days("metrics/mrr")).toHaveLength(2);
  });

  test("is today where the first customer will pay in the future", async () => {
    const { read } = await account({ customersSince: ["2026-12-24T00:00:00+00:00"] });
    expect((await read()).map(span)).toEqual(["2026-03-05..2026-03-05: 1"]);
  });

  test.each([
    ["no customers", []],
    ["leads only", [null, null]],
  ])("is today in an account with %s", async (_what, customersSince) => {
    const { read, days } = await account({ customersSince });
    expect((await read()).map(span)).toEqual(["2026-03-05..2026-03-05: 1"]);
    expect(days("metrics/mrr")).toEqual(["2026-03-05..2026-03-05", "2026-03-05..2026-03-05"]);
  });
});

test("the days come 365 at a time without a cursor: history is read whole each time", async () => {
  const { read, days } = await account({ customersSince: ["2024-01-02T00:00:00+00:00"] });
  const pages = await read();
  expect(pages.map(span)).toEqual([
    "2024-01-01..2024-12-30: 365",
    "2024-12-31..2025-12-30: 365",
    "2025-12-31..2026-03-05: 65",
  ]);
  expect(pages.map(({ cursor }) => cursor)).toEqual([undefined, undefined, undefined]);
  expect(days("metrics/all")).toEqual([
    "2024-01-01..2024-12-30",
    "2024-12-31..2025-12-30",
    "2025-12-31..2026-03-05",
  ]);
});

test("a missing day at the beginning of a later range is an ApiError, too", async () => {
  const { read } = await account({
    customersSince: ["2024-01-02T00:00:00+00:00"],
    leftOut: ["2024-12-31"],
  });
  await expect(read()).rejects.toThrow("with 2025-01-01 where 2024-12-31 was due");
});

test("exactly 365 days are one page", async () => {
  const { read } = await account({ customersSince: ["2025-03-07T00:00:00+00:00"] });
  const pages = await read();
  expect(pages.map(span)).toEqual(["2025-03-06..2026-03-05: 365"]);
  expect(pages[0]?.cursor).toBeUndefined();
});

test("days that end before the day asked for are an ApiError, except that today may be missing", async () => {
  const customersSince = ["2026-03-02T00:00:00+00:00"];
  const upTo = (last: string) =>
    ["2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04"]
      .filter((date) => date <= last)
      .map((date) => ({ date, mrr: 0 }));
  const answered = (last: string) =>
    account({ customersSince, entries: { "metrics/all": upTo(last), "metrics/mrr": upTo(last) } });
  const { read } = await answered("2026-03-03");
  await expect(read()).rejects.toThrow("days up to 2026-03-03 where 2026-03-05 was requested");
  expect(recordsOf(await (await answered("2026-03-04")).read())).toHaveLength(4);
});

describe("today is a day in the account's time zone", () => {
  test.each([
    ["Pacific/Auckland", "2026-03-05T10:59:59Z", "2026-03-05"],
    ["Pacific/Auckland", "2026-03-05T11:00:00Z", "2026-03-06"],
    ["America/Los_Angeles", "2026-03-05T07:59:59Z", "2026-03-04"],
    ["America/Los_Angeles", "2026-03-05T08:00:00Z", "2026-03-05"],
    ["Europe/Berlin", "2026-06-30T21:59:59Z", "2026-06-30"],
    ["Europe/Berlin", "2026-06-30T22:00:00Z", "2026-07-01"],
    [null, "2026-03-05T23:59:59Z", "2026-03-05"],
    [null, "2026-03-06T00:00:00Z", "2026-03-06"],
  ])("in %s at %s it is %s", async (timeZone, now, today) => {
    const { read } = await account({ timeZone, now });
    expect((await read()).map(span)).toEqual([`${today}..${today}: 1`]);
  });
});
