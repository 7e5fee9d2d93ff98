import { describe, expect, test } from "vitest";
import { openRefreshQueues } from "../../src/state/refresh-queue.ts";
import { openRetries } from "../../src/state/retries.ts";
import { openSeenKeys } from "../../src/state/seen-keys.ts";
import { rowsOf, temporaryWarehouse } from "../support/warehouse.ts";

const now = () => new Date("2026-05-01T03:00:00Z");

describe("the refresh queue", () => {
  test("keeps parents until they are removed, each once, by resource", () => {
    const warehouse = temporaryWarehouse();
    const queues = openRefreshQueues(warehouse, "default", now);
    queues("subscriptions").add(["cus_1", "cus_2"]);
    queues("subscriptions").add(["cus_1"]);
    queues("activities").add(["cus_9"]);
    queues("subscriptions").remove("cus_2");
    const later = openRefreshQueues(warehouse, "default", now)("subscriptions");
    expect(later.parents()).toEqual(["cus_1"]);
    expect([later.has("cus_1"), later.has("cus_2")]).toEqual([true, false]);
    expect(openRefreshQueues(warehouse, "other", now)("subscriptions").parents()).toEqual([]);
  });

  test("knows what was added after a listing began to be read", () => {
    const queue = openRefreshQueues(temporaryWarehouse(), "default", now)("subscriptions");
    queue.add(["cus_1"]);
    const began = performance.now();
    expect(queue.isNewer("cus_1", began)).toBe(false);
    queue.keep("cus_1");
    expect(queue.isNewer("cus_1", began)).toBe(false);
    queue.add(["cus_1"]);
    expect(queue.isNewer("cus_1", began)).toBe(true);
  });

  test("is one for all walks of a run", () => {
    const queues = openRefreshQueues(temporaryWarehouse(), "default", now);
    expect(queues("subscriptions")).toBe(queues("subscriptions"));
  });
});

test("retries keep the last reason of each parent until its listing is read", () => {
  const warehouse = temporaryWarehouse();
  const retries = openRetries(warehouse, "default", "subscriptions", now);
  retries.add("cus_1", "out of order");
  retries.add("cus_1", "not answered");
  retries.add("cus_2", "out of order");
  retries.remove("cus_2");
  retries.remove("cus_3");
  expect(openRetries(warehouse, "default", "subscriptions", now).parents()).toEqual(["cus_1"]);
  expect(rowsOf(warehouse, "sync_retries")).toMatchObject([{ parent: "cus_1", reason: "not answered" }]);
});

describe("seen keys", () => {
  const keys = Array.from({ length: 500 }, (_, number) => `inv_${number}`);

  test("are counted once and found, saved and unsaved ones", () => {
    const seen = openSeenKeys(temporaryWarehouse(), "default", "invoices");
    seen.add(keys.slice(0, 300));
    seen.save();
    seen.add(keys.slice(200));
    expect(seen.count()).toBe(500);
    const wasSeen = seen.lookup();
    expect(keys.every(wasSeen)).toBe(true);
    expect(wasSeen("inv_500")).toBe(false);
  });

  test("that were not saved are unknown to the next run; saved ones are known", () => {
    const warehouse = temporaryWarehouse();
    const seen = openSeenKeys(warehouse, "default", "invoices");
    seen.add(["inv_1"]);
    seen.save();
    seen.add(["inv_2"]);
    expect(["inv_1", "inv_2"].map(openSeenKeys(warehouse, "default", "invoices").lookup())).toEqual([
      true,
      false,
    ]);
    seen.clear();
    expect(openSeenKeys(warehouse, "default", "invoices").count()).toBe(0);
  });
});
