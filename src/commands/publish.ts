import { statSync } from "node:fs";
import { Command } from "commander";
import { publishWarehouse } from "../database/publish.ts";
import { ConfigError } from "../errors.ts";
import type { CommandContext } from "./command.ts";

export function publishCommand({ config, terminal }: CommandContext): Command {
  return new Command("publish")
    .option("--output <path>", "the copy (WAREHOUSE_PUBLISH_PATH)")
    .addHelpText(
      "after",
      `
Example:
  $ chartmogul-warehouse publish --output /srv/reports/chartmogul.db

Where WAREHOUSE_PUBLISH_PATH is set, every sync that was complete does so by itself. It works while a sync is running, too:
the copy is what was committed last. Whoever has the old copy open goes on reading it.
Exit code: 0 published, 1 it could not be written, 2 wrong usage or place, 3 another publish is going on; then the old copy stays.`,
    )
    .action(({ output }: { output?: string }) => {
      const { WAREHOUSE_PATH, WAREHOUSE_PUBLISH_PATH } = config();
      const copy = output ?? WAREHOUSE_PUBLISH_PATH;
      if (copy === undefined) {
        throw new ConfigError("it is not said where to", {
          hint: "Give --output, or set WAREHOUSE_PUBLISH_PATH.",
        });
      }
      publishWarehouse(WAREHOUSE_PATH, copy);
      terminal.print(`${copy}: ${(statSync(copy).size / 1_000_000).toFixed(1)} MB`);
    });
}
