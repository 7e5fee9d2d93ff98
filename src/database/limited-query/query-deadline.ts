import { workerData } from "node:worker_threads";
import { endOfMemory, endOfTime, type WatchLimits } from "./query-ends.ts";

const { milliseconds, bytes } = workerData as WatchLimits;

// The main thread is inside SQLite and hears nothing: this one ends the whole program.
setTimeout(() => process.kill(process.pid, endOfTime), milliseconds);

// Where the operating system limits memory by itself, it does so before.
setInterval(() => {
  if (process.memoryUsage.rss() > bytes) process.kill(process.pid, endOfMemory);
}, 10);
