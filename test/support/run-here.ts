import { onTestFinished } from "vitest";
import { exitCodes } from "../../src/commands/command.ts";
import { runCommandLine } from "../../src/commands/command-line.ts";
import { readConfig } from "../../src/config.ts";
import { InterruptedError } from "../../src/errors.ts";
import type { Ended } from "./cli.ts";
import { collected } from "./collected.ts";

interface Surroundings {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

// A process has one folder and one exit code: commands wait for each other.
let last: Promise<unknown> = Promise.resolve();

/**
 * Runs a command to its end in this process, with nothing in its environment but what is given. For tests of what a command says:
 * that the command line leads to it, its streams and signals are tested by `run`, which starts a process.
 */
export function runHere(args: readonly string[], surroundings: Surroundings): Promise<Ended> {
  const stop = new AbortController();
  // A schedule that was to be refused and was not would keep all later commands waiting.
  onTestFinished(() => stop.abort(new InterruptedError()));
  const ended = last.then(() => runAlone(args, surroundings, stop.signal));
  last = ended.catch(() => {});
  return ended;
}

async function runAlone(
  args: readonly string[],
  { cwd, env = {} }: Surroundings,
  signal: AbortSignal,
): Promise<Ended> {
  const { terminal, all } = collected();
  const before = { folder: process.cwd(), exitCode: process.exitCode, umask: process.umask(0o022) };
  process.chdir(cwd);
  process.exitCode = undefined;
  try {
    const loadConfig = async () => () => readConfig(env, cwd);
    await runCommandLine(args, { terminal, stopSignal: () => signal, loadConfig });
    return { code: Number(process.exitCode ?? exitCodes.complete), ...all() };
  } finally {
    process.umask(before.umask);
    process.exitCode = before.exitCode;
    process.chdir(before.folder);
  }
}
