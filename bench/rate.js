// Syncs an account of 2,000 customers from a sandbox that counts 40 requests in a sliding second, allows 20 connections and takes
// 150 ms for each reply. Prints one JSON line: the time taken as a multiple of the floor, requests / 40 s.
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "#build/http/client.js";
import { resources } from "#build/resources/index.js";
import { sync } from "#build/sync/sync.js";

const customers = process.argv[2] ?? "2000";
const folder = mkdtempSync(join(tmpdir(), "warehouse-bench-"));
const server = fork(join(import.meta.dirname, "serve.js"), [customers]);

try {
  const [{ url, key }] = /** @type {[{ url: string, key: string }]} */ (await once(server, "message"));
  const api = createClient({ url, key, requestsPerSecond: 39, connections: 18, onRetry: console.error });
  const began = performance.now();
  const reports = await sync({
    path: join(folder, "warehouse.db"),
    accounts: [{ name: "default", api }],
    resources,
    trigger: "bench",
    signal: new AbortController().signal,
  });
  const seconds = (performance.now() - began) / 1000;
  const unfinished = reports.filter(({ status }) => status !== "complete");
  if (unfinished.length > 0) throw new Error(JSON.stringify(unfinished));
  server.send("report");
  const [{ answered, refused }] = /** @type {[{ answered: number, refused: number }]} */ (
    await once(server, "message")
  );
  const floor = answered / 40;
  /** @param {number} value */
  const tenths = (value) => Math.round(value * 10) / 10;
  console.log(
    JSON.stringify({
      customers: Number(customers),
      requests: answered,
      refused,
      seconds: tenths(seconds),
      floorSeconds: tenths(floor),
      ratio: Math.round((seconds / floor) * 1000) / 1000,
    }),
  );
} finally {
  server.disconnect();
  rmSync(folder, { recursive: true });
}
