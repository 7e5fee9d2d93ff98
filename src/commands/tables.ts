import { Command } from "commander";
import { describeTable } from "../dictionary/describe-table.ts";
import { createDictionary, type DictionaryTable } from "../dictionary/dictionary.ts";
import type { CommandContext } from "./command.ts";
import { addHelp, type HelpText, wrongUsage } from "./help.ts";
import { layOut, wrap } from "./table.ts";

const help: HelpText = {
  examples: ["chartmogul-warehouse tables", "chartmogul-warehouse tables invoice_line_items"],
  notes: [
    "The command needs no warehouse. It describes the tables that this version creates. The table data_dictionary of a warehouse says the same.",
  ],
  exitCodes: { 0: "the description is printed", 2: wrongUsage },
};

export function createTablesCommand({ terminal }: CommandContext): Command {
  return addHelp(new Command("tables"), help)
    .argument("[name]", "name of a table, such as customers")
    .option("--json", "print the description as JSON")
    .action((name: string | undefined, { json }: { json?: true }) => {
      const described = name === undefined ? describeAll() : describeOne(describeTable(name));
      if (json) terminal.data(JSON.stringify(described.json, null, 2));
      else for (const line of described.lines(terminal.width)) terminal.print(line);
    });
}

/** A description in its two forms. */
interface Described {
  readonly json: unknown;
  /** Lines of at most `width` characters; of any length where it is undefined. */
  lines(width: number | undefined): readonly string[];
}

function describeAll(): Described {
  const entries = createDictionary().map(({ name, meaning }) => ({ name, meaning }));
  const widest = Math.max(...entries.map(({ name }) => name.length));
  const rowsOf = ({ name, meaning }: { name: string; meaning: string }, room: number) =>
    wrap(meaning, room).map((text, index) => [index === 0 ? name : "", text]);
  return {
    json: entries,
    lines(width = Infinity) {
      const room = Math.max(narrowest, width - widest - columnGap);
      return layOut(
        ["table", "meaning"],
        entries.flatMap((entry) => rowsOf(entry, room)),
      );
    },
  };
}

function describeOne(entry: DictionaryTable): Described {
  const { name, meaning, primary_key, references, columns } = entry;
  const head = [
    `${name}: ${meaning}`,
    `Primary key: ${primary_key.join(", ")}`,
    ...references.map(
      ({ columns: naming, table }) =>
        `${naming.join(", ")} ${naming.length === 1 ? "names" : "name"} a row of ${table}`,
    ),
  ];
  const table = layOut(
    ["column", "type", "null", "unit", "wire field", "meaning"],
    columns.map((column) => [
      column.name,
      column.type,
      column.nullable ? "yes" : "no",
      column.unit,
      column.wire_field,
      column.meaning,
    ]),
  );
  return {
    json: entry,
    lines(width = Infinity) {
      const fits = table.every((line) => line.length <= width);
      const body = fits ? table : columns.flatMap((column) => describeColumn(column, width));
      return [...head.flatMap((line) => wrap(line, width)), "", ...body];
    },
  };
}

type ColumnEntry = DictionaryTable["columns"][number];

/** A column over several lines, for a terminal that is too narrow for the table. */
function describeColumn(
  { name, type, nullable, unit, wire_field, meaning }: ColumnEntry,
  width: number,
): string[] {
  const facts = [
    type,
    nullable ? "may be NULL" : "not NULL",
    ...(unit === null ? [] : [`in ${unit}`]),
    ...(wire_field === null ? [] : [`from ${wire_field}`]),
  ];
  const texts = [facts.join(", "), meaning].flatMap((text) => wrap(text, width - indent.length));
  return [name, ...texts.map((text) => indent + text)];
}

const indent = "  ";
const columnGap = 2;
// Lines of one or two words are harder to read than lines that a terminal breaks.
const narrowest = 20;
