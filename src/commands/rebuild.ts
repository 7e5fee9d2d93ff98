import { Command, Option } from "commander";
import type { Warehouse } from "../database/open.ts";
import { requireWarehouse } from "../database/open-read-only.ts";
import { explainSqliteError } from "../database/sqlite-errors.ts";
import { createDictionaryRows } from "../dictionary/dictionary.ts";
import { tables } from "../dictionary/tables.ts";
import { ExplainedError } from "../errors.ts";
import { resources } from "../resources/index.ts";
import { createIndexes } from "../store/indexes.ts";
import { refreshSummaries } from "../summaries/refresh-summaries.ts";
import { forgetChanges } from "../summaries/stale-records.ts";
import { type RebuildReport, rebuild } from "../sync/rebuild.ts";
import { writeAlone } from "../sync/write-alone.ts";
import { type CommandContext, exitCodes } from "./command.ts";
import { addHelp, type HelpText, wrongUsage } from "./help.ts";
import { collectValues, requireResource } from "./selection.ts";
import { layOut } from "./table.ts";

interface RebuildOptions {
  readonly resource: readonly string[];
  readonly json?: true;
}

const help: HelpText = {
  examples: ["chartmogul-warehouse rebuild", "chartmogul-warehouse rebuild --resource customers"],
  notes: [
    "Use it after an update that adds columns, or where `verify` finds rows that differ from their raw records. It removes rows without a raw record. Each resource is one transaction.",
  ],
  exitCodes: {
    0: "all rows are written",
    1: "some records do not validate or cannot be read, or the summary tables could not be written",
    2: wrongUsage,
    3: "a sync is running",
  },
};

export function createRebuildCommand({ config, terminal }: CommandContext): Command {
  return addHelp(new Command("rebuild"), help)
    .addOption(
      new Option("--resource <name>", "only this resource; repeat the option for several")
        .argParser(collectValues)
        .default([], "all resources"),
    )
    .option("--json", "print the report as JSON")
    .action(async ({ resource, json }: RebuildOptions) => {
      const { WAREHOUSE_PATH } = config();
      const chosen = resource.length === 0 ? resources : resource.map(requireResource);
      requireWarehouse(WAREHOUSE_PATH);
      const place = { path: WAREHOUSE_PATH, dictionary: createDictionaryRows() };
      const { reports, unanswered } = await writeAlone(place, (warehouse) => {
        // Otherwise every row that is written again would be recorded as a change.
        forgetChanges(warehouse.sqlite);
        return { reports: rebuild(warehouse, chosen), unanswered: workOutAnswers(warehouse) };
      });
      if (json) terminal.data(JSON.stringify(reports, null, 2));
      else for (const line of reportLines(reports)) terminal.print(line);
      const left = [...trouble(reports), ...(unanswered === undefined ? [] : [unanswered])];
      for (const sentence of left) terminal.note(sentence);
      process.exitCode = left.length === 0 ? exitCodes.complete : exitCodes.failed;
    });
}

/** Writes the summary tables from the rebuilt tables. Gives the reason if that fails, since the other tables are rebuilt all the same. */
function workOutAnswers(warehouse: Warehouse): string | undefined {
  try {
    createIndexes(warehouse, tables);
    refreshSummaries(warehouse, new Date());
    return undefined;
  } catch (cause) {
    const error = explainSqliteError(warehouse.path, cause);
    if (error instanceof ExplainedError)
      return `the summary tables could not be written: ${error.message}. ${error.hint ?? "Run `check`."}`;
    throw error;
  }
}

function reportLines(reports: readonly RebuildReport[]): string[] {
  return layOut(
    ["account", "resource", "rebuilt", "removed", "rejected", "unreadable"],
    reports.map(({ account, resource, records, removed, rejected, unreadable }) => [
      account,
      resource,
      records,
      removed,
      rejected,
      unreadable,
    ]),
  );
}

/** What could not be rebuilt, and what to do about it. */
function trouble(reports: readonly RebuildReport[]): string[] {
  const sum = (of: "rejected" | "unreadable") => reports.reduce((total, report) => total + report[of], 0);
  const [rejected, unreadable] = [sum("rejected"), sum("unreadable")];
  const records = (count: number) => (count === 1 ? "1 record" : `${count} records`);
  const rows = (count: number) => (count === 1 ? "its row is unchanged" : "their rows are unchanged");
  return [
    ...(rejected > 0
      ? [
          `${records(rejected)} did not validate; ${rows(rejected)}. See rejected_records. Install a newer version, or report the reason.`,
        ]
      : []),
    ...(unreadable > 0
      ? [
          ...reports.flatMap(({ reasons }) => reasons),
          `${records(unreadable)} cannot be read; ${rows(unreadable)}. Restore a copy of the warehouse, or sync into a new file.`,
        ]
      : []),
  ];
}
