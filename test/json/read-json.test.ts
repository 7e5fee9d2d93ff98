import { describe, expect, test } from "vitest";
import { ExactNumber, toPlain } from "../../src/json/exact-number.ts";
import { cutOff, mostLevels, readJson, wasCut } from "../../src/json/read-json.ts";
import { writeJson } from "../../src/json/write-json.ts";

const exact = [
  "12.50",
  "1.0",
  "-5.0",
  "0.0",
  "-0",
  "-0.0",
  "1e2",
  "1E2",
  "1e+2",
  "1.5e-7",
  "1e400",
  "-1e400",
  "1e-400",
  "1e+21",
  "1000000000000000000000",
  "0.0000001",
  "9007199254740993",
  "9223372036854775807",
  "-9223372036854775808",
  "18446744073709551616",
  "1234567890123456789",
  "0.1000000000000000055",
  "0.12345678901234567890123",
  `1${"0".repeat(400)}`,
];
const ordinary = ["0", "7", "-7", "1000", "123456789012345", "12.5", "-0.25", "0.30000000000000004"];

describe("a number keeps its digits", () => {
  test.for(exact)("%s, which a JavaScript number would change", (digits) => {
    const text = `{"a":[${digits},{"b":${digits}}],"c":${digits}}`;
    const value = readJson(text) as { a: unknown[]; c: unknown };
    expect(writeJson(value)).toBe(text);
    expect(value.c).toBeInstanceOf(ExactNumber);
    expect([String(value.c), Number(value.c)]).toEqual([digits, Number(digits)]);
    expect(writeJson(readJson(digits))).toBe(digits);
  });

  test.for(ordinary)("%s, and stays a JavaScript number", (digits) => {
    expect(readJson(`[${digits}]`)).toEqual([Number(digits)]);
    expect(writeJson(readJson(`[ ${digits} ]`))).toBe(`[${digits}]`);
  });

  test("and digits in texts and keys are not numbers", () => {
    const text = '{"12.50":"12.50","a\\"b":"\\\\","c":"[1e2, 1.0]","d":"\\"1.0","e":"1.0\\\\"}';
    expect(writeJson(readJson(text))).toBe(text);
    expect(writeJson(readJson('["\\\\",1.0,"\\\\\\"",2.0,""]'))).toBe('["\\\\",1.0,"\\\\\\"",2.0,""]');
  });

  test("indented, too", () => {
    expect(writeJson(readJson('{"a":12.50}'), 2)).toBe('{\n  "a": 12.50\n}');
  });
});

describe("code computes with", () => {
  test.for([
    ["12.50", 12.5],
    ["1.0", 1],
    ["0.0", 0],
    ["1e2", 100],
    ["1e21", 1e21],
    ["0.0000001", 1e-7],
    ["9007199254740991", 2 ** 53 - 1],
    ["9007199254740992", 9007199254740992n],
    ["9007199254740993", 9007199254740993n],
    ["-9223372036854775808", -9223372036854775808n],
    ["9223372036854775807", 9223372036854775807n],
    ["9007199254740993.0", 9007199254740993n],
    ["900719925474099.3e1", 9007199254740993n],
  ] as const)("%s", ([digits, value]) => {
    expect(toPlain(new ExactNumber(digits))).toBe(value);
  });

  test.for([
    "9223372036854775808",
    "1e400",
    "0.1000000000000000055",
    "1e-400",
    "1".repeat(30),
    "1e999999999999",
  ])("%s only as digits", (digits) => {
    const number = new ExactNumber(digits);
    expect(toPlain(number)).toBe(number);
  });
});

describe("text is such that every reader of SQLite can read it:", () => {
  test.for([
    ["\\ud83d", "\ufffd"],
    ["\\uD83D!", "\ufffd!"],
    ["Acme \\ude80", "Acme \ufffd"],
    ["\\ud83d\\ud83d\\ude80", "\ufffd🚀"],
    ["\\ude80\\ud83d", "\ufffd\ufffd"],
    ["\\ud83d\\u0041", "\ufffdA"],
    ["\\ud83d\\n", "\ufffd\n"],
    ["a\\u0000b", "a\ufffdb"],
    ["\\uD83D\\uDE80", "🚀"],
    ["\\\\ud83d", "\\ud83d"],
    ["\\\\\\ud83d", "\\\ufffd"],
    ["\\\\u0000", "\\u0000"],
  ] as const)("%s", ([written, read]) => {
    expect(readJson(`{"a":"${written}","${written}":1}`)).toEqual({ a: read, [read]: 1 });
  });

  test("a byte order mark before it is skipped", () => {
    expect(readJson('\ufeff{"a":1}')).toEqual({ a: 1 });
  });
});

describe("what is nested too deep is cut off there", () => {
  const nested = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;

  test("and its kind can be recognised", () => {
    const body = readJson(`{"entries":[{"a":${nested(10_000)}},{"a":${nested(90)},"b":1.0}]}`) as {
      entries: object[];
    };
    expect(body.entries.map(wasCut)).toEqual([true, false]);
    expect(writeJson(body.entries[0])).toBe(
      `{"a":${"[".repeat(mostLevels - 3)}"${cutOff}"${"]".repeat(mostLevels - 3)}}`,
    );
    expect(writeJson(body.entries[1])).toBe(`{"a":${nested(90)},"b":1.0}`);
    expect(wasCut({ put: body.entries[0], together: 1 })).toBe(true);
  });

  test("at a million levels, too, and not at as many as there may be", () => {
    expect(wasCut(readJson(nested(1_000_000)))).toBe(true);
    const most = readJson(nested(mostLevels)) as object;
    expect(wasCut(most)).toBe(false);
    expect(writeJson(most)).toBe(nested(mostLevels));
    expect(wasCut(readJson(nested(mostLevels + 1)))).toBe(true);
  });
});

describe("keys that objects have by themselves are ordinary keys:", () => {
  test.for(["__proto__", "constructor", "toString", "hasOwnProperty", "toJSON"])("%s", (key) => {
    const text = `{"a":{"${key}":1.0,"b":2.0}}`;
    const { a } = readJson(text) as { a: object };
    expect(writeJson(readJson(text))).toBe(text);
    expect(Object.keys(a)).toEqual([key, "b"]);
    expect(Object.getPrototypeOf(a)).toBe(Object.prototype);
  });
});

test.for([
  "",
  "{",
  "[1.0",
  "[1.0,]",
  "[01.0]",
  "[1.]",
  "[.5]",
  "[1e]",
  "[--1]",
  "[1-1]",
  "[-]",
  "[1.0.0]",
  "[+1.0]",
  '"1.0',
  '{"a":1.0 "b":2.0}',
  '["\\ud83',
  '["\\u00"]',
  "[NaN]",
  "[1.0]]",
  "[1.0 1.0]",
])("%s is not JSON", (text) => {
  expect(() => readJson(text)).toThrow(SyntaxError);
});

test("a string of 20 MB is read, with as many escapes as fit into it", () => {
  const value = readJson(`["${"\\\\".repeat(5_000_000)}","${"\\ud83d".repeat(1_000_000)}",1.0]`) as unknown[];
  expect(String(value[0]).length).toBe(5_000_000);
  expect(value[1] === "\ufffd".repeat(1_000_000)).toBe(true);
  expect(String(value[2])).toBe("1.0");
});
