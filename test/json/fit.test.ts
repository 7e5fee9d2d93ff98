import { expect, test } from "vitest";
import { listNames } from "../../src/json/fit.ts";

test("a name that is cut in the middle of an emoji ends with a character that can be read", () => {
  expect(listNames([`${"x".repeat(39)}🚀`])).toBe(`${"x".repeat(39)}\ufffd…`);
});
