import { expect, test } from "vitest";
import { readBody } from "../../src/json/read-json.ts";
import { findReceivedTexts } from "../../src/json/received-texts.ts";
import { writeJson } from "../../src/json/write-json.ts";

/** The texts of the records in the list `records`. */
function readTexts(body: string) {
  const { records } = readBody(body) as { records: unknown[] };
  return { records, texts: findReceivedTexts(records) };
}

const asWritten = [
  "{}",
  '{"a":1,"b":[],"c":{},"d":null,"e":true,"f":false}',
  '{"a":[{"b":[{"c":"}"},{"c":"]"}]}],"d":"{"}',
  '{"amount":12.50,"large":12345678901234567890,"power":1E2,"zero":-0.0}',
  '{"name":"Žluťoučký 🚀","__proto__":{"a":1}}',
  '{"a":"12","b":["1:",2]}',
];

test("the text of a record is the one that was received", () => {
  const { records, texts } = readTexts(`{"records":[${asWritten.join(",")}],"cursor":"x","has_more":false}`);
  expect(texts).toEqual(asWritten);
  expect(records.map((record) => writeJson(record))).toEqual(asWritten);
});

test.for([
  ["spaces", '{"a": 1}'],
  ["a line end", '{"a":1\n}'],
  ["an escaped character", '{"a":"caf\\u00e9"}'],
  ["an escaped quote", '{"a":"\\""}'],
  ["half an emoji", '{"a":"\\ud83d"}'],
  ["a key that JavaScript moves", '{"b":1,"12":2}'],
  ["such a key further within", '{"a":{"b":1,"12":2}}'],
] as const)("a record with %s has none, and the others have theirs", ([, record]) => {
  const { texts } = readTexts(`{"records" : [ {"a":1}, ${record} ,{"b":2}] }`);
  expect(texts).toEqual(['{"a":1}', undefined, '{"b":2}']);
});

test.for([
  ["the same key twice", '{"records":[{"a":1},{"b":1}],"records":[{"a":2}]}'],
  ["another value under the key before", '{"records":[{"a":1}],"records":[[1]]}'],
  ["a number with its own digits", '{"records":[1.0]}'],
  ["a second list", '{"records":[{"a":1}],"more":[{"b":1}]}'],
  ["values that are no objects", '{"records":[{"a":1},2]}'],
  ["a list in a list", '{"records":[[{"a":1}]]}'],
  ["nesting that is cut", `{"records":[{"a":${"[".repeat(200)}${"]".repeat(200)}}]}`],
] as const)("a page with %s has none", ([, body]) => {
  expect(readTexts(body).texts).toEqual([]);
});

test("empty lists and other objects beside the list do not matter", () => {
  const { texts } = readTexts('{"meta":{"b":{"c":1}},"errors":[],"records":[{"a":1}],"x":{"y":[{"z":1}]}}');
  expect(texts).toEqual(['{"a":1}']);
});
