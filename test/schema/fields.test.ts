import { describe, expect, test } from "vitest";
import { single } from "../../src/api/paging.ts";
import { RecordError } from "../../src/errors.ts";
import { defineResource, type Resource } from "../../src/resources/resource.ts";
import type { Value } from "../../src/schema/columns.ts";
import * as fields from "../../src/schema/fields.ts";
import { recordTable } from "../../src/schema/table.ts";

const nothing = "Only for tests.";

/** A resource of umbrellas whose key is `uuid`. */
function umbrellas(columns: Readonly<Record<string, fields.Field>>, key = ["uuid"]): Resource {
  const table = recordTable(
    "umbrellas",
    { uuid: fields.id(nothing), ...columns },
    { description: nothing, key },
  );
  return defineResource({ name: "umbrellas", listing: single("umbrellas"), table });
}

/** What a column of this kind stores of a value on the wire. */
function stored(field: fields.Field, value: unknown): Value | undefined {
  return umbrellas({ value: { ...field, needed: true } }).map({ uuid: "umb_1", value }, undefined).row[1];
}

/** The same for a record that can do without the value, and what is said of it. */
function storedAnyway(field: fields.Field, value: unknown) {
  const { row, oddities } = umbrellas({ value: field }).map({ uuid: "umb_1", value }, undefined);
  return { stored: row[1], said: oddities.get("value") };
}

/** The message with which a value on the wire is refused where no record is stored without it. */
function refusal(field: fields.Field, value: unknown): string {
  try {
    stored(field, value);
  } catch (error) {
    if (error instanceof RecordError) return error.message;
    throw error;
  }
  throw new Error(`${value} was not refused`);
}

const kinds = {
  text: fields.text(nothing),
  integer: fields.integer(nothing),
  number: fields.number(nothing),
  percent: fields.percent(nothing),
  cents: fields.cents(nothing),
  boolean: fields.boolean(nothing),
  datetime: fields.datetime(nothing),
  json: fields.json(nothing),
};

describe("an instant that does not exist is refused, with its column", () => {
  test.each([
    "2026-02-29T00:00:00Z",
    "2026-02-30",
    "2026-02-31 10:00:00 +0000",
    "2026-04-31T00:00:00+02:00",
    "1900-02-29T12:00:00Z",
    "2026-00-10T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-01-00T00:00:00Z",
    "2026-01-32",
    "2026-01-10T25:00:00Z",
    "2026-01-10T10:60:00Z",
    "2026-01-10T10:00:61Z",
    "2026-01-10T10:00:00+99:00",
    "2026-01-10T10:00Z",
    "10/01/2026",
    "1767225600",
    "tomorrow",
    " ",
    "2026-01-10T10:00:00Z and more",
    "2026-01-10T10:00:00 CET",
    "9999-12-31T23:59:59-05:00",
    "9999-12-31T23:59:60Z",
    "0000-01-01T00:00:00+02:00",
    "0000-01-01T00:00:00Z",
    "0000-06-15",
    "0000-00-00",
    "0000-00-00 00:00:00",
    "0001-01-01T00:00:00+00:01",
    "-000001-12-31T00:00:00Z",
    "+010000-01-01T00:00:00Z",
  ])("%s", (value) => {
    expect(refusal(kinds.datetime, value)).toBe(
      `value: ${JSON.stringify(value)} is not an instant of the calendar`,
    );
    expect(fields.toUtc(value)).toBeUndefined();
  });
});

describe("an instant in any spelling is stored in UTC", () => {
  test.each([
    ["2019-07-01T09:30:05+00:00", "2019-07-01 09:30:05"],
    ["2019-07-01T09:30:05.000Z", "2019-07-01 09:30:05"],
    ["2019-07-01T09:30:05.999999Z", "2019-07-01 09:30:05"],
    ["2019-07-01T09:30:05Z", "2019-07-01 09:30:05"],
    ["2019-07-01 09:30:05 +0000", "2019-07-01 09:30:05"],
    ["2019-07-01 09:30:05", "2019-07-01 09:30:05"],
    ["2019-07-01T09:30:05", "2019-07-01 09:30:05"],
    ["2019-07-01", "2019-07-01 00:00:00"],
    ["2019-12-31T22:16:00-04:00", "2020-01-01 02:16:00"],
    ["2020-01-01T00:16:00.250+05:30", "2019-12-31 18:46:00"],
    ["2020-01-01 00:16:00 +0530", "2019-12-31 18:46:00"],
    ["2024-02-29T23:59:59Z", "2024-02-29 23:59:59"],
    ["2024-02-29T23:59:59-01:00", "2024-03-01 00:59:59"],
    ["2000-02-29", "2000-02-29 00:00:00"],
    ["2023-03-31T10:00:00+00:00", "2023-03-31 10:00:00"],
    ["2023-04-30 10:00:00 +0000", "2023-04-30 10:00:00"],
    ["1969-12-31T23:59:59Z", "1969-12-31 23:59:59"],
    ["9999-12-31T23:59:59Z", "9999-12-31 23:59:59"],
    ["9999-12-31T23:59:59+05:00", "9999-12-31 18:59:59"],
    ["0001-01-01T00:00:00Z", "0001-01-01 00:00:00"],
    ["0001-01-01T00:00:00-08:00", "0001-01-01 08:00:00"],
  ])("%s", (value, expected) => {
    expect(stored(kinds.datetime, value)).toBe(expected);
    expect(fields.toUtc(value)).toBe(expected);
  });
});

describe("a day of a key", () => {
  const days = umbrellas({ day: fields.idDate(nothing) }, ["uuid", "day"]);
  const dayOf = (day: unknown) => days.map({ uuid: "umb_1", day }, undefined).row[1];

  test.each([
    "0000-01-01",
    "0000-00-00",
    "2026-02-30",
    "2026-13-01",
    "2026-1-1",
    "2026-02-30T10:00:00Z",
    "2026-01-01 at noon",
    "today",
  ])("that does not exist is refused: %s", (day) => {
    expect(() => dayOf(day)).toThrow(RecordError);
    expect(() => dayOf(day)).toThrow("day: ");
  });

  test.each(["", null, 20260101, undefined])("that is missing is refused: %s", (day) => {
    expect(() => dayOf(day)).toThrow(RecordError);
  });

  test("is the one that is written, in whatever time zone", () => {
    expect(dayOf("2024-02-29")).toBe("2024-02-29");
    expect(dayOf("2026-01-31T23:30:00-08:00")).toBe("2026-01-31");
    expect(dayOf("2026-02-01 00:30:00 +0900")).toBe("2026-02-01");
  });
});

describe("a value of another kind is refused, with its column", () => {
  test.each<[keyof typeof kinds, unknown]>([
    ["text", 5],
    ["text", true],
    ["text", ["a"]],
    ["integer", 1.5],
    ["integer", "12"],
    ["integer", 2 ** 63],
    ["integer", 2n ** 63n],
    ["integer", -(2n ** 63n) - 1n],
    ["integer", 1e300],
    ["integer", true],
    ["percent", "2.65"],
    ["percent", false],
    ["cents", "1000"],
    ["cents", {}],
    ["cents", 1e300],
    ["cents", -1e19],
    ["cents", 2n ** 64n],
    ["cents", true],
    ["number", "1.5"],
    ["number", Number.POSITIVE_INFINITY],
    ["boolean", 1],
    ["boolean", "true"],
    ["boolean", ""],
    ["datetime", 1767225600],
    ["datetime", {}],
  ])("%s: %s", (kind, value) => {
    expect(refusal(kinds[kind], value)).toMatch(/^value: ./);
  });
});

test.each<[keyof typeof kinds, unknown]>([
  ["text", ""],
  ["integer", ""],
  ["percent", ""],
  ["cents", ""],
  ["datetime", ""],
  ["text", null],
  ["integer", null],
  ["percent", null],
  ["cents", null],
  ["boolean", null],
  ["datetime", null],
  ["json", null],
])("%s: %j is NULL", (kind, value) => {
  expect(stored(kinds[kind], value)).toBeNull();
});

test.each<[keyof typeof kinds, unknown, Value]>([
  ["text", "Brollies & Söhne", "Brollies & Söhne"],
  ["text", " ", " "],
  ["integer", 0, 0],
  ["integer", -7, -7],
  ["integer", 2 ** 53 - 1, 9007199254740991],
  ["number", 1.5, 1.5],
  ["number", 3, 3],
  ["percent", 2.65, 2.65],
  ["percent", -51234.56, -51234.56],
  ["percent", 0, 0],
  ["cents", 1999, 1999],
  ["cents", -500, -500],
  ["cents", 9900.0, 9900],
  ["cents", 20717.52084, 20718],
  ["cents", 20717.49, 20717],
  ["cents", -12.6, -13],
  ["boolean", true, 1],
  ["boolean", false, 0],
  ["json", [], "[]"],
  ["json", "", '""'],
  ["json", false, "false"],
  ["json", { ribs: [8, null], handle: { wood: "ash" } }, '{"ribs":[8,null],"handle":{"wood":"ash"}}'],
])("%s: %j is stored as %j", (kind, value, expected) => {
  expect(stored(kinds[kind], value)).toBe(expected);
});

test.each<[keyof typeof kinds, unknown, bigint]>([
  ["cents", 9007199254740993n, 9007199254740993n],
  ["cents", 2n ** 63n - 1n, 9223372036854775807n],
  ["cents", -(2n ** 63n), -9223372036854775808n],
  ["integer", 2 ** 60, 1152921504606846976n],
])("%s: %s is stored whole, although a double might not hold it", (kind, value, expected) => {
  expect(stored(kinds[kind], value)).toBe(expected);
});

describe("a record that can do without a value is stored although it is of another kind, and says so", () => {
  const wholeNumber = "was not a whole number of 64 bits";
  test.each<[Exclude<keyof typeof kinds, "cents" | "json">, unknown, Value, string]>([
    ["text", 5, "5", "was not text"],
    ["text", false, "false", "was not text"],
    ["text", ["a"], null, "was not text"],
    ["text", { a: 1 }, null, "was not text"],
    ["integer", 1.5, null, wholeNumber],
    ["integer", "12", null, wholeNumber],
    ["integer", 1e300, null, wholeNumber],
    ["integer", 2n ** 63n, null, wholeNumber],
    ["number", "1.5", null, "was not a number"],
    ["percent", {}, null, "was not a number"],
    ["boolean", "yes", null, "was not true or false"],
    ["boolean", 1, null, "was not true or false"],
    ["datetime", "0000-00-00", null, "was not an instant of the calendar"],
    ["datetime", "9999-12-31T23:59:59-05:00", null, "was not an instant of the calendar"],
    ["datetime", 1767225600, null, "was not an instant of the calendar"],
    ["integer", undefined, null, "was missing"],
  ])("%s: %s", (kind, value, expected, said) => {
    expect(storedAnyway(kinds[kind], value)).toEqual({ stored: expected, said });
  });

  test.each(Object.keys(kinds))("but nothing where all is well: %s", (kind) => {
    expect(storedAnyway(kinds[kind as keyof typeof kinds], null)).toEqual({ stored: null, said: undefined });
  });
});

describe("money", () => {
  test.each([1e300, "1000", {}, undefined])("is never left out: %s", (value) => {
    expect(() => storedAnyway(kinds.cents, value)).toThrow(RecordError);
    expect(() => storedAnyway(kinds.cents, value)).toThrow(/^value: /);
  });
});

describe("a key that is missing", () => {
  const withoutValue = (field: fields.Field) =>
    umbrellas({ value: field }).map({ uuid: "umb_1" }, undefined).row[1];

  test.each(Object.entries(kinds))("is refused for %s that is needed", (_kind, field) => {
    expect(() => withoutValue({ ...field, needed: true })).toThrow(RecordError);
    expect(() => withoutValue({ ...field, needed: true })).toThrow(/^value: it is missing$/);
  });

  test.each(Object.entries(kinds))("is NULL for optional %s", (_kind, field) => {
    expect(withoutValue({ ...field, optional: true })).toBeNull();
  });

  // Everything is JSON.
  const { json: _, ...choosy } = kinds;

  test.each(Object.entries(choosy))("does not let an optional %s be of another kind", (_kind, field) => {
    expect(refusal({ ...field, optional: true }, [])).toMatch(/^value: /);
  });
});

describe("a value further down in a record", () => {
  const nested = umbrellas({
    wood: fields.text(nothing, { from: "handle.wood", needed: true }),
    length: fields.integer(nothing, { from: "handle.length", needed: true }),
    city: fields.text(nothing, { from: "maker.city", optional: true }),
  });
  const rowOf = (record: object) => nested.map({ uuid: "umb_1", ...record }, undefined).row;

  test("is refused with the whole path to it", () => {
    expect(() => rowOf({ handle: { wood: "ash", length: "long" } })).toThrow("handle.length: ");
    expect(() => rowOf({ handle: { wood: "ash" } })).toThrow("handle.length: ");
    expect(() => rowOf({})).toThrow("handle.wood: ");
    expect(() => rowOf({ handle: null })).toThrow("handle.wood: ");
  });

  test("is NULL where the record can do without it and what would hold it is no object, which is said", () => {
    const handle = { wood: "ash", length: 12 };
    const { row, oddities } = nested.map({ uuid: "umb_1", handle, maker: "Lund" }, undefined);
    expect(row[3]).toBeNull();
    expect([...oddities]).toEqual([["maker", "was not an object"]]);
  });

  test("is found there", () => {
    expect(rowOf({ handle: { wood: "ash", length: 12 }, maker: { city: "Lund" } })).toEqual([
      "umb_1",
      "ash",
      12,
      "Lund",
    ]);
  });

  test("is NULL where it is optional and what would hold it is missing or null", () => {
    const handle = { wood: "ash", length: 12 };
    expect(rowOf({ handle })[3]).toBeNull();
    expect(rowOf({ handle, maker: null })[3]).toBeNull();
    expect(rowOf({ handle, maker: {} })[3]).toBeNull();
  });
});

test("a key of the wire may have another name than its column", () => {
  const since = umbrellas({ since: fields.datetime(nothing, { from: "owner-since", needed: true }) });
  expect(since.map({ uuid: "umb_1", "owner-since": "2020-05-05" }, undefined).row).toEqual([
    "umb_1",
    "2020-05-05 00:00:00",
  ]);
  expect(() => since.map({ uuid: "umb_1", since: "2020-05-05" }, undefined)).toThrow("owner-since: ");
});

test("an invalid key is named", () => {
  const table = recordTable(
    "umbrellas",
    { id: fields.idNumber(nothing) },
    { description: nothing, key: ["id"] },
  );
  const resource = defineResource({ name: "umbrellas", listing: single("umbrellas"), table });
  expect(resource.keyOf({ id: 2n ** 64n }, undefined)).toBeUndefined();
  expect(resource.explainMissingKey({ id: 2n ** 64n }, undefined).message).toBe(
    "id: 18446744073709551616 is not a whole number of 64 bits",
  );
  expect(resource.explainMissingKey(null, undefined).message).toBe("the record has no key");
  expect(resource.explainMissingKey({}, undefined).message).toBe("the record has no key");
});

test("an id is text that is not empty", () => {
  const resource = umbrellas({});
  for (const uuid of ["", null, undefined, 7]) {
    expect(() => resource.map({ uuid }, undefined)).toThrow("uuid: ");
    expect(resource.keyOf({ uuid }, undefined)).toBeUndefined();
  }
  expect(resource.keyOf({ uuid: "umb_1" }, undefined)).toBe("umb_1");
});

test("a child knows its parent and its position", () => {
  const ribs = recordTable(
    "ribs",
    {
      umbrella_uuid: fields.parentKey(nothing),
      position: fields.position(nothing),
      bent: fields.boolean(nothing, { needed: true }),
    },
    { description: nothing, key: ["umbrella_uuid", "position"] },
  );
  const table = recordTable(
    "umbrellas",
    { uuid: fields.id(nothing) },
    { description: nothing, key: ["uuid"] },
  );
  const resource = defineResource({
    name: "umbrellas",
    listing: single("umbrellas"),
    table,
    children: [{ table: ribs, from: "ribs", needed: true }],
  });
  const record = { uuid: "umb_1", ribs: [{ bent: true }, { bent: null }] };
  expect(resource.map(record, undefined).children).toEqual([
    [
      ["umb_1", 0, 1],
      ["umb_1", 1, null],
    ],
  ]);
  expect(() => resource.map({ uuid: "umb_1", ribs: [{ bent: true }, {}] }, undefined)).toThrow(
    "ribs.1.bent: ",
  );
});

describe("children", () => {
  const ribs = recordTable(
    "ribs",
    {
      umbrella_uuid: fields.parentKey(nothing),
      position: fields.position(nothing),
      length: fields.integer(nothing, { needed: true }),
      wood: fields.text(nothing),
    },
    { description: nothing, key: ["umbrella_uuid", "position"] },
  );
  const table = recordTable(
    "umbrellas",
    { uuid: fields.id(nothing) },
    { description: nothing, key: ["uuid"] },
  );
  const withRibs = (needed: boolean) =>
    defineResource({
      name: "umbrellas",
      listing: single("umbrellas"),
      table,
      children: [{ table: ribs, from: "ribs", ...(needed && { needed }) }],
    });
  const odd = {
    uuid: "umb_1",
    ribs: [{ length: 5, wood: 7 }, { length: "long", wood: "ash" }, null, { length: 6 }],
  };

  test("that every stored record has reject a record without them", () => {
    const map = (list: unknown) => () => withRibs(true).map({ uuid: "umb_1", ribs: list }, undefined);
    expect(map(odd.ribs)).toThrow('ribs.1.length: "long" is not a whole number of 64 bits');
    expect(map([null])).toThrow("ribs.0: null is not an object");
    expect(map("none")).toThrow('ribs: "none" is not a list');
    expect(map(undefined)).toThrow("ribs: it is missing");
  });

  test("that are optional are dropped where they are invalid, and counted as odd fields", () => {
    const { children, oddities } = withRibs(false).map(odd, undefined);
    expect(children).toEqual([
      [
        ["umb_1", 0, 5, "7"],
        ["umb_1", 3, 6, null],
      ],
    ]);
    expect([...oddities]).toEqual([
      ["ribs.wood", "was missing"],
      ["ribs.length", "was not a whole number of 64 bits"],
      ["ribs", "was not an object"],
    ]);
    expect(withRibs(false).map({ uuid: "umb_1", ribs: 5 }, undefined)).toMatchObject({
      children: [[]],
      oddities: new Map([["ribs", "was not a list"]]),
    });
  });
});

test("columns that are read from the wire differ from those of the warehouse itself", () => {
  expect(fields.isField(kinds.text)).toBe(true);
  const { store: _, ...ours } = kinds.text;
  expect(fields.isField(ours)).toBe(false);
});
