import { Command, CommanderError } from "commander";
import type { Config } from "../config.ts";
import { type CommandContext, exitCodes } from "./command.ts";
import { commands } from "./index.ts";
import type { Surroundings } from "./surroundings.ts";

/** Parses the arguments and runs the command that they name. Throws what the command throws; wrong usage is printed and sets the exit code. */
export async function runProgram(args: readonly string[], surroundings: Surroundings): Promise<void> {
  const program = await buildProgram(args, surroundings);
  const { written } = surroundings.terminal;
  try {
    await program.parseAsync(args, { from: "user" });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    if (thrown.code === versionAsked.code) {
      const { printVersion } = await import("./version.ts");
      await printVersion(surroundings.terminal);
      return written();
    }
    if (thrown.exitCode === 0) await written();
    // Commander has printed everything. Only help is not an error.
    process.exitCode = thrown.exitCode === 0 ? exitCodes.complete : exitCodes.usage;
  }
}

// Wherever the option is, no command runs.
const versionAsked = new CommanderError(0, "commander.version", "");

/** The program with all its commands. Only those that the arguments name are loaded; help describes the others. */
export async function buildProgram(args: readonly string[], surroundings: Surroundings): Promise<Command> {
  const program = new Command("chartmogul-warehouse")
    .description("Keeps a complete, trustworthy copy of your ChartMogul accounts in one SQLite file.")
    .option("-V, --version", "print the versions of this program, Node and SQLite")
    .on("option:version", () => {
      throw versionAsked;
    })
    .addHelpText(
      "after",
      `
chartmogul-warehouse COMMAND --help describes a command.
cmw is short for chartmogul-warehouse.`,
    );
  const isAsked = commands.some(({ name }) => args.includes(name));
  const context = isAsked ? await contextOfCommands(surroundings) : undefined;
  for (const { name, group, description, load, worksElsewhere } of commands) {
    const command = context && args.includes(name) ? (await load())(context) : new Command(name);
    if (!worksElsewhere) command.hook("postAction", surroundings.terminal.written);
    program.addCommand(command.description(description).helpGroup(`${group}:`));
  }
  const { print, note } = surroundings.terminal;
  const lines = (write: (line: string) => void) => (text: string) => {
    for (const line of text.replace(/\n$/, "").split("\n")) write(line);
  };
  const output = { writeOut: lines(print), writeErr: lines(note) };
  for (const command of withOwn(program)) {
    command
      .exitOverride()
      .showHelpAfterError("(see --help)")
      .configureOutput(output)
      .configureHelp({
        subcommandTerm: (each) => each.name(),
        visibleCommands: (each) => [...each.commands],
      });
  }
  return program;
}

async function contextOfCommands({
  terminal,
  stopSignal,
  loadConfig,
}: Surroundings): Promise<CommandContext> {
  const [read, { createLog }] = await Promise.all([loadConfig(), import("../log.ts")]);
  const logOf = ({ LOG_LEVEL: level, LOG_FORMAT: format }: Config) =>
    createLog({ level, format, write: terminal.note });
  let isFirst = true;
  const config = () => {
    const settings = read();
    if (isFirst) {
      process.umask(umaskFor(settings.WAREHOUSE_FILE_MODE));
      for (const warning of settings.warnings) logOf(settings).warn(warning);
    }
    isFirst = false;
    return settings;
  };
  return { config, terminal, stopSignal };
}

/** The umask that gives every new file this mode, whichever library creates it. Who may read files may enter their folders. */
function umaskFor(mode: number): number {
  return 0o777 & ~(mode | ((mode & 0o444) >> 2));
}

const withOwn = (command: Command): Command[] => [command, ...command.commands.flatMap(withOwn)];
