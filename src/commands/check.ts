import { Command } from "commander";
import { dotenvName } from "../config.ts";
import { createApiClients } from "../http/api-clients.ts";
import { retryOnce } from "../http/retry-policy.ts";
import type { Resource } from "../resources/resource.ts";
import { checkAccount } from "./check-account.ts";
import { checkCopy, checkWarehouse, printOddFields } from "./check-files.ts";
import { createCheckReport } from "./check-report.ts";
import { type CommandContext, exitCodes } from "./command.ts";
import { createCommandLog } from "./command-log.ts";
import { addHelp, type HelpText, wrongUsage } from "./help.ts";
import { selectAccounts, selectResources } from "./selection.ts";

const help: HelpText = {
  examples: ["chartmogul-warehouse check"],
  notes: [
    "Requests one record of each listing with each API key. A listing that a key may not read is a warning, not a fault.",
  ],
  exitCodes: { 0: "all is well", 1: "there is a fault", 2: wrongUsage },
};

export function createCheckCommand({ config, terminal, stopSignal }: CommandContext): Command {
  return addHelp(new Command("check"), help).action(async () => {
    const settings = config();
    const accounts = selectAccounts(settings, []);
    const selection = selectResources({ only: [], skip: [], setting: settings.SYNC_SKIP });
    const report = createCheckReport(terminal);
    report.good(
      "configuration",
      `${accounts.length} ${accounts.length === 1 ? "account" : "accounts"}, ${settings.CHARTMOGUL_API_URL}`,
    );
    report.warnOfReaders(dotenvName);
    const place = await checkWarehouse(report, settings);
    const { WAREHOUSE_PUBLISH_PATH: copy } = settings;
    if (copy !== undefined) await report.attempt("published copy", () => checkCopy(settings, copy));
    const log = createCommandLog(terminal, settings);
    const known = { path: place, resources: selection.resources };
    for (const { name, api } of createApiClients(settings, accounts, {
      log,
      signal: stopSignal(),
      retry: retryOnce,
    })) {
      await checkAccount(report, name, api, known);
    }
    if (selection.skipped.length > 0) report.good("skipped", namesOf(selection.skipped));
    if (place !== undefined) printOddFields(terminal, place);
    process.exitCode = report.allGood() ? exitCodes.complete : exitCodes.failed;
  });
}

const namesOf = (some: readonly Resource[]) => some.map(({ name }) => name).join(", ");
