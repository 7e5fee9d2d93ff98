import { expect, test } from "vitest";
import { readRetryAfter } from "../../src/http/retry-after.ts";

const now = Date.parse("2026-11-28T12:00:00Z");
const inTwoMinutes = "Sat, 28 Nov 2026 12:02:00 GMT";

test.each([
  ["0", 0],
  ["7", 7000],
  [" 7 ", 7000],
  ["0.6", 600],
  ["3600", 3_600_000],
  ["1e400", 0],
  ["9".repeat(400), Number.POSITIVE_INFINITY],
  ["-1", 0],
  ["-3600", 0],
  ["+5", 0],
  ["0x10", 0],
  ["soon", 0],
  ["in 2099", 0],
  ["NaN", 0],
  ["Infinity", 0],
  ["", 0],
  [null, 0],
  [inTwoMinutes, 120_000],
  ["Saturday, 28-Nov-26 12:02:00 GMT", 120_000],
  ["Sat Nov 28 12:02:00 2026", 120_000],
  ["Sat, 28 Nov 2026 11:59:00 GMT", 0],
  ["Thu, 01 Jan 1970 00:00:00 GMT", 0],
  ["Sat, 99 Foo 2026 12:02:00 GMT", 0],
  ["5, 10", 10_000],
  ["10, 5", 10_000],
  ["0, -1, 3", 3000],
  [`5, ${inTwoMinutes}`, 120_000],
  [`${inTwoMinutes}, 5`, 120_000],
  [`${inTwoMinutes}, ${inTwoMinutes}`, 120_000],
])("Retry-After: %s asks to wait %d ms", (header, milliseconds) => {
  expect(readRetryAfter(header, now)).toBe(milliseconds);
});
