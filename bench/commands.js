// What `verify`, `report`, `export` and `publish` take on the warehouse given as argument: each is a process of its own, as an operator
// runs it. Prints one JSON line: seconds, seconds of processor time and peak memory of each. `verify` asks a ChartMogul that refuses
// the key, so it does all that it can do alone.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";

/** @import { AddressInfo } from "node:net" */
/** @import { Readable } from "node:stream" */

const [file = "", cli = join(import.meta.dirname, "../dist/cli.js")] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "warehouse-bench-"));

/** @type {Record<string, { args: string[], isDone?: (output: string, status: number) => boolean }>} */
const commands = {
  verify: {
    args: ["verify", "--json"],
    isDone(output) {
      /** @type {{ subject: string, outcome: string }[]} */
      const findings = JSON.parse(output);
      return findings.every(({ subject, outcome }) => outcome !== "fault" || subject === "ChartMogul");
    },
  },
  report: { args: ["report", "--output", join(folder, "report.html")] },
  "export, Parquet": { args: ["export", "--to", join(folder, "parquet")] },
  "export, CSV": { args: ["export", "--format", "csv", "--to", join(folder, "csv")] },
  publish: { args: ["publish", "--output", join(folder, "published.db")] },
};

/** Makes a process say at its end, to its fourth file descriptor, what it took. */
const confess = `data:text/javascript,${encodeURIComponent(
  `import { writeSync } from "node:fs";
  process.on("exit", () => writeSync(3, JSON.stringify(process.resourceUsage())));`,
)}`;

/**
 * @param {string} url
 * @param {(typeof commands)[string]} command
 */
async function run(url, { args, isDone = (_, status) => status === 0 }) {
  const began = performance.now();
  const child = spawn(process.execPath, ["--import", confess, cli, ...args], {
    cwd: folder,
    env: { CHARTMOGUL_API_KEY: "bench-key", CHARTMOGUL_API_URL: url, WAREHOUSE_PATH: resolve(file) },
    stdio: ["ignore", "pipe", "inherit", "pipe"],
  });
  const [output, said, [status]] = await Promise.all([
    text(/** @type {Readable} */ (child.stdout)),
    text(/** @type {Readable} */ (child.stdio[3])),
    /** @type {Promise<[number]>} */ (once(child, "close")),
  ]);
  const seconds = (performance.now() - began) / 1000;
  if (!isDone(output, status)) throw new Error(`${args.join(" ")} ended with ${status}: ${output}`);
  /** @type {NodeJS.ResourceUsage} */
  const usage = JSON.parse(said);
  return {
    seconds: Math.round(seconds * 10) / 10,
    processorSeconds: Math.round((usage.userCPUTime + usage.systemCPUTime) / 100_000) / 10,
    peakMegabytes: Math.round(usage.maxRSS / 1024),
  };
}

const server = createServer((_, response) => void response.writeHead(401).end("{}"));
try {
  await once(server.listen(0, "127.0.0.1"), "listening");
  const url = `http://127.0.0.1:${/** @type {AddressInfo} */ (server.address()).port}/v1`;
  /** @type {Record<string, Awaited<ReturnType<typeof run>>>} */
  const figures = {};
  for (const [name, command] of Object.entries(commands)) figures[name] = await run(url, command);
  console.log(JSON.stringify(figures));
} finally {
  server.close();
  rmSync(folder, { recursive: true });
}
