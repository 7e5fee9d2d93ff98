import { Command, CommanderError } from "commander";
import type { Config } from "../config.ts";
import { type CommandContext, exitCodes } from "./command.ts";
import { exitCodeFor, inWords } from "./failure.ts";
import { commands } from "./index.ts";
import type { Terminal } from "./terminal.ts";

/** What the command line runs in. */
export interface Surroundings {
  readonly terminal: Terminal;
  readonly stopSignal: CommandContext["stopSignal"];
  /** Loads what reads the configuration. */
  readonly loadConfig: () => Promise<() => Config>;
}

/**
 * Runs the command that the arguments name, to its end, and sets the exit code of the process. Whatever goes wrong is told on the
 * terminal. Of the commands only those that the arguments name are loaded: a start must not cost what it does not use.
 */
export async function runCommandLine(args: readonly string[], surroundings: Surroundings): Promise<void> {
  const { terminal } = surroundings;
  try {
    const program = await programFor(args, surroundings);
    await program.parseAsync(args, { from: "user" });
  } catch (thrown) {
    terminal.live.clear();
    if (thrown instanceof VersionAsked) {
      const { versionLine } = await import("./version.ts");
      terminal.print(versionLine());
    } else if (thrown instanceof CommanderError) {
      // Commander has said it all; only help is no error.
      process.exitCode = thrown.exitCode === 0 ? exitCodes.complete : exitCodes.usage;
    } else {
      const error = await explained(thrown, surroundings);
      process.exitCode = exitCodeFor(error);
      await tell(error, surroundings);
    }
  }
}

async function programFor(args: readonly string[], surroundings: Surroundings): Promise<Command> {
  const program = new Command("chartmogul-warehouse")
    .description("Keeps a complete, trustworthy copy of your ChartMogul accounts in one SQLite file.")
    .option("-V, --version", "output the versions of this program and of what it runs on")
    .on("option:version", () => {
      throw new VersionAsked();
    })
    // A command that was not loaded does not know its arguments.
    .configureHelp({ subcommandTerm: (command) => command.name() });
  const isAsked = commands.some(({ name }) => args.includes(name));
  const context = isAsked ? await contextOfCommands(surroundings) : undefined;
  for (const { name, description, load } of commands) {
    const command = context && args.includes(name) ? (await load())(context) : new Command(name);
    program.addCommand(command.description(description));
  }
  const { print, note } = surroundings.terminal;
  const output = {
    writeOut: (text: string) => print(text.replace(/\n$/, "")),
    writeErr: (text: string) => note(text.replace(/\n$/, "")),
  };
  for (const command of withOwn(program)) {
    command.exitOverride().showHelpAfterError("(--help tells more)").configureOutput(output);
  }
  return program;
}

/** Thrown to get out of the parser, which does not wait for what is asked for. */
class VersionAsked extends Error {}

async function contextOfCommands({
  terminal,
  stopSignal,
  loadConfig,
}: Surroundings): Promise<CommandContext> {
  return { config: await loadConfig(), terminal, stopSignal };
}

const withOwn = (command: Command): Command[] => [command, ...command.commands.flatMap(withOwn)];

/** What SQLite says while a command reads can only be about the file that the command was told to read. */
async function explained(thrown: unknown, { loadConfig }: Surroundings): Promise<unknown> {
  if (!(thrown instanceof Error && thrown.name === "SqliteError")) return thrown;
  const [config, { unusable }] = await Promise.all([loadConfig(), import("../warehouse/unusable.ts")]);
  return unusable(config().WAREHOUSE_PATH, thrown);
}

/** Says what went wrong in the form that was asked for; a log collector reads standard error, too. */
async function tell(error: unknown, { terminal, loadConfig }: Surroundings): Promise<void> {
  const { message, hint } = inWords(error);
  if (wantsJson(await loadConfig())) {
    const { createLog } = await import("../log.ts");
    createLog({ level: "error", format: "json", write: terminal.note }).error(message, { hint });
  } else {
    terminal.note(`error: ${message}`);
    if (hint !== undefined) terminal.note(`hint:  ${hint}`);
  }
}

function wantsJson(config: () => Config): boolean {
  try {
    return config().LOG_FORMAT === "json";
  } catch {
    // What is wrong with the configuration is just being told.
    return false;
  }
}
