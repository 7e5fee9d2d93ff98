import { spawn } from "node:child_process";
import { watch } from "node:fs";

/** @import { Sandbox } from "#build/sandbox/sandbox.js" */
/** @import { Program } from "../support/next-version.js" */
/** @import { Moment } from "./moments.js" */

/** The name of every warehouse here, each in a folder of its own. */
export const file = "warehouse.db";

/** The files of a warehouse, without the index of the WAL, which readers change, too. */
export const parts = new Set(["", "-wal", "-journal"].map((suffix) => file + suffix));

/**
 * @typedef {object} Attempt
 * @property {number | string | null} code
 * @property {string} output
 * @property {number | undefined} pid
 * @property {number} milliseconds
 * @property {number | undefined} touchedAfter
 */

/**
 * Runs a program's `sync` in a folder and kills it when `moment` says so, if it is still running then; without a moment to its end.
 * Gives its exit code (null where it was killed), what it wrote, how long it took and when it first touched the
 * warehouse, in milliseconds.
 *
 * @param {Program} program
 * @param {string} folder
 * @param {Sandbox} sandbox
 * @param {Moment} [moment]
 */
export async function attempt({ cli }, folder, sandbox, moment) {
  const began = performance.now();
  /** @type {number | undefined} */
  let touchedAfter;
  const watcher = watch(folder, (_event, name) => {
    if (name === null || !parts.has(name)) return;
    touchedAfter ??= performance.now() - began;
    moment?.seen(name.slice(file.length), kill);
  });
  const child = spawn(process.execPath, [cli, "sync"], {
    cwd: folder,
    env: environment(sandbox),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const kill = () => child.kill("SIGKILL");
  process.prependOnceListener("exit", kill);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
    });
  }
  moment?.begin(kill);
  try {
    /** @type {number | string | null} */
    const code = await new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code, signal) => resolve(signal === "SIGKILL" ? null : (code ?? signal)));
    });
    return { code, output, pid: child.pid, milliseconds: performance.now() - began, touchedAfter };
  } finally {
    moment?.end();
    watcher.close();
    process.off("exit", kill);
  }
}

/** @param {Sandbox} sandbox */
function environment({ url, worlds }) {
  const keys = worlds.map(({ name, key }) => [
    name === "default" ? "CHARTMOGUL_API_KEY" : `CHARTMOGUL_API_KEY_${name.toUpperCase()}`,
    key,
  ]);
  return {
    PATH: process.env["PATH"],
    CHARTMOGUL_API_URL: url,
    CHARTMOGUL_REQUESTS_PER_SECOND: "10000",
    // A day changes so much of these small accounts that it would exceed the delete limit.
    SYNC_DELETE_LIMIT_PERCENT: "100",
    ...Object.fromEntries(keys),
  };
}
