import { describe, expect, test } from "vitest";
import { single } from "../src/chartmogul/paging.ts";
import { RecordError } from "../src/errors.ts";
import * as fields from "../src/fields.ts";
import { defineResource, type Resource } from "../src/resource.ts";
import type { Value } from "../src/warehouse/columns.ts";
import { recordTable } from "../src/warehouse/table.ts";

const nothing = "Only for tests.";

/** A resource of umbrellas whose key is `uuid`. */
function umbrellas(columns: Readonly<Record<string, fields.Field>>, key = ["uuid"]): Resource {
  const table = recordTable(
    "umbrellas",
    { uuid: fields.id(nothing), ...columns },
    { description: nothing, key },
  );
  return defineResource({ name: "umbrellas", extract: single("umbrellas"), table });
}

/** What a column of this kind stores of a value on the wire. */
function stored(field: fields.Field, value: unknown): Value | undefined {
  return umbrellas({ value: field }).map({ uuid: "umb_1", value }, undefined).row[1];
}

/** The message with which a value on the wire is refused. */
function refusal(field: fields.Field, value: unknown): string {
  try {
    stored(field, value);
  } catch (error) {
    if (error instanceof RecordError) return error.message;
    throw error;
  }
  throw new Error(`${JSON.stringify(value)} was not refused`);
}

const kinds = {
  text: fields.text(nothing),
  integer: fields.integer(nothing),
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
  ])("%s", (value) => {
    expect(refusal(kinds.datetime, value)).toBe(
      `value: ${JSON.stringify(value)} does not exist in the calendar`,
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
  ])("%s", (value, expected) => {
    expect(stored(kinds.datetime, value)).toBe(expected);
    expect(fields.toUtc(value)).toBe(expected);
  });
});

describe("a day of a key", () => {
  const days = umbrellas({ day: fields.idDate(nothing) }, ["uuid", "day"]);
  const dayOf = (day: unknown) => days.map({ uuid: "umb_1", day }, undefined).row[1];

  test.each(["2026-02-30", "2026-13-01", "2026-1-1", "2026-02-30T10:00:00Z", "2026-01-01 at noon", "today"])(
    "that does not exist is refused: %s",
    (day) => {
      expect(() => dayOf(day)).toThrow(RecordError);
      expect(() => dayOf(day)).toThrow("day: ");
    },
  );

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
    ["integer", 2 ** 53],
    ["integer", true],
    ["percent", "2.65"],
    ["percent", false],
    ["cents", "1000"],
    ["cents", {}],
    ["boolean", 1],
    ["boolean", "true"],
    ["boolean", ""],
    ["datetime", 1767225600],
    ["datetime", {}],
  ])("%s: %j", (kind, value) => {
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

describe("a key that is missing", () => {
  const withoutValue = (field: fields.Field) =>
    umbrellas({ value: field }).map({ uuid: "umb_1" }, undefined).row[1];

  test.each(Object.entries(kinds))("is refused for %s", (_kind, field) => {
    expect(() => withoutValue(field)).toThrow(RecordError);
    expect(() => withoutValue(field)).toThrow(/^value: /);
  });

  test.each(Object.entries(kinds))("is NULL for optional %s", (_kind, field) => {
    expect(withoutValue(fields.optional(field))).toBeNull();
  });

  // Everything is JSON.
  const { json: _, ...choosy } = kinds;

  test.each(Object.entries(choosy))("does not let an optional %s be of another kind", (_kind, field) => {
    expect(refusal(fields.optional(field), [])).toMatch(/^value: /);
  });
});

describe("a value further down in a record", () => {
  const nested = umbrellas({
    wood: fields.text(nothing, ["handle", "wood"]),
    length: fields.integer(nothing, ["handle", "length"]),
    city: fields.optional(fields.text(nothing, ["maker", "city"])),
  });
  const rowOf = (record: object) => nested.map({ uuid: "umb_1", ...record }, undefined).row;

  test("is refused with the whole path to it", () => {
    expect(() => rowOf({ handle: { wood: "ash", length: "long" } })).toThrow("handle.length: ");
    expect(() => rowOf({ handle: { wood: "ash" } })).toThrow("handle.length: ");
    expect(() => rowOf({})).toThrow("handle: ");
    expect(() => rowOf({ handle: null })).toThrow("handle: ");
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
  const since = umbrellas({ since: fields.datetime(nothing, "owner-since") });
  expect(since.map({ uuid: "umb_1", "owner-since": "2020-05-05" }, undefined).row).toEqual([
    "umb_1",
    "2020-05-05 00:00:00",
  ]);
  expect(() => since.map({ uuid: "umb_1", since: "2020-05-05" }, undefined)).toThrow("owner-since: ");
});

test("an id is text that is not empty", () => {
  const resource = umbrellas({});
  for (const uuid of ["", null, undefined, 7]) {
    expect(() => resource.map({ uuid }, undefined)).toThrow("uuid: ");
    expect(resource.keyOf({ uuid }, undefined)).toBeUndefined();
  }
  expect(resource.keyOf({ uuid: "umb_1" }, undefined)).toBe("umb_1");
});

test("a child knows its parent and its place", () => {
  const ribs = recordTable(
    "ribs",
    {
      umbrella_uuid: fields.parentKey(nothing),
      place: fields.position(nothing),
      bent: fields.boolean(nothing),
    },
    { description: nothing, key: ["umbrella_uuid", "place"] },
  );
  const table = recordTable(
    "umbrellas",
    { uuid: fields.id(nothing) },
    { description: nothing, key: ["uuid"] },
  );
  const resource = defineResource({
    name: "umbrellas",
    extract: single("umbrellas"),
    table,
    children: [{ table: ribs, from: ["ribs"] }],
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

test("columns that are read from the wire are told from those that we keep ourselves", () => {
  expect(fields.isField(kinds.text)).toBe(true);
  const { wire: _, ...ours } = kinds.text;
  expect(fields.isField(ours)).toBe(false);
});
