import { describe, expect, test } from "vitest";
import type { ApiClient, Query } from "../../src/api/api-client.ts";
import { ApiError, InterruptedError } from "../../src/errors.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { connectTo, intercepted, wrapped } from "../support/accounts.ts";
import { askDirectly } from "../support/direct.ts";
import { contents, looking, newWarehouse, statuses, syncInto } from "../support/syncing.ts";
import { rowsOf } from "../support/warehouse.ts";
import {
  customersAndSubscriptions,
  deleted,
  later,
  payingCustomer,
  syncedWorld,
  unsyncedWorld,
} from "../support/worlds.ts";

/** Listings that have cursors and more than one record: each has the name of its path. */
const paged = [
  ...["plans", "plan_groups", "customers", "subscription_events", "invoices"],
  ...["contacts", "notes", "opportunities", "tasks"],
];

/** The same API client, with few records on a page: a small account has many pages. */
const inSmallPages = (api: ApiClient, size = 2) =>
  wrapped(
    api,
    (get) =>
      (path, query = {}) =>
        get(path, smaller(query, size)),
  );

function smaller(query: Query, size: number): Query {
  const { per_page } = query;
  return typeof per_page === "number" ? { ...query, per_page: Math.min(per_page, size) } : query;
}

/** Throws with this status, or without one, wherever a listing is to continue behind a cursor. */
const refusing = (
  api: ApiClient,
  status: number | undefined,
  meant: (path: string) => boolean = () => true,
) =>
  intercepted(api, (path, query) => {
    if (meant(path) && query?.["cursor"] !== undefined) throw refusal(status, "behind a cursor");
  });

const refusal = (status: number | undefined, message: string) =>
  new ApiError(message, status === undefined ? {} : { status });

const checkpoints = (path: string) => looking(path, (warehouse) => rowsOf(warehouse, "sync_checkpoints"));

/** An account with one listing stopped behind this many pages of this many records. */
async function stoppedBehind(pages: number, size: number, resource: string) {
  const unsynced = await unsyncedWorld(30);
  const { world, sandbox, path } = unsynced;
  const stop = new AbortController();
  let requests = 0;
  const api = intercepted(inSmallPages(askDirectly(sandbox, world, stop.signal), size), (asked) => {
    if (asked === resource && ++requests > pages) stop.abort(new InterruptedError());
  });
  const only = [resource];
  await syncInto(path, { default: api }, { only, signal: stop.signal });
  expect(checkpoints(path)).toMatchObject([{ resource: resource, pages }]);
  const again = (own: ApiClient, options: Parameters<typeof syncInto>[2] = {}) =>
    syncInto(path, { default: inSmallPages(own) }, { only, ...options });
  const clean = newWarehouse();
  await syncInto(clean, { default: askDirectly(sandbox, world) }, { only });
  return { ...unsynced, only, again, clean };
}

const stoppedInThirdPage = (resource: string) => stoppedBehind(2, 2, resource);

/** The requests for one listing since the last call, as queries. */
function askedOf(sandbox: Sandbox, list: string): string[] {
  const asked = sandbox.requests.filter(({ path }) => path === `/v1/${list}`).map(({ query }) => query);
  sandbox.requests.length = 0;
  return asked;
}

describe("a saved cursor that is refused has the listing read from its beginning in the same sync", () => {
  test.each([400, 401, 402, 403, 404, 405, 410, 414, 422, 431, 451, 429, 500, 503, undefined])(
    "where the reply is %s",
    async (status) => {
      const { world, path, createApi, again, clean } = await stoppedInThirdPage("invoices");
      let refused = 0;
      const once = intercepted(createApi(), (_asked, query) => {
        if (query?.["cursor"] !== undefined && ++refused === 1) throw refusal(status, "not this cursor");
      });
      expect(await again(once)).toMatchObject([{ status: "complete", fetched: world.invoices.length }]);
      expect(contents(path)).toEqual(contents(clean));
    },
  );

  test.each(paged)("in %s, as in every listing", async (resource) => {
    const { path, createApi, again, clean } = await stoppedBehind(1, 1, resource);
    let refused = 0;
    const once = intercepted(createApi(), (_asked, query) => {
      if (query?.["cursor"] !== undefined && ++refused === 1) throw refusal(410, "gone");
    });
    expect(await again(once)).toMatchObject([{ status: "complete" }]);
    expect(contents(path)).toEqual(contents(clean));
    expect(checkpoints(path)).toEqual([]);
  });

  test.each([...paged, "activities"])("in %s, where it belongs to another listing", async (resource) => {
    const { path, createApi, again, clean } = await stoppedBehind(1, 1, resource);
    looking(path, ({ sqlite }) => sqlite.prepare("UPDATE sync_checkpoints SET cursor = 'nonsense'").run());
    expect(await again(createApi())).toMatchObject([{ status: "complete" }]);
    expect(contents(path)).toEqual(contents(clean));
  });

  test.each([
    ["a web page", (list: string) => ({ [list]: "<html>" })],
    ["an empty page that says has_more", (list: string) => ({ [list]: [], has_more: true, cursor: "x" })],
    ["has_more without a cursor", (list: string) => ({ [list]: [{}], has_more: true })],
  ])("where the reply is %s", async (_what, answer) => {
    const { world, createApi, again } = await stoppedInThirdPage("invoices");
    let odd = 0;
    const oddOnce = wrapped(createApi(), (get) => async (asked, query) => {
      if (asked === "invoices" && query?.["cursor"] !== undefined && ++odd === 1) return answer("invoices");
      return get(asked, query);
    });
    expect(await again(oddOnce)).toMatchObject([{ status: "complete", fetched: world.invoices.length }]);
  });

  test("with its child records", async () => {
    const { world, path, sandbox, createApi } = await unsyncedWorld(12);
    const stop = new AbortController();
    let pages = 0;
    const stopping = intercepted(inSmallPages(askDirectly(sandbox, world, stop.signal)), (asked) => {
      if (asked === "customers" && ++pages === 6) stop.abort(new InterruptedError());
    });
    await syncInto(path, { default: stopping }, { only: customersAndSubscriptions, signal: stop.signal });
    expect(checkpoints(path)).not.toEqual([]);
    let refused = 0;
    const once = intercepted(createApi(), (_asked, query) => {
      if (query?.["cursor"] !== undefined && ++refused === 1) throw refusal(403, "no");
    });
    const reports = await syncInto(
      path,
      { default: inSmallPages(once) },
      { only: customersAndSubscriptions },
    );
    expect(statuses(reports)).toEqual({ customers: "complete", subscriptions: "complete" });
    expect(reports[0]).toMatchObject({ fetched: 12 });
    for (const table of customersAndSubscriptions) expect(deleted(path, table)).toEqual([]);
  });

  test("once: where that is refused, too, its error counts, and the next sync resumes at the cursor", async () => {
    const { world, path, createApi, again } = await stoppedInThirdPage("invoices");
    let asked = 0;
    const shut = intercepted(createApi(), (_path, query) => {
      if (query?.["per_page"] === undefined) return;
      asked += 1;
      throw refusal(403, query["cursor"] === undefined ? "not this list" : "not this cursor");
    });
    const [report] = await again(shut);
    expect(report?.status).not.toBe("complete");
    expect(report?.error).toContain("not this list");
    expect(asked).toBe(2);
    expect(checkpoints(path)).toMatchObject([{ pages: 2 }]);
    expect(await again(createApi())).toMatchObject([
      { status: "complete", fetched: world.invoices.length - 4 },
    ]);
  });

  test("once: a listing that is refused again at the same place has failed", async () => {
    const { createApi, again } = await stoppedInThirdPage("invoices");
    const [report] = await again(refusing(createApi(), 410));
    expect(report).toMatchObject({ status: "failed", error: "behind a cursor" });
  });
});

describe("a server that is down when a walk resumes", () => {
  test.each([500, 429])("is not waited for twice (%i)", async (status) => {
    const { world, sandbox, path, only } = await stoppedInThirdPage("invoices");
    sandbox.requests.length = 0;
    sandbox.faults.push({ path: "^/v1/invoices", what: { kind: "status", status } });
    const [report] = await syncInto(path, { default: connectTo(sandbox, world, { retries: 3 }) }, { only });
    expect(report?.status).toBe("failed");
    // Four times behind the cursor, and once more to see whether it replies from the beginning.
    expect(askedOf(sandbox, "invoices").map((query) => query.includes("cursor="))).toEqual([
      ...[true, true, true, true],
      false,
    ]);
    expect(checkpoints(path)).toMatchObject([{ pages: 2 }]);
    sandbox.faults.length = 0;
    const after = await syncInto(path, { default: connectTo(sandbox, world) }, { only });
    expect(after).toMatchObject([{ status: "complete", fetched: world.invoices.length - 4 }]);
  });

  test("differs from one that only the cursor upsets, whose listing is read with all retries", async () => {
    const { world, sandbox, path, only, clean } = await stoppedInThirdPage("invoices");
    sandbox.faults.push(
      { path: "^/v1/invoices.*cursor=", times: 4, what: { kind: "status", status: 500 } },
      { path: "^/v1/invoices", from: 6, times: 2, what: { kind: "status", status: 500 } },
    );
    const api = connectTo(sandbox, world, { retries: 3 });
    expect(await syncInto(path, { default: inSmallPages(api) }, { only })).toMatchObject([
      { status: "complete", fetched: world.invoices.length },
    ]);
    expect(contents(path)).toEqual(contents(clean));
  });
});

describe("a full sync", () => {
  test("resumes no walk that was stopped", async () => {
    const { world, sandbox, createApi, again } = await stoppedInThirdPage("invoices");
    sandbox.requests.length = 0;
    const reports = await again(createApi(), { rules: { full: true } });
    expect(reports).toMatchObject([{ status: "complete", fetched: world.invoices.length }]);
    expect(askedOf(sandbox, "invoices")[0]).not.toContain("cursor=");
  });

  test("does not resume its own walk either", async () => {
    const { sandbox, world, path } = await unsyncedWorld(12);
    const full = { only: ["invoices"], rules: { full: true } };
    const stop = new AbortController();
    let pages = 0;
    const stopping = intercepted(inSmallPages(askDirectly(sandbox, world, stop.signal)), (asked) => {
      if (asked === "invoices" && ++pages === 3) stop.abort(new InterruptedError());
    });
    await syncInto(path, { default: stopping }, { ...full, signal: stop.signal });
    expect(await syncInto(path, { default: askDirectly(sandbox, world) }, full)).toMatchObject([
      { status: "complete", fetched: world.invoices.length },
    ]);
  });
});

test("a walk that began while the clock was ahead is not resumed", async () => {
  const { world, createApi, again } = await stoppedInThirdPage("invoices");
  const before = { now: later(-3) };
  expect(await again(createApi(), before)).toMatchObject([
    { status: "complete", fetched: world.invoices.length },
  ]);
});

describe("a cursor that is refused in the middle of a walk", () => {
  test.each([400, 403, 404, 410, 431])("has it begin again, once (%i)", async (status) => {
    const { world, path, again, createApi } = await syncedWorld(12, customersAndSubscriptions);
    let pages = 0;
    const once = intercepted(inSmallPages(createApi()), (asked) => {
      if (asked === "customers" && ++pages === 4) throw refusal(status, "no longer");
    });
    const reports = await again({ only: customersAndSubscriptions }, once);
    expect(statuses(reports)).toEqual({ customers: "complete", subscriptions: "complete" });
    expect(world.customers).toHaveLength(12);
    for (const table of customersAndSubscriptions) expect(deleted(path, table)).toEqual([]);
    expect(checkpoints(path)).toEqual([]);
  });

  test("has it fail where the new cursor is refused, too, and nothing is marked", async () => {
    const { path, again, createApi } = await syncedWorld(12, customersAndSubscriptions);
    let asked = 0;
    const shut = intercepted(inSmallPages(createApi()), (list, query) => {
      if (list !== "customers") return;
      asked += 1;
      if (query?.["cursor"] !== undefined) throw refusal(410, "gone");
    });
    const reports = await again({ only: customersAndSubscriptions }, shut);
    expect(statuses(reports)).toEqual({ customers: "failed", subscriptions: "failed" });
    expect(asked).toBe(4);
    for (const table of customersAndSubscriptions) expect(deleted(path, table)).toEqual([]);
  });

  test("is kept where the server only has trouble: the next sync resumes at it", async () => {
    const { path, again, createApi } = await syncedWorld(12, ["customers"]);
    let pages = 0;
    const broken = intercepted(inSmallPages(createApi()), (asked) => {
      if (asked === "customers" && ++pages >= 3) throw refusal(500, "trouble");
    });
    expect(await again({ only: ["customers"] }, broken)).toMatchObject([{ status: "failed", pages: 2 }]);
    expect(pages).toBe(3);
    expect(checkpoints(path)).toMatchObject([{ pages: 2 }]);
  });

  test.each([403, 410])("of one customer's subscriptions has these begin again (%i)", async (status) => {
    const { world, path, again, createApi } = await syncedWorld(30, customersAndSubscriptions);
    const customer = payingCustomer(world);
    const [subscription] = world.subscriptions.get(customer) ?? [];
    const more = [1, 2, 3].map((number) => ({
      ...structuredClone(subscription),
      uuid: `sub_more-${number}`,
    }));
    world.subscriptions.get(customer)?.push(...(more as never[]));
    const own = `customers/${customer}/subscriptions`;
    let refused = 0;
    const once = intercepted(inSmallPages(createApi()), (asked, query) => {
      if (asked === own && query?.["cursor"] !== undefined && ++refused === 1) throw refusal(status, "no");
    });
    const reports = await again({ only: customersAndSubscriptions }, once);
    expect(refused).toBeGreaterThan(1);
    expect(statuses(reports)).toEqual({ customers: "complete", subscriptions: "complete" });
    const stored = looking(path, (warehouse) => rowsOf(warehouse, "subscriptions"));
    const owned = stored.filter((row) => row["customer_uuid"] === customer && row["deleted_at"] === null);
    expect(owned).toHaveLength(world.subscriptions.get(customer)?.length ?? 0);
  });
});

describe("notes from the older of two listings", () => {
  const withoutNewer = (api: ApiClient) =>
    intercepted(api, (asked) => {
      if (/^notes/.test(asked)) throw refusal(404, "not found");
    });

  test("resume there, and the newer listing is not asked with a cursor of another", async () => {
    const unsynced = await unsyncedWorld(30);
    const { world, sandbox, path, createApi } = unsynced;
    const stop = new AbortController();
    let pages = 0;
    const older = intercepted(
      withoutNewer(inSmallPages(askDirectly(sandbox, world, stop.signal))),
      (asked) => {
        if (asked === "customer_notes" && ++pages === 3) stop.abort(new InterruptedError());
      },
    );
    await syncInto(path, { default: older }, { only: ["notes"], signal: stop.signal });
    const asked: string[] = [];
    const listening = intercepted(createApi(), (list, query) => {
      if (query?.["cursor"] !== undefined) asked.push(list);
    });
    const again = await syncInto(
      path,
      { default: withoutNewer(inSmallPages(listening)) },
      { only: ["notes"] },
    );
    expect(again).toMatchObject([{ status: "complete" }]);
    expect(new Set(asked)).toEqual(new Set(["customer_notes"]));
    const ofCustomers = world.notes.filter((note) => note.associated_object === "customer");
    expect(again[0]?.fetched).toBe(ofCustomers.length - 4);
  });

  test("begin again where the saved cursor was the newer one's", async () => {
    const { path, createApi, again } = await stoppedInThirdPage("notes");
    looking(path, ({ sqlite }) => sqlite.exec("DELETE FROM raw_records; DELETE FROM notes"));
    const asked: string[] = [];
    const listening = intercepted(createApi(), (list, query) => {
      if (query?.["cursor"] !== undefined) asked.push(list);
    });
    const first = { cursor: checkpoints(path)[0]?.["cursor"] };
    await again(withoutNewer(listening));
    const cursors = asked.filter((list) => list === "customer_notes");
    expect(cursors.length).toBeGreaterThan(0);
    expect(first.cursor).not.toMatch(/^customer_notes /);
    const sent = looking(path, (warehouse) => rowsOf(warehouse, "notes"));
    expect(sent.filter((row) => row["deleted_at"] !== null)).toEqual([]);
  });
});
