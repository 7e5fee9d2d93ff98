import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { resources } from "../../src/resources/index.ts";
import { deleteCustomer, mergeCustomers } from "../../src/sandbox/edits.ts";
import type { World } from "../../src/sandbox/world.ts";
import { rebuild } from "../../src/sync/rebuild.ts";
import { serve, smallWorld, today } from "../support/accounts.ts";
import { askDirectly } from "../support/direct.ts";
import { contents, looking, newWarehouse, syncInto } from "../support/syncing.ts";
import { rowsOf } from "../support/warehouse.ts";

// Two syncs serve all tests: none of these changes the accounts afterwards.
let lived: { readonly worlds: readonly [World, World]; readonly file: Buffer } | undefined;

/** A warehouse with everything in it that a rebuild must get right: deleted, merged and restored records. */
async function livedIn() {
  const worlds = lived?.worlds ?? ([smallWorld(), smallWorld("harbor", 12)] as const);
  const sandbox = await serve(...worlds);
  const path = newWarehouse();
  const again = (days: number) =>
    syncInto(path, Object.fromEntries(worlds.map((world) => [world.name, askDirectly(sandbox, world)])), {
      now: new Date(today.getTime() + days * 86_400_000),
    });
  if (lived) {
    writeFileSync(path, lived.file);
    return { path, again };
  }
  await again(0);
  const [world] = worlds;
  const [gone, from, into] = world.customers.map(({ uuid }) => uuid);
  if (!gone || !from || !into) throw new Error("a world without customers");
  deleteCustomer(world, gone);
  mergeCustomers(world, from, into);
  world.plans.reverse();
  await again(1);
  lived = { worlds, file: readFileSync(path) };
  return { path, again };
}

describe("a rebuild", () => {
  test("gives the same rows as the syncs did, out of empty and out of altered tables", async () => {
    const { path } = await livedIn();
    const before = contents(path);
    expect(JSON.stringify(before)).toMatch(/"merged_into":"cus_/);
    looking(path, ({ sqlite }) => {
      for (const table of ["customers", "customer_tags", "subscriptions", "invoice_line_items", "accounts"])
        sqlite.exec(`DELETE FROM ${table}`);
      sqlite.exec("UPDATE invoices SET currency = 'XTS', synced_at = '2000-01-01 00:00:00'");
      sqlite.exec("UPDATE daily_metrics SET mrr_in_cents = 1, deleted_at = '2000-01-01 00:00:00'");
      sqlite.exec("UPDATE invoice_transactions SET deleted_at = '2000-01-01 00:00:00'");
      sqlite.exec(
        "INSERT INTO plans (account, uuid, name) VALUES ('default', 'pl_orphan', 'never received')",
      );
      sqlite.exec(
        "INSERT INTO invoice_transactions (account, invoice_uuid, position) VALUES ('x', 'inv_orphan', 0)",
      );
      sqlite.exec("DELETE FROM invoice_transactions WHERE account = 'x'");
    });
    expect(contents(path)).not.toEqual(before);
    const reports = looking(path, (warehouse) => rebuild(warehouse, resources));
    expect(contents(path)).toEqual(before);
    expect(reports.every(({ rejected, unreadable }) => rejected + unreadable === 0)).toBe(true);
    expect(reports.map(({ removed }) => removed).filter(Boolean)).toEqual([1]);
  });

  test("maps the records as this version does: the next sync finds nothing to write", async () => {
    const { path, again } = await livedIn();
    // In the sync after a customer was deleted, metrics begin on another day and are asked for in other stretches.
    await again(1);
    const newer = resources.map((resource) => ({ ...resource, version: resource.version + 1 }));
    looking(path, (warehouse) => rebuild(warehouse, newer));
    const hashes = () =>
      looking(path, (warehouse) => rowsOf(warehouse, "raw_records").map(({ hash }) => hash));
    const rebuilt = hashes();
    looking(path, (warehouse) => rebuild(warehouse, resources));
    expect(hashes()).not.toEqual(rebuilt);
    const reports = await again(1);
    expect(reports.filter(({ inserted, updated }) => inserted + updated > 0)).toEqual([]);
  });

  test("keeps the row of a record that no longer validates, and says so", async () => {
    const { path } = await livedIn();
    const before = contents(path);
    const strict = resources.map((resource) =>
      resource.name === "invoices"
        ? { ...resource, map: () => resource.map({ uuid: "inv_without_anything" }, undefined) }
        : resource,
    );
    const reports = looking(path, (warehouse) => rebuild(warehouse, strict));
    const invoices = reports.filter(({ resource }) => resource === "invoices");
    expect(invoices.every(({ records, rejected }) => records === 0 && rejected > 0)).toBe(true);
    expect(contents(path)).toEqual(before);
    looking(path, (warehouse) => {
      const rejects = rowsOf(warehouse, "rejected_records");
      expect(rejects).toHaveLength(invoices.reduce((sum, { rejected }) => sum + rejected, 0));
      expect(rejects[0]).toMatchObject({ resource: "invoices", resolved_at: null });
    });
  });

  test("removes marks that no walk has made, and keeps which customer a deleted one was merged into", async () => {
    const { path } = await livedIn();
    const before = contents(path);
    looking(path, ({ sqlite }) => {
      sqlite.exec("UPDATE customers SET merged_into = 'cus_x' WHERE deleted_at IS NULL");
      sqlite.exec("UPDATE plans SET deleted_at = '2000-01-01 00:00:00'");
      // Nothing else says so any more.
      sqlite.exec("UPDATE customers SET external_ids = '[]' WHERE merged_into IS NULL");
    });
    looking(path, (warehouse) => rebuild(warehouse, resources));
    expect(contents(path)).toEqual(before);
  });

  test("removes the rows of an account without any record", async () => {
    const { path } = await livedIn();
    looking(path, ({ sqlite }) => sqlite.exec("DELETE FROM raw_records WHERE account = 'harbor'"));
    const reports = looking(path, (warehouse) => rebuild(warehouse, resources));
    const harbor = reports.filter(({ account }) => account === "harbor");
    expect(harbor.every(({ records, removed }) => records === 0 && removed > 0)).toBe(true);
    expect(JSON.stringify(contents(path))).not.toContain('"account":"harbor"');
    expect(JSON.stringify(contents(path))).toContain('"account":"default"');
  });

  test("changes nothing in a resource where it fails", async () => {
    const { path } = await livedIn();
    looking(path, ({ sqlite }) => sqlite.exec("UPDATE plans SET name = 'altered'"));
    const altered = contents(path);
    let mapped = 0;
    const breaking = resources.map((resource) => ({
      ...resource,
      map(record: unknown, parent: string | undefined) {
        if (resource.name === "plans") mapped += 1;
        if (mapped === 3) throw new Error("a fault of the program");
        return resource.map(record, parent);
      },
    }));
    expect(() => looking(path, (warehouse) => rebuild(warehouse, breaking))).toThrow(
      "a fault of the program",
    );
    expect(contents(path)).toEqual(altered);
  });
});
