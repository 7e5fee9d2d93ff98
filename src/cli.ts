#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { type CommandContext, exitCodes } from "./commands/command.ts";
import { exitCodeFor, inWords } from "./commands/failure.ts";
import { commands } from "./commands/index.ts";
import { createTerminal } from "./commands/terminal.ts";
import { InterruptedError } from "./errors.ts";

// Everything else is loaded by the command that needs it: a start must not cost what it does not use (test/start.test.ts).

const terminal = createTerminal(process.stdout, process.stderr);

/** The first signal stops in good order; the second one is Node's own and stops at once. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => controller.abort(new InterruptedError()));
  }
  return controller.signal;
}

/** The command line that these arguments are for: of all its commands only those that they name are loaded. */
async function programFor(args: readonly string[]): Promise<Command> {
  const program = new Command("chartmogul-warehouse")
    .description("Keeps a complete, trustworthy copy of your ChartMogul accounts in one SQLite file.")
    .option("-V, --version", "output the versions of this program and of what it runs on")
    .on("option:version", () => {
      throw new VersionAsked();
    })
    // A command that was not loaded does not know its arguments.
    .configureHelp({ subcommandTerm: (command) => command.name() });
  const asked = commands.filter(({ name }) => args.includes(name));
  const context = asked.length > 0 ? await contextOfCommands() : undefined;
  for (const { name, description, load } of commands) {
    const loaded = context && args.includes(name) ? (await load())(context) : new Command(name);
    program.addCommand(loaded.description(description));
  }
  for (const command of withOwn(program)) command.exitOverride().showHelpAfterError("(--help tells more)");
  return program;
}

/** Thrown to get out of the parser; what it asks for takes longer than the parser waits. */
class VersionAsked extends Error {}

async function contextOfCommands(): Promise<CommandContext> {
  const { readConfig } = await import("./config.ts");
  return { config: readConfig, terminal, stopSignal };
}

const withOwn = (command: Command): Command[] => [command, ...command.commands.flatMap(withOwn)];

/** Says what went wrong in the form that was asked for; a log collector reads standard error, too. */
async function tell(error: unknown): Promise<void> {
  const { message, hint } = inWords(error);
  if (await wantsJson()) {
    const { createLog } = await import("./log.ts");
    createLog({ level: "error", format: "json", write: terminal.note }).error(message, { hint });
  } else {
    terminal.note(`error: ${message}`);
    if (hint !== undefined) terminal.note(`hint:  ${hint}`);
  }
}

/** What SQLite says while a command reads can only be about the file that the command was told to read. */
async function explained(thrown: unknown): Promise<unknown> {
  if (!(thrown instanceof Error && thrown.name === "SqliteError")) return thrown;
  const [{ readConfig }, { unusable }] = await Promise.all([
    import("./config.ts"),
    import("./warehouse/unusable.ts"),
  ]);
  return unusable(readConfig().WAREHOUSE_PATH, thrown);
}

async function wantsJson(): Promise<boolean> {
  const { readConfig } = await import("./config.ts");
  try {
    return readConfig().LOG_FORMAT === "json";
  } catch {
    // What is wrong with the configuration is just being told.
    return false;
  }
}

try {
  const program = await programFor(process.argv.slice(2));
  await program.parseAsync();
} catch (thrown) {
  terminal.live.clear();
  const error = await explained(thrown);
  if (error instanceof VersionAsked) {
    const { versionLine } = await import("./commands/version.ts");
    terminal.print(versionLine());
  } else if (error instanceof CommanderError) {
    // Commander has said it all; only help is no error.
    process.exitCode = error.exitCode === 0 ? exitCodes.complete : exitCodes.usage;
  } else {
    process.exitCode = exitCodeFor(error);
    await tell(error);
  }
}
