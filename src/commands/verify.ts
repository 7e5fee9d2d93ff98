import { Command, InvalidArgumentError } from "commander";
import type { Source } from "../chartmogul/source.ts";
import { ExplainedError } from "../errors.ts";
import { dailyMetrics } from "../resources/daily-metrics.ts";
import { resources } from "../resources/index.ts";
import type { Finding, Report } from "../verify/finding.ts";
import { verifyItself } from "../verify/itself.ts";
import { verifySample } from "../verify/sample.ts";
import { verifyCounts, verifyMetrics } from "../verify/totals.ts";
import { openForReading, type Warehouse } from "../warehouse/open.ts";
import { type CommandContext, exitCodes } from "./command.ts";
import { logOn } from "./run-sync.ts";
import { connect, selectAccounts, several } from "./selection.ts";

interface Options {
  readonly account: readonly string[];
  readonly deep?: true;
  readonly sample: number;
  readonly json?: true;
}

export function verifyCommand({ config, terminal, stopSignal }: CommandContext): Command {
  return new Command("verify")
    .description("compare every table with itself and with ChartMogul")
    .option("--account <name>", "only this account; may be given several times", several, [])
    .option("--deep", "also read a random sample of records again and compare field by field")
    .option("--sample <number>", "records of each resource in that sample", wholeNumber, 50)
    .option("--json", "print the findings as JSON")
    .addHelpText(
      "after",
      `
Example:
  $ chartmogul-warehouse verify --deep

A difference that can have an innocent reason, such as a change since the last sync, is a warning with both figures.
Exit code: 0 if there is no fault, 1 if there is one, 2 wrong usage or configuration.`,
    )
    .action(async ({ account, deep, sample, json }: Options) => {
      const settings = config();
      const accounts = selectAccounts(settings, account);
      const log = logOn(terminal, settings);
      const warehouse = openForReading(settings.WAREHOUSE_PATH);
      const findings: Finding[] = [];
      const report = (finding: Finding) => {
        findings.push(finding);
        if (!json) terminal.print(line(finding));
      };
      try {
        for (const { name, source } of connect(settings, accounts, { log, signal: stopSignal() })) {
          await verifyAccount({ warehouse, account: name, source, size: deep ? sample : 0 }, report);
        }
      } finally {
        warehouse.close();
      }
      terminal.print(json ? JSON.stringify(findings, null, 2) : summary(findings));
      const isFaulty = findings.some(({ outcome }) => outcome === "fault");
      process.exitCode = isFaulty ? exitCodes.failed : exitCodes.complete;
    });
}

interface Subject {
  readonly warehouse: Warehouse;
  readonly account: string;
  readonly source: Source;
  /** Records of each resource to read again. */
  readonly size: number;
}

async function verifyAccount(subject: Subject, tell: (finding: Finding) => void): Promise<void> {
  const { warehouse, account } = subject;
  const report: Report = (outcome, about, found) => tell({ account, subject: about, outcome, found });
  // One transaction, so that a sync that goes on does not make the tables disagree.
  warehouse.sqlite.transaction(() => verifyItself(warehouse, account, resources, report))();
  try {
    const context = { ...subject, report };
    await verifyCounts(context, resources);
    await verifyMetrics(context, dailyMetrics);
    await verifySample(context, resources);
  } catch (error) {
    if (!(error instanceof ExplainedError)) throw error;
    report("fault", "ChartMogul", error.hint ? `${error.message}. ${error.hint}` : error.message);
  }
}

const words = { ok: "ok   ", warning: "warn ", fault: "FAULT" } as const;

function line({ account, subject, outcome, found }: Finding): string {
  return `${words[outcome]} ${account} ${subject}: ${found}`;
}

function summary(findings: readonly Finding[]): string {
  const count = (of: Finding["outcome"]) => findings.filter(({ outcome }) => outcome === of).length;
  return `${count("ok")} comparisons agree, ${count("warning")} warnings, ${count("fault")} faults`;
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError("Use a whole number from 1.");
  return number;
}
