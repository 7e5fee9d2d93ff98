// Writes docs/commands.md from the command line, and docs/settings.md from the configuration; --print NAME prints one of them.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { findHelpText } from "#build/commands/help.js";
import { commands } from "#build/commands/index.js";
import { buildProgram } from "#build/commands/program.js";
import { createTerminal } from "#build/commands/terminal.js";
import { keySettings } from "#build/config/api-keys.js";
import { describeSettings, readConfig } from "#build/config.js";

/** @import { Command, Option } from "commander" */

/** @param {string} text */
const code = (text) => `\`${text}\``;
/** @param {readonly string[]} cells */
const row = (cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
/** @type {(titles: string[], rows: (readonly string[])[]) => string} */
const table = (titles, rows) => [row(titles), row(titles.map(() => "---")), ...rows.map(row)].join("\n");
/**
 * A sentence already ends with a full stop and may begin with a value in lower case.
 *
 * @param {string} text
 */
const sentence = (text) => (text.endsWith(".") ? text : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`);
/** @param {readonly string[]} lines */
const plain = (lines) => `\`\`\`text\n${lines.join("\n")}\n\`\`\``;
/** @param {readonly string[]} lines */
const shell = (lines) => `\`\`\`sh\n${lines.join("\n")}\n\`\`\``;
const written = "<!-- Written by `npm run reference` from the declarations in src/: change these. -->";

/**
 * What is in the place of the default: the option's own words, or its value.
 *
 * @param {Option} option
 */
function defaultOf({ defaultValue, defaultValueDescription }) {
  if (defaultValueDescription !== undefined) return defaultValueDescription;
  return defaultValue === undefined ? "" : code(String(defaultValue));
}

/** @param {Option} option */
function optionRow(option) {
  const { flags, description, argChoices } = option;
  const choices = argChoices === undefined ? "" : ` One of ${argChoices.map(code).join(", ")}.`;
  // A default that depends on something else is said in the description.
  const [, text = "", otherwise = ""] = /^(.*?)(?: \(default: (.*)\))?$/s.exec(description) ?? [];
  return [code(flags), otherwise || defaultOf(option), `${sentence(text)}${choices}`];
}

/** @param {Command} command */
const optionTable = (command) =>
  command.options.length === 0
    ? []
    : [table(["option", "default", "meaning"], command.options.map(optionRow))];

/** @param {Command} command */
const argumentTable = (command) =>
  command.registeredArguments.length === 0
    ? []
    : [
        table(
          ["argument", "meaning"],
          command.registeredArguments.map((argument) => [
            code(argument.name()),
            sentence(argument.description),
          ]),
        ),
      ];

/**
 * A note of several lines is a list: it is shown as it is.
 *
 * @param {string} note
 */
function noteBlocks(note) {
  const [first = "", ...lines] = note.split("\n");
  return lines.length === 0 ? [note] : [first, plain(lines.map((line) => line.replace(/^ {2}/, "")))];
}

/**
 * @param {Command} command
 * @param {string[]} names
 */
function synopsis(command, names) {
  const required = command.registeredArguments.map((argument) =>
    argument.required ? `<${argument.name()}>` : `[${argument.name()}]`,
  );
  const function_ = command.commands.length > 0 ? ["<function>"] : [];
  const options = command.options.length > 0 ? ["[options]"] : [];
  return plain([["chartmogul-warehouse", ...names, ...function_, ...options, ...required].join(" ")]);
}

/**
 * @param {Command} command
 * @returns {string[]}
 */
function commandSection(command) {
  const text = findHelpText(command);
  if (text === undefined) throw new Error(`${command.name()} has no help text`);
  const { examples, notes = [], exitCodes } = text;
  return [
    `### ${command.name()}`,
    command.description(),
    synopsis(command, [command.name()]),
    ...argumentTable(command),
    ...optionTable(command),
    ...notes.flatMap(noteBlocks),
    examples.length === 1 ? "Example:" : "Examples:",
    shell(examples),
    table(["exit code", "meaning"], Object.entries(exitCodes)),
    ...command.commands.flatMap((each) => [
      `#### ${command.name()} ${each.name()}`,
      each.description(),
      ...optionTable(each),
    ]),
  ];
}

async function commandsDocument() {
  const program = await buildProgram(
    commands.map(({ name }) => name),
    {
      terminal: createTerminal(process.stdout, process.stderr),
      stopSignal: () => new AbortController().signal,
      loadConfig: async () => readConfig,
    },
  );
  const names = [...new Set(program.commands.map((command) => command.helpGroup()))];
  /** @param {string} group */
  const of = (group) => program.commands.filter((command) => command.helpGroup() === group);
  return [
    written,
    "# Commands",
    "`npx chartmogul-warehouse COMMAND` runs a command in a folder where the package is installed, or in this repository. `cmw` is short for `chartmogul-warehouse`. `--help` describes each command, and `--version` prints the versions of the program, Node and SQLite.",
    "Results go to standard output. The log, progress and errors go to standard error. [Settings](settings.md) apply to all commands, and an option takes precedence over its setting.",
    ...names.flatMap((group) => [
      `**${group.replace(":", "")}**`,
      table(
        ["command", "what it does"],
        of(group).map((command) => [`[${command.name()}](#${command.name()})`, command.description()]),
      ),
    ]),
    ...names.flatMap((group) => [
      `## ${group.replace(":", "")} commands`,
      ...of(group).flatMap(commandSection),
    ]),
  ];
}

/** @type {[string, RegExp][]} */
const groups = [
  ["ChartMogul", /^(CHARTMOGUL_|HTTPS?_PROXY|NO_PROXY)/],
  ["Warehouse", /^WAREHOUSE_/],
  ["Sync", /^SYNC_/],
  ["Log", /^LOG_/],
];

function settingsDocument() {
  const settings = [...keySettings, ...describeSettings()];
  /** @param {{ name: string, meaning: string, unit?: string | undefined, unset?: string | undefined, default?: string | undefined }} entry */
  const settingRow = ({ name, meaning, unit = "", unset = "", default: value }) => [
    code(name),
    value === undefined ? unset : code(value),
    unit,
    meaning,
  ];
  return [
    written,
    "# Settings",
    "Settings are environment variables. A variable that the environment does not set is read from the file `.env` in the working folder. An option of a command takes precedence over both.",
    "An empty variable counts as not set. A name that looks like a setting and is unknown causes a warning, which names the nearest setting. `chartmogul-warehouse check` tests the settings.",
    ...groups.flatMap(([title, names]) => [
      `## ${title}`,
      table(
        ["variable", "default", "unit", "meaning"],
        settings.filter(({ name }) => names.test(name)).map(settingRow),
      ),
    ]),
  ];
}

const documents = { commands: commandsDocument, settings: settingsDocument };
const [flag, wanted] = process.argv.slice(2);
for (const [name, write] of Object.entries(documents)) {
  const text = `${(await write()).join("\n\n")}\n`;
  if (flag !== "--print") writeFileSync(join(import.meta.dirname, `../docs/${name}.md`), text);
  else if (name === wanted) process.stdout.write(text);
}
