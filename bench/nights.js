// Syncs an account of 10,000 customers on four nights from a sandbox with ChartMogul's limits: the first; a second on which nothing
// has happened, once with everything read and once with the shortcuts of a large account; and a third on which one customer in
// a hundred has changed. Prints one JSON line with the requests and seconds of each.
import { fork } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "#build/http/client.js";
import { resources } from "#build/resources/index.js";
import { defaultRules } from "#build/sync/rules.js";
import { sync } from "#build/sync/sync.js";

/** @import { Rules } from "#build/sync/rules.js" */

const customers = process.argv[2] ?? "10000";
const folder = mkdtempSync(join(tmpdir(), "warehouse-bench-"));
const [whole, path] = [join(folder, "whole.db"), join(folder, "warehouse.db")];
const server = fork(join(import.meta.dirname, "serve.js"), [customers]);
const large = { ...defaultRules, shortcuts: { listingMaxAgeDays: 7, lookbackDays: 35, fullWalkDays: 7 } };

/** @param {string} message */
async function ask(message) {
  server.send(message);
  const [counts] = await once(server, "message");
  return /** @type {{ answered: number, refused: number }} */ (counts);
}

try {
  const [{ url, key }] = /** @type {[{ url: string, key: string }]} */ (await once(server, "message"));
  /** @type {(file: string, days: number, rules: Rules) => Promise<{ requests: number, seconds: number, changed: number }>} */
  const night = async (file, days, rules) => {
    const now = () => new Date(Date.now() + days * 86_400_000);
    const api = createClient({
      url,
      key,
      requestsPerSecond: 39,
      connections: 18,
      onRetry: console.error,
      now,
    });
    const before = await ask("report");
    const began = performance.now();
    const reports = await sync({
      path: file,
      accounts: [{ name: "default", api }],
      resources,
      rules,
      trigger: "bench",
      signal: new AbortController().signal,
      now,
    });
    const seconds = Math.round((performance.now() - began) / 100) / 10;
    const unfinished = reports.filter(({ status }) => status !== "complete");
    if (unfinished.length > 0) throw new Error(JSON.stringify(unfinished));
    const { answered, refused } = await ask("report");
    if (refused > before.refused) console.error(`${refused - before.refused} requests refused`);
    const changed = reports.reduce(
      (sum, { inserted, updated, deleted }) => sum + inserted + updated + deleted,
      0,
    );
    return { requests: answered - before.answered, seconds, changed };
  };

  const first = await night(path, 0, defaultRules);
  copyFileSync(path, whole);
  const unchangedFull = await night(whole, 1, defaultRules);
  const unchanged = await night(path, 1, large);
  await ask("change");
  const changed = await night(path, 2, large);
  console.log(JSON.stringify({ customers: Number(customers), first, unchangedFull, unchanged, changed }));
} finally {
  server.disconnect();
  rmSync(folder, { recursive: true });
}
