// Syncs an account of 2,000 customers from a sandbox that counts 40 requests in a sliding second, allows 20 connections and takes
// 150 ms for each reply. The whole process is measured, from its start to its exit. Meanwhile other processes may keep processor
// cores busy. Prints one JSON line: the time taken as a multiple of the floor, requests / 40 s, and where the rest went.
// Arguments: customers, and the number of busy processes.
import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** @import { Delays } from "./measure.js" */

const [customers = "2000", busy = "0"] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "warehouse-bench-"));
const server = fork(join(import.meta.dirname, "serve.js"), [customers]);
const [{ url, key }] = /** @type {[{ url: string, key: string }]} */ (await once(server, "message"));
const others = Array.from({ length: Number(busy) }, () =>
  spawn(process.execPath, ["-e", "for (;;) {}"], { stdio: "ignore" }),
);

const now = () => performance.timeOrigin + performance.now();
/** @param {number} milliseconds */
const inSeconds = (milliseconds) => Math.round(milliseconds / 10) / 100;

try {
  const began = now();
  const sync = fork(join(import.meta.dirname, "../dist/cli.js"), ["sync"], {
    cwd: folder,
    env: { CHARTMOGUL_API_KEY: key, CHARTMOGUL_API_URL: url, LOG_LEVEL: "warn" },
    execArgv: ["--import", join(import.meta.dirname, "watch-requests.js")],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const watched = /** @type {Promise<[{ left: number[], lastAnswer: number, eventLoopDelay: Delays }]>} */ (
    once(sync, "message")
  );
  const [code] = await once(sync, "close");
  const ended = now();
  if (code !== 0) throw new Error(`the sync ended with ${code}`);
  const [{ left, lastAnswer, eventLoopDelay }] = await watched;
  server.send("report");
  const [{ answered, refused }] = /** @type {[{ answered: number, refused: number }]} */ (
    await once(server, "message")
  );
  const first = Math.min(...left);
  console.log(
    JSON.stringify({
      customers: Number(customers),
      busy: Number(busy),
      requests: answered,
      refused,
      floorSeconds: inSeconds((answered / 40) * 1000),
      seconds: inSeconds(ended - began),
      ratio: Math.round(((ended - began) / (answered / 40)) * 10) / 10_000,
      firstRequestAfter: inSeconds(first - began),
      endAfterLastAnswer: inSeconds(ended - lastAnswer),
      perSecondAtFirst: Math.round((left.filter((moment) => moment < first + 12_000).length / 12) * 10) / 10,
      eventLoopDelay,
    }),
  );
} finally {
  for (const other of others) other.kill();
  server.disconnect();
  rmSync(folder, { recursive: true });
}
