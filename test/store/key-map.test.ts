import { expect, test } from "vitest";
import { createKeyMap } from "../../src/store/key-map.ts";

test("every key of many is found at its row, and no other key is", () => {
  const map = createKeyMap();
  const key = (number: number) => `default\ninvoices\ninv_${number.toString(16).padStart(32, "0")}`;
  for (let row = 1; row <= 50_000; row += 1) map.set(key(row), row);
  for (let row = 1; row <= 50_000; row += 1) expect(map.find(key(row))).toBe(row);
  for (let row = 50_001; row <= 100_000; row += 1) expect(map.find(key(row))).toBeUndefined();
});

test("keys that differ in one character, in length or in their order are different keys", () => {
  const map = createKeyMap();
  const keys = ["", "a", "b", "ab", "ba", "aa", "aaa", "aab", "aba", "é", "e\u0301", "a\nb", "a b"];
  for (const [index, key] of keys.entries()) map.set(key, index + 1);
  expect(keys.map((key) => map.find(key))).toEqual(keys.map((_, index) => index + 1));
});

test("a key that is set again has the later row", () => {
  const map = createKeyMap();
  map.set("a", 1);
  map.set("a", 7);
  expect(map.find("a")).toBe(7);
});
