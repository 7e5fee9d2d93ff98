import { statSync } from "node:fs";
import { Command } from "commander";
import { publishWarehouse } from "../database/publish.ts";
import { ConfigError } from "../errors.ts";
import type { CommandContext } from "./command.ts";
import { addHelp, type HelpText } from "./help.ts";

const help: HelpText = {
  examples: ["chartmogul-warehouse publish --output published.db"],
  notes: [
    "If WAREHOUSE_PUBLISH_PATH is set, every complete sync publishes by itself. The copy holds what was committed last; a sync may be running. A reader who has the old copy open keeps reading it.",
    "If the command fails, the old copy stays.",
  ],
  exitCodes: {
    0: "the copy is written",
    1: "the copy could not be written",
    2: "wrong usage, configuration or path",
    3: "another publish is running",
  },
};

export function createPublishCommand({ config, terminal }: CommandContext): Command {
  return addHelp(new Command("publish"), help)
    .option("--output <path>", "path of the copy (default: WAREHOUSE_PUBLISH_PATH)")
    .action(({ output }: { output?: string }) => {
      const { WAREHOUSE_PATH, WAREHOUSE_PUBLISH_PATH } = config();
      const copy = output ?? WAREHOUSE_PUBLISH_PATH;
      if (copy === undefined) {
        throw new ConfigError("there is no path for the copy", {
          hint: "Give --output, or set WAREHOUSE_PUBLISH_PATH.",
        });
      }
      publishWarehouse(WAREHOUSE_PATH, copy);
      terminal.print(`${copy}: ${(statSync(copy).size / 1_000_000).toFixed(1)} MB`);
    });
}
