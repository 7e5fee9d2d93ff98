import { Command, CommanderError } from "commander";
import { type CommandContext, exitCodes } from "../../src/commands/command.ts";
import { exitCodeFor, inWords } from "../../src/commands/failure.ts";
import { readConfig } from "../../src/config.ts";
import { createLog } from "../../src/log.ts";
import { unusable } from "../../src/warehouse/unusable.ts";
import type { Ended } from "./cli.ts";
import { type Collected, collected } from "./collected.ts";

type CommandMaker = (context: CommandContext) => Command;

// Loaded by those who need them: a file of tests that runs one command does not wait for the others.
const commands: Readonly<Record<string, () => Promise<CommandMaker>>> = {
  call: async () => (await import("../../src/commands/call.ts")).callCommand,
  changes: async () => (await import("../../src/commands/changes/changes.ts")).changesCommand,
  check: async () => (await import("../../src/commands/check.ts")).checkCommand,
  export: async () => (await import("../../src/commands/export.ts")).exportCommand,
  query: async () => (await import("../../src/commands/query.ts")).queryCommand,
  raw: async () => (await import("../../src/commands/raw.ts")).rawCommand,
  rebuild: async () => (await import("../../src/commands/rebuild.ts")).rebuildCommand,
  status: async () => (await import("../../src/commands/status.ts")).statusCommand,
  sync: async () => (await import("../../src/commands/sync.ts")).syncCommand,
  tables: async () => (await import("../../src/commands/tables.ts")).tablesCommand,
  verify: async () => (await import("../../src/commands/verify.ts")).verifyCommand,
};

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
  const ended = last.then(() => runAlone(args, surroundings));
  last = ended.catch(() => {});
  return ended;
}

async function runAlone(args: readonly string[], { cwd, env = {} }: Surroundings): Promise<Ended> {
  const said = collected();
  const before = { folder: process.cwd(), exitCode: process.exitCode };
  process.chdir(cwd);
  process.exitCode = undefined;
  try {
    const config = () => readConfig(env, cwd);
    const stopSignal = () => new AbortController().signal;
    await parse(args, { config, terminal: said.terminal, stopSignal }, said);
    return { code: Number(process.exitCode ?? exitCodes.complete), ...said.all() };
  } finally {
    process.exitCode = before.exitCode;
    process.chdir(before.folder);
  }
}

/** Does what src/cli.ts does. */
async function parse(args: readonly string[], context: CommandContext, said: Collected): Promise<void> {
  try {
    const program = await programFor(args, context, said);
    await program.parseAsync(args, { from: "user" });
  } catch (thrown) {
    if (thrown instanceof CommanderError) {
      process.exitCode = thrown.exitCode === 0 ? exitCodes.complete : exitCodes.usage;
    } else {
      const isOfSqlite = thrown instanceof Error && thrown.name === "SqliteError";
      const error = isOfSqlite ? unusable(context.config().WAREHOUSE_PATH, thrown) : thrown;
      process.exitCode = exitCodeFor(error);
      tell(error, context);
    }
  }
}

async function programFor(
  [name = ""]: readonly string[],
  context: CommandContext,
  said: Collected,
): Promise<Command> {
  const make = await commands[name]?.();
  if (make === undefined) throw new Error(`${name} is not run here: add it to the commands`);
  const program = new Command("chartmogul-warehouse").addCommand(make(context));
  for (const command of withOwn(program)) {
    command
      .exitOverride()
      .showHelpAfterError("(--help tells more)")
      .configureOutput({
        writeOut: (text) => said.add("stdout", text),
        writeErr: (text) => said.add("stderr", text),
        getOutHelpWidth: () => 80,
        getErrHelpWidth: () => 80,
        getOutHasColors: () => false,
        getErrHasColors: () => false,
      });
  }
  return program;
}

const withOwn = (command: Command): Command[] => [command, ...command.commands.flatMap(withOwn)];

function tell(error: unknown, { config, terminal }: CommandContext): void {
  const { message, hint } = inWords(error);
  if (wantsJson(config)) {
    createLog({ level: "error", format: "json", write: terminal.note }).error(message, { hint });
  } else {
    terminal.note(`error: ${message}`);
    if (hint !== undefined) terminal.note(`hint:  ${hint}`);
  }
}

function wantsJson(config: CommandContext["config"]): boolean {
  try {
    return config().LOG_FORMAT === "json";
  } catch {
    return false;
  }
}
