import pLimit from "p-limit";

// More than a source has places for, so that it never waits.
const asksAtOnce = 32;

/** Asks for each of these keys, several at once. Rejects only when all have ended, with the first error. */
export async function askEach(keys: readonly string[], ask: (key: string) => Promise<void>): Promise<void> {
  const places = pLimit(asksAtOnce);
  const asked = await Promise.allSettled(keys.map((key) => places(() => ask(key))));
  for (const answer of asked) if (answer.status === "rejected") throw answer.reason;
}
