import { Command } from "commander";
import { openForReading, type Warehouse } from "../database/open.ts";
import { ConfigError, NotFoundError } from "../errors.ts";
import { readJson } from "../json/read-json.ts";
import { writeJson } from "../json/write-json.ts";
import { readAccountNames } from "../state/linked-accounts.ts";
import { type AccountRecord, readRawRecords } from "../store/raw-records.ts";
import type { CommandContext } from "./command.ts";
import { addHelp, type HelpText, unreadable } from "./help.ts";
import { requireResource, selectStoredAccounts } from "./selection.ts";

const help: HelpText = {
  examples: [
    "chartmogul-warehouse raw daily_metrics 2026-01-31",
    "chartmogul-warehouse raw subscriptions cus_12ab/34cd --account production",
  ],
  exitCodes: {
    ...unreadable,
    0: "the record is printed",
    1: "there is no such record, or the warehouse is damaged",
  },
};

export function createRawCommand({ config, terminal }: CommandContext): Command {
  return addHelp(new Command("raw"), help)
    .argument("<resource>", "name of a resource, such as customers")
    .argument(
      "[key]",
      "primary key of the record, without the account; parts are joined by /; the resource account has no key",
    )
    .option("--account <name>", "the account, if several have such a record")
    .action((resource: string, key: string | undefined, { account }: { account?: string }) => {
      requireResource(resource);
      const warehouse = openForReading(config().WAREHOUSE_PATH);
      try {
        const { json } = findRecord(warehouse, { resource, key: key ?? "", account });
        terminal.data(writeJson(readJson(json), 2));
      } finally {
        warehouse.close();
      }
    });
}

interface RecordWanted {
  readonly resource: string;
  /** Empty for a resource with one record without a key. */
  readonly key: string;
  /** Undefined where only one account has it. */
  readonly account: string | undefined;
}

/** Throws a NotFoundError where there is none, and a ConfigError where several accounts have one. */
function findRecord(warehouse: Warehouse, { resource, key, account }: RecordWanted): AccountRecord {
  if (account !== undefined) selectStoredAccounts([account], readAccountNames(warehouse));
  const records = readRawRecords(warehouse, resource, key).filter(
    (record) => account === undefined || record.account === account,
  );
  const [record, ...others] = records;
  if (record === undefined) {
    const named = key === "" ? "" : ` "${key}"`;
    const where = account === undefined ? "the warehouse" : `account "${account}"`;
    throw new NotFoundError(`there is no record${named} of ${resource} in ${where}`, {
      hint: `To list keys: chartmogul-warehouse query "SELECT account, key FROM raw_records WHERE resource = '${resource}' LIMIT 10"`,
    });
  }
  if (others.length === 0) return record;
  throw new ConfigError(
    `${`${resource} ${key}`.trim()} is in ${records.map((each) => each.account).join(", ")}`,
    { hint: "Choose one with --account." },
  );
}
