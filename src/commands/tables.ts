import { Command } from "commander";
import { describeTable } from "../dictionary/describe-table.ts";
import { createDictionary, type TableEntry } from "../dictionary/dictionary.ts";
import type { CommandContext } from "./command.ts";
import { layOut } from "./table.ts";

export function tablesCommand({ terminal }: CommandContext): Command {
  return new Command("tables")
    .argument("[name]", "such as customers")
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      `
Examples:
  $ chartmogul-warehouse tables
  $ chartmogul-warehouse tables invoice_line_items

No warehouse is needed: this is what this version makes. The same is in the table data_dictionary.`,
    )
    .action((name: string | undefined, { json }: { json?: true }) => {
      const [answer, lines] = name === undefined ? all(createDictionary()) : one(describeTable(name));
      if (json) terminal.data(JSON.stringify(answer, null, 2));
      else for (const line of lines) terminal.print(line);
    });
}

/** What is printed as JSON, and as lines. */
type Printed = readonly [unknown, readonly string[]];

function all(entries: readonly TableEntry[]): Printed {
  const rows = entries.map(({ name, meaning }) => ({ name, meaning }));
  const lines = layOut(
    ["table", "meaning"],
    rows.map(({ name, meaning }) => [name, meaning]),
  );
  return [rows, lines];
}

function one(entry: TableEntry): Printed {
  const { name, meaning, primary_key, references, columns } = entry;
  const lines = layOut(
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
  const head = [
    `${name}: ${meaning}`,
    `Primary key: ${primary_key.join(", ")}`,
    ...references.map(({ columns: naming, table }) => `${naming.join(", ")} names a row of ${table}`),
    "",
  ];
  return [entry, [...head, ...lines]];
}
