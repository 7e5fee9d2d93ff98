import { readFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";

/**
 * @typedef {Record<"p50" | "p99" | "max", number>} Delays Milliseconds.
 */

/** Bytes that this process has written so far, to files and pipes; NaN where the kernel does not count them (Linux does). */
export function countWrittenBytes() {
  try {
    return Number(/^wchar: (\d+)$/m.exec(readFileSync("/proc/self/io", "utf8"))?.[1]);
  } catch {
    return Number.NaN;
  }
}

/** The most memory that this process has had so far, in MB. */
export function getPeakMegabytes() {
  return Math.round(process.resourceUsage().maxRSS / 1024);
}

/** @param {number} bytes */
export function toMegabytes(bytes) {
  return Math.round(bytes / 104_857.6) / 10;
}

/** Watches how late the event loop is, until the returned function is called. */
export function watchEventLoop() {
  const resolution = 1;
  const histogram = monitorEventLoopDelay({ resolution });
  histogram.enable();
  /** @type {() => Delays} */
  return () => {
    histogram.disable();
    // The histogram holds the times between two turns of a timer, its own interval included.
    /** @param {number} nanoseconds */
    const late = (nanoseconds) => Math.max(0, Math.round(nanoseconds / 100_000 - resolution * 10) / 10);
    return {
      p50: late(histogram.percentile(50)),
      p99: late(histogram.percentile(99)),
      max: late(histogram.max),
    };
  };
}
