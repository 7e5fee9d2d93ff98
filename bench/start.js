// How long the command line takes to start, as an operator meets it: processor time of whole processes on a small warehouse, and
// how long after its start the first request of a sync leaves. Prints one JSON line, in milliseconds.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commands } from "#build/commands/index.js";
import { createDictionaryRows } from "#build/dictionary/dictionary.js";
import { resources } from "#build/resources/index.js";
import { generateWorld } from "#build/sandbox/generate-world.js";
import { refreshSummaries } from "#build/summaries/refresh-summaries.js";
import { sync } from "#build/sync/sync.js";
import { worldClient } from "./world-client.js";

/** @import { AddressInfo } from "node:net" */

const runs = Number(process.argv[2] ?? 15);
const cli = process.argv[3] ?? join(import.meta.dirname, "../dist/cli.js");
const folder = mkdtempSync(join(tmpdir(), "warehouse-bench-"));

async function fill() {
  const now = new Date();
  const world = generateWorld({
    name: "default",
    key: "bench-key",
    seed: 1,
    customers: 30,
    currency: "USD",
    timeZone: "UTC",
    now,
  });
  await sync({
    path: join(folder, "warehouse.db"),
    accounts: [{ name: "default", api: worldClient(world, now) }],
    resources,
    dictionary: createDictionaryRows(),
    refresh: refreshSummaries,
    trigger: "bench",
    signal: new AbortController().signal,
    now: () => now,
  });
}

/**
 * Processor time of one process, in milliseconds: the mean of some runs. A shell's `times` covers its children.
 *
 * @param {string[]} args
 */
function spent(args) {
  const { status } = spawnSync(process.execPath, args, { cwd: folder });
  if (status !== 0) throw new Error(`${args.join(" ")} ended with ${status}`);
  const script = `for run in $(seq ${runs}); do "$0" "$@" >/dev/null 2>&1; done; times`;
  const { stdout } = spawnSync("sh", ["-c", script, process.execPath, ...args], {
    cwd: folder,
    encoding: "utf8",
  });
  const [user = 0, system = 0] = (stdout.trim().split("\n").at(-1) ?? "").split(" ").map(milliseconds);
  return Math.round((user + system) / runs);
}

/** @param {string} text */
function milliseconds(text) {
  const [, minutes, seconds] = /^(\d+)m([\d.]+)s$/.exec(text) ?? [];
  return Number(minutes) * 60_000 + Number(seconds) * 1000;
}

/** From the start of a sync into a new file until its first request has come, in milliseconds. */
async function firstRequest() {
  /** @type {number | undefined} */
  let arrived;
  const server = createServer((_, response) => {
    arrived ??= performance.now();
    response.writeHead(401).end("{}");
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const empty = mkdtempSync(join(folder, "empty-"));
  const began = performance.now();
  const child = spawn(process.execPath, [cli, "sync"], {
    cwd: empty,
    env: {
      CHARTMOGUL_API_KEY: "bench-key",
      CHARTMOGUL_API_URL: `http://127.0.0.1:${/** @type {AddressInfo} */ (server.address()).port}/v1`,
    },
    stdio: "ignore",
  });
  await once(child, "close");
  server.close();
  if (arrived === undefined) throw new Error("the sync has sent no request");
  return arrived - began;
}

/** @param {() => Promise<number>} measure */
async function medianOf(measure) {
  /** @type {number[]} */
  const all = [];
  for (let run = 0; run < runs; run += 1) all.push(await measure());
  all.sort((one, other) => one - other);
  return Math.round(all[Math.floor(runs / 2)] ?? 0);
}

try {
  await fill();
  const starts = {
    "(node alone)": ["-e", "0"],
    "--version": [cli, "--version"],
    "--help": [cli, "--help"],
    status: [cli, "status"],
    "query SELECT 1": [cli, "query", "SELECT 1"],
    ...Object.fromEntries(commands.map(({ name }) => [`${name} --help`, [cli, name, "--help"]])),
  };
  /** @type {Record<string, number>} */
  const processor = {};
  for (const [name, args] of Object.entries(starts)) processor[name] = spent(args);
  console.log(JSON.stringify({ runs, processor, firstRequest: await medianOf(firstRequest) }));
} finally {
  rmSync(folder, { recursive: true });
}
