import { describe, expect, test } from "vitest";
import type { Warehouse } from "../../src/database/open.ts";
import { resources } from "../../src/resources/index.ts";
import { tablesOfResources } from "../../src/resources/names.ts";
import type { Resource } from "../../src/resources/resource.ts";
import { isField } from "../../src/schema/fields.ts";
import { getShape, type Table } from "../../src/schema/table.ts";
import { readRawRecords } from "../../src/store/raw-records.ts";
import { createCounts } from "../../src/sync/report.ts";
import { openPageStore } from "../../src/sync/write/store-page.ts";
import { type Fixture, fixtureOf } from "../support/fixtures.ts";
import { rowsOf, runOn, temporaryWarehouse } from "../support/warehouse.ts";

async function load(warehouse: Warehouse, resource: Resource, { records, parent }: Fixture) {
  const counts = createCounts();
  await openPageStore(runOn(warehouse), resource, counts)({ records, parent });
  return counts;
}

const tablesOf = ({ table, children }: Resource): Table[] => [table, ...children.map((child) => child.table)];

// What SQLite holds in a column of each declared type; anything else would break readers that trust the declaration.
const storedAs: Readonly<Record<string, RegExp>> = {
  TEXT: /^text /s,
  INTEGER: /^integer /,
  DOUBLE: /^(real|integer) /,
  BOOLEAN: /^integer [01]$/,
  DATE: /^text \d{4}-\d\d-\d\d$/,
  DATETIME: /^text \d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/,
};

describe.each(resources.map((resource) => [resource.name, resource] as const))("%s", (name, resource) => {
  const fixture = fixtureOf(name);

  test("loads every record of its fixture", async () => {
    const warehouse = temporaryWarehouse();
    expect(await load(warehouse, resource, fixture)).toMatchObject({
      fetched: fixture.records.length,
      inserted: fixture.records.length,
      rejected: 0,
    });
    expect(rowsOf(warehouse, getShape(resource.table).name)).toHaveLength(fixture.records.length);
  });

  test("changes nothing when the same records come again", async () => {
    const warehouse = temporaryWarehouse();
    await load(warehouse, resource, fixture);
    const before = tablesOf(resource).map((table) => rowsOf(warehouse, getShape(table).name));
    expect(await load(warehouse, resource, fixture)).toMatchObject({
      inserted: 0,
      updated: 0,
      unchanged: fixture.records.length,
    });
    expect(tablesOf(resource).map((table) => rowsOf(warehouse, getShape(table).name))).toEqual(before);
  });

  test("writes the same rows when a changed record changes back", async () => {
    const warehouse = temporaryWarehouse();
    await load(warehouse, resource, fixture);
    const before = tablesOf(resource).map((table) => rowsOf(warehouse, getShape(table).name));
    const changed = fixture.records.map((record) => ({ ...record, "a key of tomorrow": 1 }));
    expect(await load(warehouse, resource, { ...fixture, records: changed })).toMatchObject({
      updated: changed.length,
    });
    await load(warehouse, resource, fixture);
    expect(tablesOf(resource).map((table) => rowsOf(warehouse, getShape(table).name))).toEqual(before);
  });

  test("fills every column in at least one row, with values of the declared type", async () => {
    const warehouse = temporaryWarehouse();
    await load(warehouse, resource, fixture);
    for (const table of tablesOf(resource)) {
      const { name: tableName, columns } = getShape(table);
      for (const [column, { builder: _, ...field }] of Object.entries(columns)) {
        const declared = warehouse.sqlite
          .prepare("SELECT upper(type) FROM pragma_table_info(?) WHERE name = ?")
          .pluck()
          .get(tableName, column);
        const values = warehouse.sqlite
          .prepare(
            `SELECT typeof("${column}") || ' ' || "${column}" FROM "${tableName}" WHERE "${column}" IS NOT NULL`,
          )
          .pluck()
          .all();
        if ("store" in field) expect(values, `${tableName}.${column} is filled`).not.toHaveLength(0);
        const form = storedAs[String(declared)];
        expect(form, `${tableName}.${column} is declared ${declared}`).toBeDefined();
        for (const value of values) expect(value, `${tableName}.${column}`).toMatch(form ?? /^$/);
      }
    }
  });

  test("stores no empty string", async () => {
    const warehouse = temporaryWarehouse();
    await load(warehouse, resource, fixture);
    for (const table of tablesOf(resource)) {
      for (const row of rowsOf(warehouse, getShape(table).name)) expect(Object.values(row)).not.toContain("");
    }
  });

  test("gives each record back as it was received", async () => {
    const warehouse = temporaryWarehouse();
    await load(warehouse, resource, fixture);
    for (const record of fixture.records) {
      const key = resource.keyOf(record, fixture.parent) ?? "";
      const [stored] = readRawRecords(warehouse, name, key);
      expect(JSON.parse(stored?.json ?? "null")).toEqual(record);
    }
  });

  test("rejects a record that lacks a key which it needs, and says of others which are missing", () => {
    const [complete = {}] = fixture.records;
    for (const [column, field] of Object.entries(getShape(resource.table).columns)) {
      if (!isField(field) || field.optional || typeof field.from === "string") continue;
      const [key = column, ...rest] = field.from ?? [];
      const { [key]: _, ...lacking } = complete;
      const path = [key, ...rest].join(".");
      const map = () => resource.map(lacking, fixture.parent);
      if (field.needed) expect(map, column).toThrow(`${key}`);
      else expect(map().oddities.get(path), column).toBe("was missing");
    }
  });

  test("finds nothing odd in its fixture", () => {
    for (const record of fixture.records)
      expect([...resource.map(record, fixture.parent).oddities]).toEqual([]);
  });

  test("says of every column what it means", () => {
    for (const { name: tableName, columns, description } of tablesOf(resource).map(getShape)) {
      expect(description, tableName).toMatch(/\.$/);
      for (const [column, { description: meaning }] of Object.entries(columns)) {
        expect(meaning, `${tableName}.${column}`).toMatch(/^[A-Z0-9`].*\.$/s);
      }
    }
  });
});

test("the names of the resources and their tables are those of the registry, in its order", () => {
  expect(Object.entries(tablesOfResources)).toEqual(
    resources.map(({ name, table }) => [name, getShape(table).name]),
  );
});
