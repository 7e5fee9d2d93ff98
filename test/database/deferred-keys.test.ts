import { expect, test } from "vitest";
import { buildDeferredKeys, deferKeys } from "../../src/database/deferred-keys.ts";
import { openWarehouse } from "../../src/database/open.ts";
import { temporaryWarehouse } from "../support/warehouse.ts";

const tables = ["raw_records", "invoices", "invoice_line_items", "customer_tags"];

function openEmpty() {
  const warehouse = temporaryWarehouse();
  const { sqlite } = warehouse;
  const schema = () =>
    sqlite
      .prepare(
        "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%' ORDER BY type, name",
      )
      .all();
  const keyOf = (table: string) =>
    sqlite.prepare(`SELECT name FROM pragma_table_info('${table}') WHERE pk > 0 ORDER BY pk`).pluck().all();
  const addInvoice = sqlite.prepare("INSERT INTO invoices (account, uuid, status) VALUES ('a', ?, ?)");
  return { warehouse, sqlite, schema, keyOf, addInvoice };
}

test("a table without its key takes rows, and gets the key that its declaration has always had", () => {
  const { sqlite, schema, keyOf, addInvoice } = openEmpty();
  const before = schema();
  deferKeys(sqlite, tables);
  expect(tables.map(keyOf)).toEqual([[], [], [], []]);
  for (const uuid of ["inv_3", "inv_1", "inv_2"]) addInvoice.run(uuid, "paid");
  buildDeferredKeys(sqlite);
  expect(schema()).toEqual(before);
  expect(keyOf("invoices")).toEqual(["account", "uuid"]);
  expect(keyOf("invoice_line_items")).toEqual(["account", "invoice_uuid", "position"]);
  expect(sqlite.prepare("SELECT uuid FROM invoices ORDER BY rowid").pluck().all()).toEqual([
    "inv_3",
    "inv_1",
    "inv_2",
  ]);
  expect(sqlite.pragma("integrity_check", { simple: true })).toBe("ok");
  expect(sqlite.pragma("foreign_key_list(invoice_line_items)")).toMatchObject([
    { from: "account" },
    { from: "plan_uuid" },
    { from: "account" },
    { from: "invoice_uuid" },
  ]);
});

test("the key is one for SQLite: it refuses a second row, an upsert finds it, and a search uses it", () => {
  const { sqlite, addInvoice } = openEmpty();
  deferKeys(sqlite, tables);
  addInvoice.run("inv_1", "open");
  buildDeferredKeys(sqlite);
  expect(() => addInvoice.run("inv_1", "open")).toThrow(
    "UNIQUE constraint failed: invoices.account, invoices.uuid",
  );
  sqlite.exec(
    "INSERT INTO invoices (account, uuid, status) VALUES ('a', 'inv_1', 'paid') ON CONFLICT (account, uuid) DO UPDATE SET status = excluded.status",
  );
  expect(sqlite.prepare("SELECT uuid, status FROM invoices").all()).toEqual([
    { uuid: "inv_1", status: "paid" },
  ]);
  const [{ detail }] = sqlite
    .prepare("EXPLAIN QUERY PLAN SELECT * FROM invoices WHERE account = 'a' AND uuid = 'inv_1'")
    .all() as [{ detail: string }];
  expect(detail).toContain("USING INDEX sqlite_autoindex_invoices_1");
});

test("VACUUM, a copy and another connection know the key", () => {
  const { warehouse, sqlite, schema, addInvoice } = openEmpty();
  const before = schema();
  const reader = openWarehouse(warehouse.path);
  deferKeys(sqlite, tables);
  addInvoice.run("inv_1", "paid");
  expect(reader.sqlite.prepare("SELECT count(*) FROM invoices").pluck().get()).toBe(1);
  buildDeferredKeys(sqlite);
  expect(reader.sqlite.pragma("index_list(invoices)")).toMatchObject([
    { name: "sqlite_autoindex_invoices_1", unique: 1, origin: "pk" },
  ]);
  reader.close();
  sqlite.exec("VACUUM");
  expect(schema()).toEqual(before);
  expect(sqlite.pragma("integrity_check", { simple: true })).toBe("ok");
});

test("a killed load's keys are built when the warehouse is opened to be written", () => {
  const { warehouse, sqlite, keyOf, addInvoice } = openEmpty();
  deferKeys(sqlite, tables);
  addInvoice.run("inv_1", "paid");
  openWarehouse(warehouse.path).close();
  expect(keyOf("invoices")).toEqual(["account", "uuid"]);
  expect(sqlite.prepare("SELECT count(*) FROM invoices").pluck().get()).toBe(1);
});

test("of two rows with one key the later stays, since a key that cannot be built would end every sync", () => {
  const { sqlite, keyOf, addInvoice } = openEmpty();
  deferKeys(sqlite, tables);
  addInvoice.run("inv_1", "open");
  addInvoice.run("inv_2", "open");
  addInvoice.run("inv_1", "paid");
  buildDeferredKeys(sqlite);
  expect(keyOf("invoices")).toEqual(["account", "uuid"]);
  expect(sqlite.prepare("SELECT uuid, status FROM invoices ORDER BY uuid").all()).toEqual([
    { uuid: "inv_1", status: "paid" },
    { uuid: "inv_2", status: "open" },
  ]);
});

test("a table with rows keeps its key", () => {
  const { sqlite, schema, addInvoice } = openEmpty();
  addInvoice.run("inv_1", "paid");
  const before = schema();
  expect(() => deferKeys(sqlite, ["raw_records", "invoices"])).toThrow("invoices has rows");
  expect(schema()).toEqual(before);
});

test("nobody may write to SQLite's schema afterwards", () => {
  const { sqlite } = openEmpty();
  deferKeys(sqlite, tables);
  buildDeferredKeys(sqlite);
  sqlite.pragma("writable_schema = ON");
  expect(() => sqlite.exec("UPDATE sqlite_schema SET sql = sql")).toThrow("may not be modified");
});
