import { Command, InvalidArgumentError } from "commander";
import { createApiClients } from "../http/api-clients.ts";
import type { CommandContext } from "./command.ts";
import { createCommandLog } from "./command-log.ts";
import { addHelp, type HelpText, wrongUsage } from "./help.ts";
import { runVerify } from "./run-verify.ts";
import { createAccountOption, selectAccounts } from "./selection.ts";

interface VerifyOptions {
  readonly account: readonly string[];
  readonly deep?: true;
  readonly sample?: number;
  readonly json?: true;
}

const usualSample = 50;

const help: HelpText = {
  examples: ["chartmogul-warehouse verify", "chartmogul-warehouse verify --deep --account default"],
  notes: [
    "A difference that may have a harmless reason, such as a change since the last sync, is a warning with both figures. A fault says what to do about it.",
    "The command changes nothing, and a sync may run at the same time.",
  ],
  exitCodes: {
    0: "there is no fault",
    1: "there is a fault, the file is damaged, or the command was stopped",
    2: wrongUsage,
  },
};

export function createVerifyCommand({ config, terminal, stopSignal }: CommandContext): Command {
  return addHelp(new Command("verify"), help)
    .addOption(createAccountOption())
    .option("--deep", "also read a random sample of records again, and compare each field")
    .option(
      "--sample <number>",
      `records of each resource in the sample; implies --deep (default: ${usualSample})`,
      parseSampleSize,
    )
    .option("--json", "print the findings as JSON")
    .action(async (options: VerifyOptions) => {
      const settings = config();
      const log = createCommandLog(terminal, settings);
      const signal = stopSignal();
      const accounts = createApiClients(settings, selectAccounts(settings, options.account), {
        log,
        signal,
      });
      const json = options.json === true;
      const sampleSize = readSampleSize(options);
      const job = { path: settings.WAREHOUSE_PATH, accounts, sampleSize, json, signal };
      process.exitCode = await runVerify(job, terminal);
    });
}

function readSampleSize({ deep, sample }: VerifyOptions): number {
  return sample ?? (deep ? usualSample : 0);
}

function parseSampleSize(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError("Use a whole number from 1.");
  return number;
}
