import type { Command } from "commander";
import type { ExitCode } from "./command.ts";

/** What help and docs/commands.md say of a command below its options. */
export interface HelpText {
  /** Lines for a shell. */
  readonly examples: readonly string[];
  /** Paragraphs; one with indented lines is printed as it is. */
  readonly notes?: readonly string[];
  /** What each exit code of the command means. */
  readonly exitCodes: Readonly<Partial<Record<ExitCode, string>>>;
}

export const wrongUsage = "wrong usage or configuration";

/** How a command ends that cannot read the warehouse. */
export const unreadable = {
  1: "the warehouse is damaged",
  2: "wrong usage or configuration, or there is no warehouse",
  3: "another program has locked the warehouse",
} as const;

const texts = new WeakMap<Command, HelpText>();

/** Adds the text to the help of the command, and gives the command back. */
export function addHelp(command: Command, text: HelpText): Command {
  texts.set(command, text);
  return command.addHelpText("after", () => writeHelp(command, text));
}

/** The text that was added to the help of the command; undefined where there is none. */
export function findHelpText(command: Command): HelpText | undefined {
  return texts.get(command);
}

function writeHelp(command: Command, { examples, notes = [], exitCodes }: HelpText): string {
  const width = command.configureOutput().getOutHelpWidth?.() ?? 80;
  const help = Object.assign(command.createHelp(), { helpWidth: width });
  const paragraphs = notes.map((note) => (/^ /m.test(note) ? note : help.boxWrap(note, width)));
  const codes = Object.entries(exitCodes).map(([code, meaning]) => help.formatItem(code, 1, meaning, help));
  return [
    "",
    examples.length === 1 ? "Example:" : "Examples:",
    ...examples.map((example) => `  $ ${example}`),
    ...paragraphs.flatMap((paragraph) => ["", paragraph]),
    "",
    "Exit codes:",
    ...codes,
  ].join("\n");
}
