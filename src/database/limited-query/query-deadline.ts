import { workerData } from "node:worker_threads";
import { endOfMemory, endOfTime, type WatchLimits } from "./query-ends.ts";

const { milliseconds, bytes } = workerData as WatchLimits;

// The main thread is busy inside SQLite and receives no message, so this thread ends the whole process.
setTimeout(() => process.kill(process.pid, endOfTime), milliseconds);

// Where the operating system limits memory, its limit applies first.
setInterval(() => {
  if (process.memoryUsage.rss() > bytes) process.kill(process.pid, endOfMemory);
}, 10);
