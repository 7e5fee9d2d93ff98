import { setTimeout as wait } from "node:timers/promises";
import { vi } from "vitest";

// A timer must not overtake the network: what is awaited for 30 s may take more than half a real second.
const speed = 50;

/** Lets the timers of this process run faster while this happens, and says how long it would have taken without that. */
export async function withFastTimers<T>(
  happen: () => Promise<T>,
): Promise<{ result: T; milliseconds: number }> {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  try {
    let milliseconds = 0;
    let isOver = false;
    const happening = happen().finally(() => {
      isOver = true;
    });
    while (!isOver) {
      await wait(1);
      await vi.advanceTimersByTimeAsync(speed);
      milliseconds += speed;
    }
    return { result: await happening, milliseconds };
  } finally {
    vi.useRealTimers();
  }
}
