import { Command, Option } from "commander";
import { describeTable } from "../dictionary/describe-table.ts";
import { createDictionary, type TableEntry } from "../dictionary/dictionary.ts";
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
import { shapeOf } from "../schema/table.ts";
import type { CommandContext } from "./command.ts";
import { several } from "./selection.ts";

// Their rows serve the sync, or can be read by nobody else.
const inner: readonly string[] = [
  rawRecords,
  checkpoints,
  seenKeys,
  compressionDictionaries,
  refreshQueue,
  retries,
  tombstones,
].map((table) => shapeOf(table).name);

interface Options {
  readonly to: string;
  readonly format: FormatName;
  readonly table: readonly string[];
  readonly account: readonly string[];
}

export function exportCommand({ config, terminal }: CommandContext): Command {
  return new Command("export")
    .requiredOption("--to <folder>", "the folder; one that an export made is replaced")
    .addOption(new Option("--format <format>", "kind of the files").choices(formatNames).default("parquet"))
    .option("--table <name>", "only this table (may be repeated)", several, [])
    .option("--account <name>", "only this account (may be repeated)", several, [])
    .addHelpText(
      "after",
      `
Examples:
  $ chartmogul-warehouse export --to exports
  $ chartmogul-warehouse export --to invoices --format csv --table invoices --table invoice_line_items

Each table is a folder, partitioned by account: exports/customers/account=default/customers.parquet. Money in hundredths
is followed by the same amount in main units: mrr_in_cents, mrr. All tables are of the same moment, also while a sync is running.
Parquet needs DuckDB: npm install @duckdb/node-api
With --account, tables and columns over all accounts are left out: others' sums are in them.
Left out unless named by --table, since their rows only serve the sync:
  ${inner.join(", ")}
Exit code: 0 exported, 1 it could not be written, 2 wrong usage or folder, 3 another export is going on; then the old folder stays.`,
    )
    .action(async ({ to, format, table, account }: Options) => {
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

/** The tables of these names; where none is named, all that are of use to others. */
function chosen(names: readonly string[], accounts: readonly string[]): readonly TableEntry[] {
  // Whoever is to have one account must not find the sums of the others.
  const isOpen = (name: string) => accounts.length === 0 || !name.endsWith("_all_accounts");
  const usual = createDictionary().filter(({ name }) => !inner.includes(name) && isOpen(name));
  const closed = names.find((name) => !isOpen(name));
  if (closed !== undefined) {
    throw new ConfigError(`${closed} adds up all accounts and cannot be exported of some`, {
      hint: "Leave out --account, or this table.",
    });
  }
  return (names.length === 0 ? usual : [...new Set(names)].map(describeTable)).map((table) => ({
    ...table,
    columns: table.columns.filter(({ name }) => isOpen(name)),
  }));
}
