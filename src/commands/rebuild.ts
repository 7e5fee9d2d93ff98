import { Command } from "commander";
import { resources } from "../resources/index.ts";
import { rebuild } from "../sync/rebuild.ts";
import { asSoleWriter } from "../sync/sole-writer.ts";
import { requireWarehouse } from "../warehouse/open.ts";
import { type CommandContext, exitCodes } from "./command.ts";
import { resourceNamed, several } from "./selection.ts";
import { layOut } from "./table.ts";

export function rebuildCommand({ config, terminal }: CommandContext): Command {
  return new Command("rebuild")
    .description("fill the tables again from the records as they were received, without network")
    .option("--resource <name>", "only this resource; may be given several times", several, [])
    .addHelpText(
      "after",
      `
Example:
  $ chartmogul-warehouse rebuild --resource customers

Of use after an update that adds columns. Each resource is one transaction: all of it is written, or nothing.
Exit code: 0 all rows are written, 1 some records no longer validate, 2 wrong usage, 3 a sync is running.`,
    )
    .action(async ({ resource }: { resource: readonly string[] }) => {
      const { WAREHOUSE_PATH } = config();
      const chosen = resource.length === 0 ? resources : resource.map(resourceNamed);
      requireWarehouse(WAREHOUSE_PATH);
      const reports = await asSoleWriter(WAREHOUSE_PATH, (warehouse) => rebuild(warehouse, chosen));
      const rows = reports.map(({ account, resource: name, records, rejected }) => [
        account,
        name,
        records,
        rejected,
      ]);
      for (const line of layOut(["account", "resource", "rebuilt", "rejected"], rows)) terminal.print(line);
      const rejected = reports.reduce((sum, report) => sum + report.rejected, 0);
      process.exitCode = rejected === 0 ? exitCodes.complete : exitCodes.failed;
    });
}
