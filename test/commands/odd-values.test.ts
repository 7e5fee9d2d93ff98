import { readFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { openWarehouse } from "../../src/database/open.ts";
import { customers } from "../../src/resources/customers.ts";
import { readStoredRecords } from "../../src/store/raw-records.ts";
import { hashRecord, openRecordWriter } from "../../src/store/record-writer.ts";
import { tiny } from "./scene.ts";
import { sceneHere, syncedScene } from "./scene-here.ts";

test("status and check show odd fields, and their exit codes do not change", async () => {
  const world = tiny();
  for (const [index, plan] of world.plans.entries())
    if (index < 2) Object.assign(plan, { custom_attributes: { a: 1 } });
  const [invoice] = world.invoices.filter(({ line_items }) => line_items.length > 0);
  Object.assign(invoice?.line_items[0] ?? {}, { quantity: "a few" });
  const { runHere, value } = await sceneHere(world);
  expect(await runHere(["sync"])).toMatchObject({ code: 0 });
  expect(value("SELECT count(*) FROM invoices")).toBe(world.invoices.length);
  const said = "default invoices: line_items.quantity, in 1 record, was not a number; `raw` shows it";
  const [status, check, json] = await Promise.all([
    runHere(["status"]),
    runHere(["check"]),
    runHere(["status", "--json"]),
  ]);
  expect(status).toMatchObject({ code: 0 });
  expect(status.stdout.split("\n")).toContain(said);
  const unknown = "default plans: custom_attributes, in 2 records, has no column; `raw` shows it";
  expect(status.stdout.split("\n").filter((line) => line === unknown)).toHaveLength(1);
  expect(check.stdout.split("\n").filter((line) => line === `note  ${unknown}`)).toHaveLength(1);
  expect(check).toMatchObject({ code: 0 });
  expect(check.stdout.split("\n")).toContain(`note  ${said}`);
  expect(JSON.parse(json.stdout).odd_fields).toEqual(
    expect.arrayContaining([
      {
        account: "default",
        resource: "plans",
        field: "custom_attributes",
        problem: "has no column",
        records: 2,
      },
      {
        account: "default",
        resource: "invoices",
        field: "line_items.quantity",
        problem: "was not a number",
        records: 1,
      },
    ]),
  );
});

test("a resource with many odd fields has ten lines and one for the rest, and of more than a hundred none is kept", async () => {
  const world = tiny();
  for (const [index, customer] of world.customers.entries()) {
    const attributes = Object.fromEntries(
      Array.from({ length: 2 }, (_, place) => [`a${index}-${place}`, {}]),
    );
    Object.assign(customer, {
      name: {},
      email: {},
      company: {},
      country: {},
      state: {},
      city: {},
      zip: {},
      owner: {},
    });
    Object.assign(
      customer,
      { external_id: {}, website_url: {}, "billing-system-url": {}, "currency-sign": {} },
      attributes,
    );
  }
  const { runHere } = await sceneHere(world);
  await runHere(["sync", "--only", "customers"]);
  const { stdout } = await runHere(["status"]);
  expect(stdout.match(/^default customers: .* was not text; `raw` shows it$/gm)).toHaveLength(10);
  expect(stdout).toMatch(/^default customers: \d+ more fields; see sync_odd_fields$/m);
});

/** A warehouse as an older version has left it: with a number that no column holds, and with an instant outside the calendar. */
async function oldWarehouse() {
  const own = await syncedScene();
  const warehouse = openWarehouse(own.warehouse);
  const now = () => new Date("2025-06-30T15:00:00Z");
  const writer = openRecordWriter(warehouse, "default", customers, now);
  const [first] = [...readStoredRecords(warehouse, "default", customers)];
  const { record, json: right } = first?.read() ?? { record: {}, json: "" };
  const json = right.replace(/"mrr":\d+/, '"mrr":10000000000000000000');
  const { row, children } = customers.map(record, undefined);
  writer.write(writer.pack({ key: first?.key ?? "", json, hash: hashRecord(json, 1) }), { row, children }, 0);
  warehouse.close();
  const sqlite = new Database(own.warehouse);
  sqlite.pragma("foreign_keys = OFF");
  sqlite.prepare("UPDATE customers SET mrr_in_cents = 1e19 WHERE uuid = ?").run(first?.key);
  sqlite.exec(
    "UPDATE customers SET lead_created_at = '+010000-01-01 04:59' WHERE rowid = (SELECT max(rowid) FROM customers)",
  );
  sqlite.close();
  return { ...own, key: first?.key ?? "" };
}

test("what older versions stored as it is not is found by verify, mended by rebuild, and then exported", async () => {
  const { runHere, folder, key, value } = await oldWarehouse();
  const exporting = () => runHere(["export", "--to", join(folder, "exports"), "--format", "csv"]);
  const refused = await exporting();
  expect(refused.code).not.toBe(0);
  expect(refused.stderr).toMatch(/customers\.\w+ of default holds .*, which is not a (BIGINT|TIMESTAMP)/);
  expect(refused.stderr).toContain("An older version or another program stored it. `verify` finds such rows");
  const found = await runHere(["verify"]);
  expect(found.code).toBe(1);
  expect(found.stdout).toContain(
    "FAULT default customers: 1 row with a value in mrr_in_cents other than whole numbers of 64 bits",
  );
  expect(found.stdout).toContain(
    "FAULT default customers: 1 row with a value in lead_created_at other than instants of the calendar",
  );
  expect(found.stdout).toMatch(/^ +Run `rebuild`/m);

  const rebuilt = await runHere(["rebuild"]);
  expect(rebuilt.code).toBe(1);
  expect(rebuilt.stderr).toContain("1 record did not validate");
  expect(value(`SELECT reason FROM rejected_records WHERE key = '${key}'`)).toBe(
    "mrr: 10000000000000000000 is not a whole number of 64 bits",
  );
  expect(value(`SELECT typeof(mrr_in_cents) FROM customers WHERE uuid = '${key}'`)).toBe("null");
  expect((await runHere(["verify"])).stdout).not.toContain("holds no");
  expect(await exporting()).toMatchObject({ code: 0 });
  expect(readFileSync(join(folder, "exports/customers/account=default/customers.csv"), "utf8")).toContain(
    key,
  );

  // What ChartMogul sends now is stored as ever.
  expect(await runHere(["sync", "--full"])).toMatchObject({ code: 0 });
  expect(value("SELECT count(*) FROM customers WHERE typeof(mrr_in_cents) <> 'integer'")).toBe(0);
  expect(value("SELECT count(*) FROM rejected_records WHERE resolved_at IS NULL")).toBe(0);
});
