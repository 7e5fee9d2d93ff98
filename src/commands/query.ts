import { Command, Option } from "commander";
import { openReadOnly } from "../database/open-read-only.ts";
import { type QueryResult, runQuery } from "../database/query.ts";
import { toReadable } from "../database/to-readable.ts";
import { ConfigError } from "../errors.ts";
import { writeJson } from "../json/write-json.ts";
import type { CommandContext } from "./command.ts";
import { addHelp, type HelpText, unreadable } from "./help.ts";
import { layOut } from "./table.ts";

const formats = { table: tableLines, csv: csvLines, json: jsonLines } as const;
type Format = keyof typeof formats;

const help: HelpText = {
  examples: [
    'chartmogul-warehouse query "SELECT status, count(*) AS customers FROM customers GROUP BY status" --format csv',
  ],
  notes: ['Put two dashes before SQL that begins with a comment: query -- "-- how many? ..."'],
  exitCodes: {
    ...unreadable,
    0: "the rows are printed",
    2: "wrong usage, SQL or configuration, or there is no warehouse",
  },
};

export function createQueryCommand({ config, terminal }: CommandContext): Command {
  return addHelp(new Command("query"), help)
    .argument("<sql>", "one SELECT statement")
    .addOption(
      new Option("--format <format>", "format of the rows").choices(Object.keys(formats)).default("table"),
    )
    .action((statement: string, { format }: { format: Format }) => {
      const warehouse = openReadOnly(config().WAREHOUSE_PATH);
      try {
        const write = format === "table" ? terminal.print : terminal.data;
        for (const line of formats[format](runQuery(warehouse, statement))) write(line);
      } finally {
        warehouse.close();
      }
    });
}

function tableLines({ columns, rows }: QueryResult): Iterable<string> {
  return layOut(
    columns,
    [...rows].map((row) => row.map(toReadable)),
    String,
  );
}

/** Comma-separated values as in RFC 4180; NULL is an empty field. */
function* csvLines({ columns, rows }: QueryResult): Iterable<string> {
  const line = (values: readonly unknown[]) => values.map(csvField).join(",");
  yield line(columns);
  for (const row of rows) yield line(row.map(toReadable));
}

function csvField(value: unknown): string {
  const text = value === null ? "" : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A JSON list with one object for each row. */
function* jsonLines({ columns, rows }: QueryResult): Iterable<string> {
  const twice = columns.find((column, index) => columns.indexOf(column) !== index);
  if (twice !== undefined) {
    throw new ConfigError(`two columns have the name "${twice}"`, { hint: "Name each column with AS." });
  }
  let before = "[";
  for (const row of rows) {
    yield `${before}${writeJson(Object.fromEntries(columns.map((column, index) => [column, toReadable(row[index])])))}`;
    before = ",";
  }
  yield before === "[" ? "[]" : "]";
}
