import { describe, expect, test } from "vitest";
import type { ApiClient } from "../../src/api/api-client.ts";
import { ApiError } from "../../src/errors.ts";
import { bent, intercepted, serve, smallWorld } from "../support/accounts.ts";
import { askDirectly } from "../support/direct.ts";
import { contents, looking, newWarehouse, statuses, syncInto } from "../support/syncing.ts";
import { rowsOf } from "../support/warehouse.ts";
import { later } from "../support/worlds.ts";

const only = ["data_sources", "plans", "customers"];

/** The same account, but `/account` says something else. */
function saying(api: ApiClient, said: object): ApiClient {
  const own = bent(api, (body, path) => (path === "account" ? said : body));
  return { ...own, profile: () => profileSaid(said) };
}

const profileSaid = async (said: object) => ({
  ...{ id: null, name: null, currency: "USD", timeZone: "UTC", weekStartOn: null },
  ...said,
});

async function account() {
  const world = smallWorld("default", 20);
  const sandbox = await serve(world);
  const path = newWarehouse();
  const syncOn = async (day: number, api: ApiClient = askDirectly(sandbox, world)) => {
    const reports = await syncInto(path, { default: api }, { only, now: later(day) });
    return { ended: new Set(Object.values(statuses(reports))), error: reports[0]?.error };
  };
  const known = () => looking(path, (warehouse) => rowsOf(warehouse, "sync_accounts")[0]);
  return { world, sandbox, path, syncOn, known, createApi: () => askDirectly(sandbox, world) };
}

describe("a wrong first reply of /account does the account no harm:", () => {
  test.each<[string, object]>([
    ["another id", { id: "acc_of-a-proxy", name: "Proxy" }],
    ["another id and the same name", { id: "acc_of-a-proxy", name: "Rootwise Gardens (default)" }],
    ["another name and no id", { id: null, name: "Sign in" }],
    ["nothing", { id: null, name: null }],
  ])("%s", async (_what, said) => {
    const { world, syncOn, known, createApi } = await account();
    expect((await syncOn(0, saying(createApi(), said))).ended).toEqual(new Set(["complete"]));
    expect(await syncOn(1)).toEqual({ ended: new Set(["complete"]), error: undefined });
    expect(known()).toMatchObject({ chartmogul_id: world.account.id, name: world.account.name });
  });

  test("nor does a wrong later reply, and fields that it lacks stay known", async () => {
    const { world, syncOn, known, createApi } = await account();
    await syncOn(0);
    expect((await syncOn(1, saying(createApi(), { id: null, name: "Sign in" }))).ended).toEqual(
      new Set(["complete"]),
    );
    expect(known()).toMatchObject({ chartmogul_id: world.account.id });
    expect((await syncOn(2)).ended).toEqual(new Set(["complete"]));
  });

  test("where nothing was stored yet", async () => {
    const { world, syncOn, known, createApi } = await account();
    const nothing = intercepted(saying(createApi(), { id: "acc_of-a-proxy", name: "Proxy" }), () => {
      throw new ApiError("down", { status: 502 });
    });
    expect((await syncOn(0, nothing)).ended).toEqual(new Set(["failed"]));
    expect((await syncOn(1)).ended).toEqual(new Set(["complete"]));
    expect(known()).toMatchObject({ chartmogul_id: world.account.id });
  });
});

describe("two keys that were interchanged are refused", () => {
  test("however often they are used, and the right ones are taken again", async () => {
    const [north, south] = [smallWorld("north", 20), smallWorld("southern", 20)];
    const sandbox = await serve(north, south);
    const path = newWarehouse();
    const sync = (day: number, first = north, second = south) =>
      syncInto(
        path,
        { north: askDirectly(sandbox, first), south: askDirectly(sandbox, second) },
        { only, now: later(day) },
      );
    await sync(0);
    const before = contents(path);
    for (const day of [1, 2, 3]) {
      const reports = await sync(day, south, north);
      expect(new Set(reports.map(({ status }) => status))).toEqual(new Set(["failed"]));
      expect(reports[0]?.error).toContain("belongs to ChartMogul account");
      expect(reports[0]?.error).toContain("has none of its records");
      expect(contents(path)).toEqual(before);
    }
    expect(new Set((await sync(4)).map(({ status }) => status))).toEqual(new Set(["complete"]));
  });

  test("also while it is unknown: the sync fails and writes nothing", async () => {
    const { path, syncOn, known, createApi } = await account();
    await syncOn(0);
    const before = [contents(path), known()];
    const asked: string[] = [];
    const unclear = intercepted(saying(createApi(), { id: "acc_other", name: "Other" }), (path) => {
      asked.push(path);
      throw new ApiError("down", { status: 502 });
    });
    expect((await syncOn(1, unclear)).ended).toEqual(new Set(["failed"]));
    expect([contents(path), known()]).toEqual(before);
    expect(asked).toHaveLength(1);
  });
});
