import { resolve } from "node:path";
import type { Command } from "commander";
import { type CommandContext, exitCodes } from "../../src/commands/command.ts";
import { readConfig } from "../../src/config.ts";
import type { Ended } from "./cli.ts";

interface Surroundings {
  /** Where `.env` and the warehouse are. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/**
 * Runs a command within this process, for tests of what it does rather than of how it is started. What the command throws is
 * thrown: making an exit code and words of it is for the command line, and tested there.
 */
export async function runWithin(
  command: (context: CommandContext) => Command,
  args: readonly string[],
  { cwd, env, signal = new AbortController().signal }: Surroundings,
): Promise<Ended> {
  const printed: string[] = [];
  const noted: string[] = [];
  const codeBefore = process.exitCode;
  process.exitCode = exitCodes.complete;
  try {
    await command({
      config: () => {
        const settings = readConfig(env, cwd);
        const { WAREHOUSE_PUBLISH_PATH: copy } = settings;
        return {
          ...settings,
          WAREHOUSE_PATH: resolve(cwd, settings.WAREHOUSE_PATH),
          ...(copy !== undefined && { WAREHOUSE_PUBLISH_PATH: resolve(cwd, copy) }),
        };
      },
      terminal: {
        print: (line) => printed.push(`${line}\n`),
        note: (line) => noted.push(`${line}\n`),
        live: { possible: false, show: () => {}, clear: () => {} },
      },
      stopSignal: () => signal,
    })
      .exitOverride()
      .parseAsync(args, { from: "user" });
    return { code: Number(process.exitCode), stdout: printed.join(""), stderr: noted.join("") };
  } finally {
    process.exitCode = codeBefore;
  }
}
