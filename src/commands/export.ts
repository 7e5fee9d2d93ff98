import { Command, Option } from "commander";
import { describeTable } from "../dictionary/describe-table.ts";
import { createDictionary, type DictionaryTable } from "../dictionary/dictionary.ts";
import { ConfigError } from "../errors.ts";
import { exportWarehouse } from "../export/export.ts";
import { type FormatName, formatNames } from "../export/format.ts";
import {
  checkpoints,
  compressionDictionaries,
  rawRecords,
  refreshQueue,
  retries,
  seenKeys,
  tombstones,
} from "../schema/sync-tables.ts";
import { getShape } from "../schema/table.ts";
import type { CommandContext } from "./command.ts";
import { addHelp, type HelpText } from "./help.ts";
import { collectValues, createAccountOption } from "./selection.ts";

// Their rows only serve the sync, or only this program can read them.
const inner: readonly string[] = [
  rawRecords,
  checkpoints,
  seenKeys,
  compressionDictionaries,
  refreshQueue,
  retries,
  tombstones,
].map((table) => getShape(table).name);

interface ExportOptions {
  readonly to: string;
  readonly format: FormatName;
  readonly table: readonly string[];
  readonly account: readonly string[];
}

const help: HelpText = {
  examples: [
    "chartmogul-warehouse export --to exports",
    "chartmogul-warehouse export --to invoices --format csv --table invoices --table invoice_line_items",
  ],
  notes: [
    "Each table is a folder, partitioned by account: exports/customers/account=default/customers.parquet. All tables are of the same moment, even while a sync runs.",
    "An amount in hundredths, such as mrr_in_cents, is followed by the same amount in main units, mrr.",
    "Parquet needs DuckDB: npm install @duckdb/node-api",
    "With --account, the tables and columns over all accounts are left out, because they contain sums of other accounts.",
    `These tables only serve the sync and are left out unless --table names them: ${inner.join(", ")}.`,
    "If the command fails, the old folder stays.",
  ],
  exitCodes: {
    0: "the files are written",
    1: "the files could not be written",
    2: "wrong usage, configuration or folder",
    3: "another export is running",
  },
};

export function createExportCommand({ config, terminal }: CommandContext): Command {
  return addHelp(new Command("export"), help)
    .requiredOption("--to <folder>", "folder to write; the folder of an earlier export is replaced")
    .addOption(new Option("--format <format>", "format of the files").choices(formatNames).default("parquet"))
    .addOption(
      new Option("--table <name>", "only this table; repeat the option for several")
        .argParser(collectValues)
        .default([], "all tables for readers"),
    )
    .addOption(createAccountOption())
    .action(async ({ to, format, table, account }: ExportOptions) => {
      const tables = chosen(table, account);
      const { rows, bytes } = await exportWarehouse({
        path: config().WAREHOUSE_PATH,
        to,
        format,
        tables,
        allTables: createDictionary(),
        accounts: account,
        now: () => new Date(),
      });
      const counted = `${tables.length} ${tables.length === 1 ? "table" : "tables"}, ${rows} rows`;
      terminal.print(`${to}: ${counted}, ${(bytes / 1_000_000).toFixed(1)} MB of ${format}`);
    });
}

/** The tables with these names; if none is named, all that are useful to readers. */
function chosen(names: readonly string[], accounts: readonly string[]): readonly DictionaryTable[] {
  // An export of one account must not contain sums of the others.
  const isOpen = (name: string) => accounts.length === 0 || !name.endsWith("_all_accounts");
  const usual = createDictionary().filter(({ name }) => !inner.includes(name) && isOpen(name));
  const closed = names.find((name) => !isOpen(name));
  if (closed !== undefined) {
    throw new ConfigError(
      `${closed} contains sums over all accounts and cannot be exported for some of them`,
      {
        hint: "Remove --account, or this table.",
      },
    );
  }
  return (names.length === 0 ? usual : [...new Set(names)].map(describeTable)).map((table) => ({
    ...table,
    columns: table.columns.filter(({ name }) => isOpen(name)),
  }));
}
