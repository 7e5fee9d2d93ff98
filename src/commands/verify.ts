import { setImmediate as untilOthersHadTheirTurn } from "node:timers/promises";
import { Command, InvalidArgumentError } from "commander";
import type { ApiClient } from "../api/api-client.ts";
import { refuseDamage } from "../database/integrity.ts";
import { openForReading, type Warehouse } from "../database/open.ts";
import { ExplainedError, InterruptedError, WarehouseError } from "../errors.ts";
import { createApiClients } from "../http/api-clients.ts";
import { customers } from "../resources/customers.ts";
import { dailyMetrics } from "../resources/daily-metrics.ts";
import { resources } from "../resources/index.ts";
import type { Resource } from "../resources/resource.ts";
import type { Finding, Findings, Verification } from "../verify/findings.ts";
import { formatCount } from "../verify/format.ts";
import { hints } from "../verify/hints.ts";
import { verifyRuns } from "../verify/runs.ts";
import { verifySample } from "../verify/sample.ts";
import { verifyTables } from "../verify/tables.ts";
import { verifyCounts, verifyMetrics, verifyPastDays } from "../verify/totals.ts";
import { verifyUnknownResources } from "../verify/unknown-resources.ts";
import { type CommandContext, type ExitCode, exitCodes } from "./command.ts";
import { createCommandLog } from "./command-log.ts";
import { addHelp, type HelpText, wrongUsage } from "./help.ts";
import { accountOption, selectAccounts } from "./selection.ts";
import type { Terminal } from "./terminal.ts";

interface Options {
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

export function verifyCommand({ config, terminal, stopSignal }: CommandContext): Command {
  return addHelp(new Command("verify"), help)
    .addOption(accountOption())
    .option("--deep", "also read a random sample of records again, and compare each field")
    .option(
      "--sample <number>",
      `records of each resource in the sample; implies --deep (default: ${usualSample})`,
      wholeNumber,
    )
    .option("--json", "print the findings as JSON")
    .action(async (options: Options) => {
      const settings = config();
      const log = createCommandLog(terminal, settings);
      const signal = stopSignal();
      const connections = createApiClients(settings, selectAccounts(settings, options.account), {
        log,
        signal,
      });
      const json = options.json === true;
      const job = { path: settings.WAREHOUSE_PATH, connections, size: sizeOf(options), json, signal };
      process.exitCode = await verify(job, terminal);
    });
}

interface VerifyJob {
  /** The warehouse file. */
  readonly path: string;
  readonly connections: readonly { readonly name: string; readonly api: ApiClient }[];
  /** Records of each resource to read again. */
  readonly size: number;
  readonly json: boolean;
  readonly signal: AbortSignal;
}

/** Verifies one account after the other and prints what it finds. */
export async function verify(job: VerifyJob, terminal: Terminal): Promise<ExitCode> {
  const { path, connections, size, json, signal } = job;
  const findings: Finding[] = [];
  const wasStopped = await withWarehouse(path, async (warehouse) => {
    for (const { name, api } of connections) {
      const told = json ? gathering(findings, name) : printing(findings, name, terminal);
      const subject = { warehouse, account: name, api, size, signal };
      await verifyAccount(subject, told.report).finally(told.end);
    }
  });
  if (json) terminal.data(JSON.stringify(findings, null, 2));
  else terminal.print(summary(findings));
  if (wasStopped) terminal.note("stopped before the end; the findings are incomplete");
  const isFaulty = findings.some(({ outcome }) => outcome === "fault");
  return isFaulty || wasStopped ? exitCodes.failed : exitCodes.complete;
}

function sizeOf({ deep, sample }: Options): number {
  return sample ?? (deep ? usualSample : 0);
}

/** Does the work on the warehouse and closes it. Gives true if the command was stopped before the end. */
async function withWarehouse(path: string, work: (warehouse: Warehouse) => Promise<void>): Promise<boolean> {
  const warehouse = openForReading(path);
  try {
    // Comparisons through a damaged index may agree although rows are missing.
    refuseDamage(path);
    await work(warehouse);
    return false;
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
    return true;
  } finally {
    warehouse.close();
  }
}

interface Subject {
  readonly warehouse: Warehouse;
  readonly account: string;
  readonly api: ApiClient;
  /** Records of each resource to read again. */
  readonly size: number;
  readonly signal: AbortSignal;
}

async function verifyAccount({ signal, ...subject }: Subject, report: Findings): Promise<void> {
  const pause = async () => {
    await untilOthersHadTheirTurn();
    signal.throwIfAborted();
  };
  const verification: Verification = { ...subject, report, pause };
  const context = { ...verification, ...subject };
  const { synced, current } = verifyRuns(verification, resources);
  if (synced.length === 0) return;
  verifyUnknownResources(verification, resources);
  await verifyTables(verification, synced, current);
  const areCurrent = (...of: readonly Resource[]) => of.every((resource) => current.includes(resource));
  try {
    await verifyCounts(context, current);
    if (areCurrent(customers, dailyMetrics)) await verifyMetrics(context, dailyMetrics);
    // A sample contains days, too.
    if (subject.size > 0) await verifySample(context, current);
    else if (areCurrent(dailyMetrics)) await verifyPastDays(context, dailyMetrics);
  } catch (error) {
    const isOfChartMogul = error instanceof ExplainedError && !(error instanceof WarehouseError);
    if (!isOfChartMogul || error instanceof InterruptedError) throw error;
    report.fault("ChartMogul", error.message, error.hint ?? hints.again);
  }
}

interface Told {
  readonly report: Findings;
  /** Prints what is left to print: there are no more findings of this account. */
  end(): void;
}

function gathering(findings: Finding[], account: string): Told {
  const add = (finding: Finding) => void findings.push(finding);
  return { report: reportTo(account, add), end() {} };
}

/** Prints agreements as they come, then warnings and faults, where they are easy to see. Equal hints in a row are printed once. */
function printing(findings: Finding[], account: string, { print }: Terminal): Told {
  const [warnings, faults]: [Finding[], Finding[]] = [[], []];
  const add = (finding: Finding) => {
    findings.push(finding);
    if (finding.outcome === "ok") print(line(finding));
    else (finding.outcome === "warning" ? warnings : faults).push(finding);
  };
  return {
    report: reportTo(account, add),
    end() {
      for (const warning of warnings) print(line(warning));
      for (const [index, fault] of faults.entries()) {
        print(line(fault));
        const { hint } = fault;
        if (hint !== undefined && hint !== faults[index + 1]?.hint) print(`      ${hint}`);
      }
    },
  };
}

function reportTo(account: string, add: (finding: Finding) => void): Findings {
  return {
    ok: (subject, found) => add({ account, subject, outcome: "ok", found }),
    warning: (subject, found) => add({ account, subject, outcome: "warning", found }),
    fault: (subject, found, hint) => add({ account, subject, outcome: "fault", found, hint }),
  };
}

const words = { ok: "ok   ", warning: "warn ", fault: "FAULT" } as const;

function line({ account, subject, outcome, found }: Finding): string {
  return `${words[outcome]} ${account} ${subject}: ${found}`;
}

function summary(findings: readonly Finding[]): string {
  const count = (of: Finding["outcome"]) => findings.filter(({ outcome }) => outcome === of).length;
  const agree = `${formatCount(count("ok"), "comparison")} ${count("ok") === 1 ? "agrees" : "agree"}`;
  return `${agree}, ${formatCount(count("warning"), "warning")}, ${formatCount(count("fault"), "fault")}`;
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError("Use a whole number from 1.");
  return number;
}
