import { describe, expect, test } from "vitest";
import type { ApiClient } from "../../src/api/api-client.ts";
import { DeadlineError, InterruptedError } from "../../src/errors.ts";
import { deleteCustomer } from "../../src/sandbox/edits.ts";
import { intercepted, wrapped } from "../support/accounts.ts";
import { askDirectly } from "../support/direct.ts";
import { looking, statuses, syncInto } from "../support/syncing.ts";
import { rowsOf } from "../support/warehouse.ts";
import { deleted, later, payingCustomer, syncedWorld, unsyncedWorld } from "../support/worlds.ts";

const rows = (path: string, table: string) => looking(path, (warehouse) => rowsOf(warehouse, table));
const passed = () => new DeadlineError("ten minutes");

// All other requests come with shorter pauses.
const longPause = 1000;

/** The same API client, where these paths get no reply; the signal is aborted once no other request has come for a while. */
function hanging(api: ApiClient, stop: AbortController, meant: (path: string) => boolean): ApiClient {
  let timer: NodeJS.Timeout | undefined;
  return intercepted(
    wrapped(api, (get) => async (path, query) => {
      if (!meant(path)) return get(path, query);
      return new Promise((_resolve, reject) => {
        stop.signal.addEventListener("abort", () => reject(stop.signal.reason), { once: true });
      });
    }),
    () => {
      clearTimeout(timer);
      timer = setTimeout(() => stop.abort(passed()), longPause);
    },
  );
}

describe("a deadline that passes", () => {
  test("interrupts what does not end, and the rest is complete, with deletes marked", async () => {
    const { world, path, sandbox } = await syncedWorld(30);
    deleteCustomer(world, payingCustomer(world));
    world.plans.push({ ...structuredClone(world.plans[0] as never as object), uuid: "pl_new" } as never);
    const stop = new AbortController();
    const api = hanging(askDirectly(sandbox, world, stop.signal), stop, (asked) => asked === "tasks");
    const options = { now: later(1), signal: stop.signal };
    const reports = await syncInto(path, { default: api }, options);
    expect(statuses(reports)).toMatchObject({
      ...{ tasks: "interrupted", customers: "complete", subscriptions: "complete", plans: "complete" },
    });
    expect(reports.find(({ resource }) => resource === "tasks")?.error).toContain("ten minutes");
    expect(rows(path, "sync_runs").at(-1)).toMatchObject({ status: "interrupted" });
    expect(deleted(path, "customers")).toHaveLength(1);
    expect(rows(path, "plans").map(({ uuid }) => uuid)).toContain("pl_new");
    expect(deleted(path, "tasks")).toEqual([]);

    const next = await syncInto(path, { default: askDirectly(sandbox, world) }, { now: later(2) });
    expect(new Set(Object.values(statuses(next)))).toEqual(new Set(["complete"]));
    // Records owned by the customer go with it, whichever of them the deadline had cut off.
    const gone = deleted(path, "customers");
    for (const table of ["contacts", "invoices", "tasks", "opportunities"]) {
      const live = rows(path, table).filter((row) => row["deleted_at"] === null);
      expect(live.filter((row) => gone.includes(row["customer_uuid"]))).toEqual([]);
    }
  });

  test("interrupts everything where not even the account replies", async () => {
    const { world, path, sandbox } = await syncedWorld(12);
    const stop = new AbortController();
    const api = hanging(askDirectly(sandbox, world, stop.signal), stop, (asked) => asked === "account");
    const own: ApiClient = { ...api, patient: api.patient, profile: () => api.get("account") as never };
    const reports = await syncInto(path, { default: own }, { now: later(1), signal: stop.signal });
    expect(new Set(Object.values(statuses(reports)))).toEqual(new Set(["interrupted"]));
    expect(deleted(path, "customers")).toEqual([]);
  });

  test.each([
    ["a deadline", passed(), true],
    ["a stop", new InterruptedError(), false],
  ])("refreshes the summary tables, which a stop does not: %s", async (_what, reason, refreshed) => {
    const { world, path, sandbox } = await unsyncedWorld(12);
    const stop = new AbortController();
    const api = intercepted(askDirectly(sandbox, world, stop.signal), (asked) => {
      if (asked === "invoices") stop.abort(reason);
    });
    const { sync } = await import("../../src/sync/sync.ts");
    const { resources } = await import("../../src/resources/index.ts");
    let refreshes = 0;
    await sync({
      path,
      accounts: [{ name: "default", api }],
      resources,
      trigger: "test",
      signal: stop.signal,
      refresh: () => {
        refreshes += 1;
      },
    });
    expect(refreshes).toBe(refreshed ? 1 : 0);
  });
});

describe("a walk that a deadline cut off", () => {
  /** Syncs that each read two pages of two customers' invoices and are cut off. */
  async function cutOff(deadline: boolean, hoursApart: number, syncs: number) {
    const { world, path, sandbox } = await unsyncedWorld(6);
    const only = ["invoices"];
    const counts: number[] = [];
    const reason = deadline ? passed() : new InterruptedError();
    for (let number = 0; number < syncs; number += 1) {
      const stop = new AbortController();
      let pages = 0;
      const api = wrapped(askDirectly(sandbox, world, stop.signal), (get) => (asked, query) => {
        if (asked !== "invoices") return get(asked, query);
        if (++pages === 3) stop.abort(reason);
        return get(asked, { ...query, per_page: 2 });
      });
      const now = new Date(later(0).getTime() + number * hoursApart * 3_600_000);
      const options = { only, signal: stop.signal, now };
      const [report] = await syncInto(path, { default: api }, options);
      counts.push(Number(report?.inserted));
      if (report?.status === "complete") break;
    }
    return { world, path, counts };
  }

  test("is resumed by every daily sync until it reaches its end", async () => {
    const { world, path, counts } = await cutOff(true, 24, 40);
    expect(counts.length).toBeGreaterThan(3);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(world.invoices.length);
    expect(rows(path, "sync_checkpoints")).toEqual([]);
  });

  test("begins again where it was last saved too long ago", async () => {
    const { counts } = await cutOff(true, 27, 3);
    expect(counts).toEqual([4, 0, 0]);
  });

  test("differs from one that a signal stopped, which is not resumed a day later", async () => {
    const { counts } = await cutOff(false, 24, 3);
    expect(counts).toEqual([4, 0, 0]);
  });
});
