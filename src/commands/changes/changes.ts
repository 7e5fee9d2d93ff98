import { Command, Option } from "commander";
import { type ChangesQuery, listAccounts, readChanges } from "../../changes/changes.ts";
import { openForReading, type Warehouse } from "../../database/open.ts";
import { resources } from "../../resources/index.ts";
import { formatTimestamp } from "../../schema/timestamp.ts";
import type { CommandContext } from "../command.ts";
import { addHelp, type HelpText, unreadable } from "../help.ts";
import { createAccountOption, requireResource, selectStoredAccounts } from "../selection.ts";
import { jsonFields, writeChangesAsJson } from "./json.ts";
import { layOutChanges } from "./lay-out-changes.ts";
import { parseSince } from "./parse-since.ts";
import { linesShown } from "./section.ts";

interface ChangesOptions {
  readonly since: Date;
  readonly account: readonly string[];
  readonly resource?: string;
  readonly json?: true;
}

const help: HelpText = {
  examples: ["chartmogul-warehouse changes", "chartmogul-warehouse changes --since 1w --account default"],
  notes: [
    "The records of a resource's first complete sync are not changes. The tables record_changes and daily_metric_restatements hold all changes.",
    `With --json, each account has these lists. Amounts are in hundredths of its currency:
${jsonFields}`,
  ],
  exitCodes: { ...unreadable, 0: "the changes are printed" },
};

export function createChangesCommand({ config, terminal }: CommandContext): Command {
  return addHelp(new Command("changes"), help)
    .addOption(
      new Option("--since <when>", "start: 12h, 1d or 2w ago, or a UTC date")
        .argParser((text) => parseSince(text))
        .default(parseSince("1d"), "1d"),
    )
    .addOption(createAccountOption())
    .option("--resource <name>", "only this resource")
    .option("--json", "print everything as JSON, including each single change")
    .action(({ since: from, account, resource, json }: ChangesOptions) => {
      const wanted = {
        since: formatTimestamp(from),
        resources:
          resource === undefined ? resources.map(({ name }) => name) : [requireResource(resource).name],
        most: json ? Infinity : linesShown,
      };
      const warehouse = openForReading(config().WAREHOUSE_PATH);
      try {
        // One transaction: a sync that commits meanwhile must not show in half of the output.
        warehouse.sqlite.transaction(() => {
          const all = selectStoredAccounts(account, listAccounts(warehouse)).map((name) => ({
            ...wanted,
            account: name,
          }));
          if (json) for (const text of writeChangesAsJson(warehouse, wanted.since, all)) terminal.data(text);
          else for (const line of textLines(warehouse, all)) terminal.print(line);
        })();
      } finally {
        warehouse.close();
      }
    });
}

function* textLines(warehouse: Warehouse, all: readonly ChangesQuery[]): Iterable<string> {
  for (const wanted of all) yield* layOutChanges(readChanges(warehouse, wanted), wanted);
}
