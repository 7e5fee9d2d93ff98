import pLimit from "p-limit";

// More than an API client has places for, so it never waits.
const asksAtOnce = 32;

/** Requests each of these keys, several at once. Rejects only when all have ended, with the first error. */
export async function askEach(keys: readonly string[], ask: (key: string) => Promise<void>): Promise<void> {
  const limit = pLimit(asksAtOnce);
  const asked = await Promise.allSettled(keys.map((key) => limit(() => ask(key))));
  for (const result of asked) if (result.status === "rejected") throw result.reason;
}
