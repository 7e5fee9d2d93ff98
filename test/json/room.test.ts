import { expect, test } from "vitest";
import { inShort } from "../../src/json/room.ts";

test("a name that is cut in the middle of an emoji ends with a character that can be read", () => {
  expect(inShort([`${"x".repeat(39)}🚀`])).toBe(`${"x".repeat(39)}\ufffd…`);
});
