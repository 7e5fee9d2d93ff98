import { writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { openWarehouse } from "../../src/database/open.ts";
import { customers } from "../../src/resources/customers.ts";
import { hashRecord, openRecordWriter } from "../../src/store/record-writer.ts";
import { contents, deadUrl } from "./scene.ts";
import { sceneHere, syncedScene } from "./scene-here.ts";

/** Every row of every table, in an order that does not depend on when it was written. */
function rowsIn(warehouse: string): Record<string, string[]> {
  const tables = Object.entries(contents(warehouse));
  return Object.fromEntries(
    tables.map(([table, rows]) => [table, rows.map((row) => JSON.stringify(row)).sort()]),
  );
}

test("rebuild fills damaged tables again without network and says how many rows", async () => {
  const { run, runHere, warehouse, worlds } = await syncedScene({ accounts: ["default", "harbor"] });
  const before = rowsIn(warehouse);
  const sqlite = new Database(warehouse);
  sqlite.pragma("foreign_keys = OFF");
  sqlite.exec("UPDATE customers SET name = NULL; DELETE FROM plans; DELETE FROM customer_tags");
  sqlite.close();
  const offline = { CHARTMOGUL_API_URL: await deadUrl() };
  const one = await run(["rebuild", "--resource", "plans"], offline);
  expect(one.code).toBe(0);
  expect(one.stdout).toMatch(/^account +resource +rebuilt +removed +rejected +unreadable$/m);
  expect(one.stdout).toMatch(new RegExp(`^default +plans +${worlds[0]?.plans.length} +0 +0 +0$`, "m"));
  expect(one.stderr).toBe("");
  expect(rowsIn(warehouse)["plans"]).toEqual(before["plans"]);
  expect(rowsIn(warehouse)["customers"]).not.toEqual(before["customers"]);
  expect((await runHere(["rebuild"], offline)).code).toBe(0);
  expect(rowsIn(warehouse)).toEqual(before);
});

test("rebuild removes what was never received, and continues after a record that it cannot read or map", async () => {
  const { run, runHere, warehouse, value } = await syncedScene();
  const named = value("SELECT count(*) FROM customers WHERE name IS NOT NULL");
  const sqlite = new Database(warehouse);
  sqlite.pragma("foreign_keys = OFF");
  sqlite.exec(
    `INSERT INTO plans (account, uuid) VALUES ('default', 'pl_stray'), ('gone', 'pl_stray');
     INSERT INTO invoice_transactions (account, invoice_uuid, position) VALUES ('default', 'inv_nowhere', 0);
     UPDATE raw_records SET record = x'ffff' WHERE resource = 'invoices' AND key = (SELECT min(uuid) FROM invoices);
     DELETE FROM sync_compression_dictionaries WHERE resource = 'customers'; UPDATE customers SET name = NULL`,
  );
  sqlite.close();
  const before = value("SELECT count(*) FROM invoices");
  const { code, stdout, stderr } = await run(["rebuild"]);
  expect(stdout).toMatch(/^default +plans +\d+ +1 +0 +0$/m);
  expect(stdout).toMatch(/^gone +plans +0 +1 +0 +0$/m);
  expect(stdout).toMatch(new RegExp(`^default +invoices +${Number(before) - 1} +1 +0 +1$`, "m"));
  expect(stderr).toMatch(/^the record invoices inv_\S+ of account default cannot be read: /m);
  expect(stderr).toMatch(/^1 record cannot be read; its row is unchanged\. Restore a copy of the warehouse/m);
  expect(code).toBe(1);
  expect(value("SELECT count(*) FROM invoices")).toBe(before);
  // What the program itself knows of a lost dictionary is enough, as long as it is the same program.
  expect(value("SELECT count(*) FROM customers WHERE name IS NOT NULL")).toBe(named);
  const json = await runHere(["rebuild", "--resource", "invoices", "--json"]);
  expect(JSON.parse(json.stdout)).toEqual([
    expect.objectContaining({ account: "default", resource: "invoices", removed: 0, unreadable: 1 }),
  ]);
  expect(json.code).toBe(1);
});

test("rebuild says how many records no longer validate", async () => {
  const { runHere, warehouse } = await syncedScene({ only: ["customers"] });
  const open = openWarehouse(warehouse);
  const key = String(open.sqlite.prepare("SELECT min(uuid) FROM customers").pluck().get());
  const json = JSON.stringify({ uuid: key });
  const writer = openRecordWriter(open, "default", customers, () => new Date());
  const { hash, bytes } = writer.pack({ key, json, hash: hashRecord(json, customers.version) });
  open.sqlite.prepare("UPDATE raw_records SET hash = ?, record = ? WHERE key = ?").run(hash, bytes, key);
  open.close();
  const { code, stdout, stderr } = await runHere(["rebuild"]);
  expect(stdout).toMatch(/^default +customers +\d+ +0 +1 +0$/m);
  expect(stderr).toMatch(/^1 record did not validate; its row is unchanged\. See rejected_records/);
  expect(code).toBe(1);
});

test("rebuild refuses a missing warehouse, an unknown resource, and to run beside a sync", async () => {
  const { run, runHere, folder, warehouse } = await sceneHere();
  const missing = await runHere(["rebuild"]);
  expect(missing.code).toBe(2);
  expect(missing.stderr).toContain("there is no warehouse at");
  expect((await runHere(["sync", "--only", "plans"])).code).toBe(0);
  const unknown = await runHere(["rebuild", "--resource", "plants"]);
  expect(unknown.code).toBe(2);
  expect(unknown.stderr).toContain('there is no resource "plants"');
  const lock = new Database(`${warehouse}.lock`);
  lock.exec("BEGIN EXCLUSIVE");
  const busy = await run(["rebuild"]);
  lock.close();
  expect(busy.code).toBe(3);
  writeFileSync(join(folder, "other.txt"), "not a database at all, but long enough to look like one");
  const foreign = await run(["rebuild"], { WAREHOUSE_PATH: "other.txt" });
  expect(foreign.code).toBe(2);
  expect(foreign.stderr).toContain("not an SQLite database");
});
