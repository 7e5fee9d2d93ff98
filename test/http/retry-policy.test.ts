import { describe, expect, test } from "vitest";
import {
  createRetry,
  type RetryPolicy,
  retryForMinutes,
  retryForSeconds,
} from "../../src/http/retry-policy.ts";

const createDelays = (policy: RetryPolicy) => {
  const retry = createRetry(policy, {
    once: false,
    hasAnswered: () => true,
    isStopped: () => false,
    describe: String,
    announce: () => {},
  });
  const { limit = 0, delay = () => 0, jitter } = retry.options;
  if (typeof jitter !== "function") throw new Error("there is no jitter");
  const delays = Array.from({ length: limit }, (_, index) => delay(index + 1));
  return { delays, jitter };
};

describe("the waits between the attempts of one request", () => {
  test.each<[string, RetryPolicy, number[]]>([
    ["a sync", retryForMinutes, [0.5, 1, 2, 4, 8, 16, 32, 60, 60, 60]],
    ["a question", retryForSeconds, [0.5, 1, 2]],
  ])("of %s", (_what, policy, seconds) => {
    expect(createDelays(policy).delays).toEqual(seconds.map((each) => each * 1000));
  });

  test("are by chance up to half shorter, and never longer", () => {
    const { jitter } = createDelays(retryForMinutes);
    const waits = Array.from({ length: 1000 }, () => jitter(1000));
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(500);
    expect(Math.max(...waits)).toBeLessThanOrEqual(1000);
    expect(Math.max(...waits) - Math.min(...waits)).toBeGreaterThan(300);
  });
});

test("a request that is to be sent once is not sent again", () => {
  const attempts = { hasAnswered: () => true, isStopped: () => false, describe: String, announce: () => {} };
  expect(createRetry(retryForMinutes, { ...attempts, once: true }).options.limit).toBe(0);
});
