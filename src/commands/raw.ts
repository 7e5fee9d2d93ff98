import { Command } from "commander";
import { openForReading } from "../database/open.ts";
import { ConfigError, WarehouseError } from "../errors.ts";
import { readJson } from "../json/read-json.ts";
import { writeJson } from "../json/write-json.ts";
import { readRawRecords } from "../store/raw-records.ts";
import type { CommandContext } from "./command.ts";
import { resourceNamed } from "./selection.ts";

export function rawCommand({ config, terminal }: CommandContext): Command {
  return new Command("raw")
    .argument("<resource>", "such as customers")
    .argument(
      "[key]",
      "primary key without the account, parts joined by /; none for the resource account",
      "",
    )
    .option("--account <name>", "account, where more than one has such a record")
    .addHelpText(
      "after",
      `
Examples:
  $ chartmogul-warehouse raw daily_metrics 2026-01-31
  $ chartmogul-warehouse raw subscriptions cus_12ab/34cd --account production`,
    )
    .action((resource: string, key: string, { account }: { account?: string }) => {
      resourceNamed(resource);
      const warehouse = openForReading(config().WAREHOUSE_PATH);
      try {
        const found = readRawRecords(warehouse, resource, key);
        const records = account === undefined ? found : found.filter((record) => record.account === account);
        const [record] = records;
        if (!record) {
          throw new WarehouseError(
            `there is no record ${key === "" ? "without a key" : key} of ${resource}${account ? ` in account ${account}` : ""}`,
            {
              hint: `Keys: chartmogul-warehouse query "SELECT account, key FROM raw_records WHERE resource = '${resource}' LIMIT 10"`,
            },
          );
        }
        if (records.length > 1) {
          throw new ConfigError(
            `${`${resource} ${key}`.trim()} is in ${records.map((each) => each.account).join(", ")}`,
            {
              hint: "Choose one with --account.",
            },
          );
        }
        terminal.data(writeJson(readJson(record.json), 2));
      } finally {
        warehouse.close();
      }
    });
}
