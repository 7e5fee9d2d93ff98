import { execFileSync } from "node:child_process";
import { join } from "node:path";

/**
 * Runs one benchmark to its end, in a process of its own, and gives the figures of its JSON line.
 *
 * @param {string} script
 * @param {(string | number)[]} args
 * @returns {unknown}
 */
export function measureScript(script, ...args) {
  const output = execFileSync(process.execPath, [join(import.meta.dirname, script), ...args.map(String)], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  return JSON.parse(output);
}
