import { expect, test } from "vitest";
import { createDictionary, type DictionaryTable } from "../../src/dictionary/dictionary.ts";
import { createExportColumns } from "../../src/export/columns.ts";

/** A table of the data dictionary with these columns. */
function tableWith(columns: Readonly<Record<string, string>>): DictionaryTable {
  return {
    name: "jars",
    meaning: "Jars.",
    primary_key: ["account"],
    references: [],
    columns: Object.entries(columns).map(([name, type]) => ({
      name,
      type,
      unit: null,
      meaning: "",
      wire_field: null,
      nullable: true,
      in_primary_key: false,
    })),
  };
}

const typesOf = (table: DictionaryTable) =>
  createExportColumns(table).map(({ name, type }) => `${name} ${type}`);

function textOf(table: DictionaryTable, column: string): (value: unknown) => string | undefined {
  return createExportColumns(table).find(({ name }) => name === column)?.text ?? (() => "no such column");
}

test("a value that is not of the declared type has no text", () => {
  const table = tableWith({
    a: "INTEGER",
    b: "DOUBLE",
    c: "BOOLEAN",
    d: "DATE",
    e: "DATETIME",
    f: "TEXT",
    g: "BLOB",
    x_in_cents: "INTEGER",
  });
  const wrong: Readonly<Record<string, readonly unknown[]>> = {
    a: ["1", 1.5],
    b: ["1", Number.POSITIVE_INFINITY],
    c: ["true", 2n],
    d: ["2024-01-01 00:00:00", "yesterday", 5n],
    e: ["2024-01-01", "2024-01-01T00:00:00Z", 5n],
    f: [5n, Buffer.from("a")],
    g: ["a", 5n],
    x_in_cents: [1.5, "1"],
    x: [1.5, "1"],
  };
  for (const [column, values] of Object.entries(wrong)) {
    expect(values.map(textOf(table, column)), column).toEqual(values.map(() => undefined));
  }
});

test("an amount in main units that is too large for a decimal has no text, and no amount in hundredths is", () => {
  const table = tableWith({ mrr_in_cents: "INTEGER", mrr: "DOUBLE" });
  expect([1e17, -1e17, Number.NaN, Number.POSITIVE_INFINITY].map(textOf(table, "mrr"))).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  const hundredths = textOf(tableWith({ arr_in_cents: "INTEGER" }), "arr");
  expect(hundredths(2n ** 63n - 1n)).toBe("92233720368547758.07");
  expect(hundredths(-(2n ** 63n))).toBe("-92233720368547758.08");
});

test("money in hundredths is followed by the amount in main units, and the account is in no file", () => {
  expect(typesOf(tableWith({ account: "TEXT", mrr_in_cents: "INTEGER", currency: "TEXT" }))).toEqual([
    "mrr_in_cents BIGINT",
    "mrr DECIMAL(19,2)",
    "currency VARCHAR",
  ]);
});

test("an amount in main units that the table already has becomes a decimal and is not written twice", () => {
  const table = tableWith({ mrr_in_cents: "INTEGER", mrr: "DOUBLE", rate: "DOUBLE" });
  expect(typesOf(table)).toEqual(["mrr_in_cents BIGINT", "mrr DECIMAL(19,2)", "rate DOUBLE"]);
  expect([-0.1, 12, 1_999_999.99].map(textOf(table, "mrr"))).toEqual(["-0.10", "12.00", "1999999.99"]);
});

test("a column that is not an amount keeps its type although it has the name of one", () => {
  expect(typesOf(tableWith({ fee_in_cents: "INTEGER", fee: "TEXT" }))).toEqual([
    "fee_in_cents BIGINT",
    "fee VARCHAR",
  ]);
});

test("hundredths become main units without a rounding error", () => {
  const text = textOf(tableWith({ mrr_in_cents: "INTEGER" }), "mrr");
  expect([0n, 5n, -5n, -99n, 100n, -12345n, 9_007_199_254_740_993n].map(text)).toEqual([
    "0.00",
    "0.05",
    "-0.05",
    "-0.99",
    "1.00",
    "-123.45",
    "90071992547409.93",
  ]);
});

test("every column of every table has a type", () => {
  for (const table of createDictionary())
    expect(createExportColumns(table).length, table.name).toBeGreaterThan(0);
});
