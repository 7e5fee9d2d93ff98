import Sqlite from "better-sqlite3";
import { describe, expect, test } from "vitest";
import type { ApiClient, Query } from "../../src/api/api-client.ts";
import { ApiError, InterruptedError } from "../../src/errors.ts";
import { fixtureOf } from "../support/fixtures.ts";
import { looking, newWarehouse, statuses, syncInto } from "../support/syncing.ts";

type Invoice = Record<string, unknown>;

const [sample = {}] = fixtureOf("invoices").records;
const invoice = (number: number, changes: Invoice = {}): Invoice => ({
  ...structuredClone(sample),
  // The hexadecimal digits are in no order, as those of real identifiers.
  uuid: `inv_${((number * 2_654_435_761) >>> 0).toString(16).padStart(8, "0")}`,
  external_id: `in_${number}`,
  ...changes,
});
const invoices = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => invoice(from + index));

interface Listing {
  readonly pages: readonly (readonly Invoice[])[];
  /** Called before the answer to each request for a page, with its number from 0. */
  readonly onPage?: (page: number) => void;
}

/** An API client whose listing of invoices has these pages. */
function listing({ pages, onPage = () => {} }: Listing): ApiClient {
  const api: ApiClient = {
    async get(path: string, query: Query = {}) {
      if (path !== "invoices") throw new ApiError(`GET /${path}: not found`, { status: 404 });
      const page = Number(query["cursor"] ?? 0);
      onPage(page);
      const [records = []] = [pages[page]];
      return { invoices: records, cursor: String(page + 1), has_more: page + 1 < pages.length };
    },
    profile: async () => ({ id: "acc_1", name: "One", currency: "USD", timeZone: "UTC", weekStartOn: null }),
    get patient() {
      return api;
    },
    now: () => new Date("2024-06-01T12:00:00Z"),
  };
  return api;
}

const only = { only: ["invoices"] };
const hasKeys = (path: string) =>
  looking(path, ({ sqlite }) =>
    ["invoices", "invoice_line_items", "invoice_transactions", "raw_records"].map(
      (table) =>
        sqlite
          .prepare(`SELECT count(*) FROM pragma_index_list('${table}') WHERE origin = 'pk'`)
          .pluck()
          .get() === 1,
    ),
  );
const built = [true, true, true, true];

/** What is stored: each invoice by its number with its status, and how many rows each table has. */
const stored = (path: string) =>
  looking(path, ({ sqlite }) => ({
    invoices: Object.fromEntries(
      sqlite.prepare("SELECT external_id, status FROM invoices ORDER BY external_id").raw().all() as [
        string,
        string,
      ][],
    ),
    lines: sqlite.prepare("SELECT count(*) FROM invoice_line_items").pluck().get(),
    raw: sqlite.prepare("SELECT count(*) FROM raw_records").pluck().get(),
    integrity: sqlite.pragma("integrity_check", { simple: true }),
  }));

const linesOf = (count: number) => count * (sample["line_items"] as unknown[]).length;

/** Whether the tables had keys when each page was requested, as another program sees it. */
function watchKeys(path: string) {
  const keys: boolean[] = [];
  return { keys, onPage: () => void keys.push(readKey(path)) };
}

function readKey(path: string): boolean {
  const reader = new Sqlite(path, { readonly: true });
  try {
    return (
      reader.prepare("SELECT count(*) FROM pragma_table_info('invoices') WHERE pk > 0").pluck().get() !== 0
    );
  } finally {
    reader.close();
  }
}

describe("a first load", () => {
  test("appends rows to tables without keys, and builds the keys once everything was read", async () => {
    const path = newWarehouse();
    const { keys, onPage } = watchKeys(path);
    const api = listing({ pages: [invoices(0, 200), invoices(200, 400), invoices(400, 450)], onPage });
    expect(statuses(await syncInto(path, { default: api }, only))).toEqual({ invoices: "complete" });
    expect(keys).toEqual([false, false, false]);
    expect(hasKeys(path)).toEqual(built);
    expect(stored(path)).toMatchObject({ lines: linesOf(450), raw: 450, integrity: "ok" });
  });

  test("is only that of an empty warehouse: what comes later finds keys", async () => {
    const path = newWarehouse();
    await syncInto(path, { default: listing({ pages: [invoices(0, 10)] }) }, only);
    const { keys, onPage } = watchKeys(path);
    const api = listing({ pages: [invoices(0, 10), invoices(10, 20)], onPage });
    await syncInto(path, { default: api, other: api }, { ...only, rules: { full: true } });
    expect(keys).toEqual([true, true, true, true]);
    expect(stored(path)).toMatchObject({ lines: linesOf(40), raw: 40, integrity: "ok" });
  });

  test("stores a record once that two pages have, and needs no keys for it", async () => {
    const path = newWarehouse();
    const { keys, onPage } = watchKeys(path);
    const api = listing({ pages: [invoices(0, 200), invoices(195, 300), invoices(290, 301)], onPage });
    const [report] = await syncInto(path, { default: api }, only);
    expect(report).toMatchObject({ status: "complete", inserted: 301, unchanged: 15 });
    expect(keys).toEqual([false, false, false]);
    expect(stored(path)).toMatchObject({ lines: linesOf(301), raw: 301, integrity: "ok" });
  });

  test("ends where a record comes a second time with other content, which is the one that stays", async () => {
    const path = newWarehouse();
    const { keys, onPage } = watchKeys(path);
    const line = { ...(sample["line_items"] as Invoice[])[0], amount_in_cents: 4711 };
    const changed = invoice(3, { status: "voided", line_items: [line] });
    const pages = [invoices(0, 50), [changed, ...invoices(50, 99)], invoices(99, 110), invoices(110, 120)];
    const [report] = await syncInto(path, { default: listing({ pages, onPage }) }, only);
    expect(report).toMatchObject({ status: "complete", inserted: 120, updated: 1 });
    // The third page is requested while the second is stored.
    expect([keys[0], keys[1], keys[3]]).toEqual([false, false, true]);
    expect(hasKeys(path)).toEqual(built);
    const { invoices: status, ...rest } = stored(path);
    expect(status["in_3"]).toBe("voided");
    expect(rest).toEqual({ lines: linesOf(119) + 1, raw: 120, integrity: "ok" });
  });

  test("of several accounts ends once all were read, also where one cannot be read at all", async () => {
    const path = newWarehouse();
    const closed: ApiClient = {
      ...listing({ pages: [[]] }),
      profile: () => Promise.reject(new ApiError("closed", { status: 401 })),
    };
    const { keys, onPage } = watchKeys(path);
    const accounts = {
      one: listing({ pages: [invoices(0, 100)], onPage }),
      two: listing({ pages: [invoices(0, 100), invoices(100, 200), invoices(200, 250)], onPage }),
      closed,
    };
    const reports = await syncInto(path, accounts, only);
    expect(reports.map(({ account, status }) => `${account} ${status}`)).toEqual([
      "one complete",
      "two complete",
      "closed failed",
    ]);
    expect(keys.every((key) => !key)).toBe(true);
    expect(hasKeys(path)).toEqual(built);
    expect(stored(path)).toMatchObject({ lines: linesOf(350), raw: 350, integrity: "ok" });
  });

  test("does not wait for an account whose run cannot be recorded", async () => {
    const path = newWarehouse();
    const refuse = "CREATE TRIGGER refused BEFORE INSERT ON sync_runs WHEN NEW.account = 'one'";
    looking(path, ({ sqlite }) => sqlite.exec(`${refuse} BEGIN SELECT RAISE(ABORT, 'not today'); END`));
    const api = listing({ pages: [invoices(0, 100)] });
    await expect(syncInto(path, { one: api, two: api }, only)).rejects.toThrow("not today");
    expect(hasKeys(path)).toEqual(built);
    expect(stored(path)).toMatchObject({ lines: linesOf(100), raw: 100, integrity: "ok" });
  });

  test("that is stopped or fails leaves tables with keys, and the next sync continues", async () => {
    for (const failure of [new InterruptedError(), new ApiError("the server is down", { status: 500 })]) {
      const path = newWarehouse();
      const controller = new AbortController();
      const pages = [invoices(0, 200), invoices(200, 400), invoices(400, 450)];
      const onPage = (page: number) => {
        if (page !== 2) return;
        if (failure instanceof InterruptedError) controller.abort(failure);
        throw failure;
      };
      const api = listing({ pages, onPage });
      const [report] = await syncInto(path, { default: api }, { ...only, signal: controller.signal });
      expect(report?.status).toBe(failure instanceof InterruptedError ? "interrupted" : "failed");
      expect(hasKeys(path)).toEqual(built);
      expect(stored(path)).toMatchObject({ lines: linesOf(400), raw: 400 });
      const requested: number[] = [];
      const again = listing({ pages, onPage: (page) => void requested.push(page) });
      expect(statuses(await syncInto(path, { default: again }, only))).toEqual({ invoices: "complete" });
      expect(requested).toEqual([2]);
      expect(stored(path)).toMatchObject({ lines: linesOf(450), raw: 450, integrity: "ok" });
    }
  });
});
