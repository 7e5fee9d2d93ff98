import { describe, expect, test } from "vitest";
import type { Warehouse } from "../../src/database/open.ts";
import { isWalkUnfinished, openCheckpoint } from "../../src/state/checkpoints.ts";
import { openSeenKeys } from "../../src/state/seen-keys.ts";
import { rowsOf, temporaryWarehouse } from "../support/warehouse.ts";

const position = { cursor: "c3", pages: 2, announced: 9, recordsWithoutKey: 1 };

/** A checkpoint of the walk of the invoices, opened by a run. */
function open(warehouse: Warehouse, { run = 1, fingerprint = "invoices@2", resumes = true } = {}) {
  const seen = openSeenKeys(warehouse, "default", "invoices");
  const now = () => new Date(`2026-05-0${run}T03:00:00Z`);
  const walk = { resource: "invoices", fingerprint, run, isResumable: () => resumes, seen: [seen] };
  return { seen, checkpoint: openCheckpoint(warehouse, "default", walk, now) };
}

/** A warehouse in which run 1 has saved a position behind two keys. */
function saved(): Warehouse {
  const warehouse = temporaryWarehouse();
  const { seen, checkpoint } = open(warehouse);
  seen.add(["inv_1", "inv_2"]);
  checkpoint.save(position);
  return warehouse;
}

const isUnfinished = (warehouse: Warehouse) => isWalkUnfinished(warehouse, "default", "invoices");

describe("a checkpoint", () => {
  test("is resumed by a later run, which knows when the walk began and what it has seen", () => {
    const { seen, checkpoint } = open(saved(), { run: 2 });
    expect(checkpoint.load()).toEqual(position);
    expect(checkpoint).toMatchObject({ run: 1, startedAt: "2026-05-01 03:00:00" });
    expect(seen.count()).toBe(2);
    expect(["inv_1", "inv_3"].map(seen.lookup())).toEqual([true, false]);
  });

  test.each([
    ["another fingerprint", { fingerprint: "invoices@3" }],
    ["an age that is not resumed", { resumes: false }],
  ])("is not resumed by a walk with %s", (_what, walk) => {
    const { checkpoint } = open(saved(), { run: 2, ...walk });
    expect(checkpoint.load()).toBeUndefined();
    expect(checkpoint.run).toBe(2);
  });

  test("that is finished leaves nothing", () => {
    const warehouse = saved();
    open(warehouse, { run: 2 }).checkpoint.finish();
    expect(isUnfinished(warehouse)).toBe(false);
    expect(rowsOf(warehouse, "sync_seen_keys")).toEqual([]);
  });

  test.each([
    ["after it was saved", saved],
    ["before it was ever saved", temporaryWarehouse],
  ])("that is abandoned %s leaves only that the walk did not come to its end", (_when, make) => {
    const warehouse = make();
    open(warehouse, { run: 2 }).checkpoint.abandon();
    expect(isUnfinished(warehouse)).toBe(true);
    expect(rowsOf(warehouse, "sync_seen_keys")).toEqual([]);
    expect(open(warehouse, { run: 3 }).checkpoint.load()).toBeUndefined();
  });

  test("of a walk that restarts keeps that the earlier one did not come to its end", () => {
    const warehouse = saved();
    const { seen, checkpoint } = open(warehouse, { run: 2 });
    checkpoint.load();
    checkpoint.restart();
    expect(checkpoint).toMatchObject({ run: 2, startedAt: "2026-05-02 03:00:00" });
    expect(seen.count()).toBe(0);
    expect(isUnfinished(warehouse)).toBe(true);
    expect(open(warehouse, { run: 3 }).checkpoint.load()).toBeUndefined();
  });

  test("of a first walk that restarts leaves nothing: there was no earlier one", () => {
    const warehouse = temporaryWarehouse();
    open(warehouse).checkpoint.restart();
    expect(isUnfinished(warehouse)).toBe(false);
  });

  test("and what was seen are rolled back with the page of their transaction", () => {
    const warehouse = saved();
    const { seen, checkpoint } = open(warehouse, { run: 2 });
    checkpoint.load();
    const page = warehouse.sqlite.transaction(() => {
      seen.add(["inv_3"]);
      checkpoint.save({ ...position, cursor: "c4", pages: 3 });
      throw new Error("the disk is full");
    });
    expect(page).toThrow("the disk is full");
    const later = open(warehouse, { run: 3 });
    expect(later.checkpoint.load()).toEqual(position);
    expect(later.seen.count()).toBe(2);
  });
});
