import { describe, expect, test } from "vitest";
import { ApiError, NotAllowedError } from "../../../src/errors.ts";
import {
  addFailure,
  addSuccess,
  findRefusal,
  trackFailures,
} from "../../../src/sync/read/listing-failures.ts";

const failing = (status?: number) => new ApiError("no", status === undefined ? {} : { status });
const notAllowed = () => new NotAllowedError("forbidden", { status: 403 });

/** Failures after these errors, one parent after the other. */
function failuresAfter(errors: readonly (ApiError | "read")[], failedBefore: readonly string[] = []) {
  const failures = trackFailures("subscriptions", new Set(failedBefore));
  for (const [number, error] of errors.entries()) {
    if (error === "read") addSuccess(failures, `cus_${number}`);
    else addFailure(failures, `cus_${number}`, error);
  }
  return failures;
}

const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

describe("child listings that cannot be read", () => {
  test.each<[string, readonly (ApiError | "read")[], boolean]>([
    ["4 in a row fail", times(4, () => failing(500)), false],
    ["5 in a row fail", times(5, () => failing(500)), true],
    ["5 in a row are not answered", times(5, () => failing()), true],
    ["5 in a row are limited", times(5, () => failing(429)), true],
    ["24 in a row are refused", times(24, () => failing(422)), false],
    ["25 in a row are refused", times(25, () => failing(422)), true],
    [
      "many fail with others read between them",
      times(20, () => [failing(500), "read" as const]).flat(),
      false,
    ],
  ])("stop the walk where %s: %#", (_name, errors, stops) => {
    expect(failuresAfter(errors).fatal !== undefined).toBe(stops);
  });

  test("do not stop the walk where the same parents failed before", () => {
    const failedBefore = times(6, () => "").map((_, number) => `cus_${number}`);
    const failures = failuresAfter(
      times(6, () => failing(500)),
      failedBefore,
    );
    expect(failures.fatal).toBeUndefined();
    expect(failures.errors.size).toBe(6);
  });

  test("are forgotten once they are read", () => {
    const failures = trackFailures("subscriptions", new Set());
    addFailure(failures, "cus_1", failing(500));
    addSuccess(failures, "cus_1");
    expect(failures).toMatchObject({ errors: new Map(), inARow: 0 });
  });

  test("stop the walk with the last error and its hint", () => {
    const failures = failuresAfter(times(5, () => new ApiError("out of order", { hint: "Wait." })));
    expect(failures.fatal).toMatchObject({
      message: "5 listings of subscriptions in a row could not be read, the last: out of order",
      hint: "Wait.",
    });
  });
});

describe("the key may read no child listing where", () => {
  test.each<[string, readonly (ApiError | "read")[], boolean, boolean]>([
    ["the only one was refused, and all are read", [notAllowed()], false, true],
    ["one of few was refused, and only a part is read", [notAllowed()], true, false],
    ["5 were refused, and only a part is read", times(5, notAllowed), true, true],
    ["one failed in another way", [notAllowed(), failing(500)], false, false],
    ["nothing failed", ["read"], false, false],
  ])("%s: %#", (_name, errors, isPartial, isRefused) => {
    expect(findRefusal(failuresAfter(errors), isPartial) !== undefined).toBe(isRefused);
  });

  test("none could be read, also before the walk was resumed", () => {
    const failures = failuresAfter([notAllowed()]);
    failures.hasRead = true;
    expect(findRefusal(failures, false)).toBeUndefined();
  });
});
