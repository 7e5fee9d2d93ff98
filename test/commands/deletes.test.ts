import { expect, test } from "vitest";
import { deleteCustomer } from "../../src/sandbox/edits.ts";
import { smallWorld } from "../support/accounts.ts";
import { contents } from "../support/syncing.ts";
import { sceneHere } from "./scene-here.ts";

test("a sync that misses too much marks nothing, exits with 1 and says what to run; --accept-deletes then marks it", async () => {
  const world = smallWorld("default", 60);
  const { run, runHere, value, rows, warehouse } = await sceneHere(world);
  expect((await runHere(["sync", "--only", "subscriptions"])).code).toBe(0);
  const before = contents(warehouse);
  for (const { uuid } of world.customers.slice(0, 30)) deleteCustomer(world, uuid);

  const limited = await run(["sync", "--only", "subscriptions"]);
  expect(limited.code).toBe(1);
  expect(limited.stdout).toMatch(/^default +customers +delete_limit /m);
  expect(limited.stderr).toMatch(
    /error 30 of 60 live records of customers were not found, more than 10 %; none was marked as deleted\. Check whether they are still in ChartMogul\. If they are really gone, run `sync --accept-deletes --account default --only customers`/,
  );
  expect(limited.stderr).toContain("Until then the summary tables leave them out.");
  expect(contents(warehouse)).toEqual(before);
  expect(value("SELECT suspected_deletes FROM freshness WHERE table_name = 'customers'")).toBe(30);
  const status = await runHere(["status"]);
  expect(status.code).toBe(1);
  expect(status.stdout).toMatch(/^default +customers .* delete_limit +60 /m);
  expect(status.stdout).toContain("default customers: 30 of 60 live records");

  const accepted = await runHere(["sync", "--accept-deletes", "--only", "subscriptions"]);
  expect(accepted.code).toBe(0);
  expect(value("SELECT count(*) FROM customers WHERE deleted_at IS NOT NULL")).toBe(30);
  expect(value("SELECT count(*) FROM subscriptions WHERE deleted_at IS NULL")).toBe(
    [...world.subscriptions.values()].flat().length,
  );
  expect(rows("SELECT resource, status, deleted FROM sync_run_resources WHERE run_id = 3")).toContainEqual({
    resource: "customers",
    status: "complete",
    deleted: 30,
  });
  expect((await runHere(["status"])).code).toBe(0);
});

test.each([
  [{ SYNC_DELETE_LIMIT_PERCENT: "lots" }, "SYNC_DELETE_LIMIT_PERCENT is not a number"],
  [{ SYNC_DELETE_LIMIT_ROWS: "-1" }, "SYNC_DELETE_LIMIT_ROWS is not between 0 and"],
  [{ SYNC_RESUME_HOURS: "-1" }, "SYNC_RESUME_HOURS is not between 0 and 8760"],
  [{ SYNC_CHANGES_DAYS: "0" }, "SYNC_CHANGES_DAYS is not between 1 and 36500"],
  [{ SYNC_CHANGES_ALL: "perhaps" }, "SYNC_CHANGES_ALL is not true or false"],
])("a setting that makes no sense is refused: %o", async (setting, expected) => {
  const { runHere } = await sceneHere();
  const { code, stderr } = await runHere(["sync"], setting);
  expect(code).toBe(2);
  expect(stderr).toContain(expected);
});

test("SYNC_DELETE_LIMIT_ROWS and SYNC_DELETE_LIMIT_PERCENT each lift the delete limit", async () => {
  for (const setting of [{ SYNC_DELETE_LIMIT_ROWS: "30" }, { SYNC_DELETE_LIMIT_PERCENT: "50" }]) {
    const world = smallWorld("default", 60);
    const { runHere, value } = await sceneHere(world);
    expect((await runHere(["sync", "--only", "customers"])).code).toBe(0);
    for (const { uuid } of world.customers.slice(0, 30)) deleteCustomer(world, uuid);
    expect((await runHere(["sync", "--only", "customers"], setting)).code).toBe(0);
    expect(value("SELECT count(*) FROM customers WHERE deleted_at IS NOT NULL")).toBe(30);
  }
});
