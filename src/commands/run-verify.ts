import { setImmediate as letOthersRun } from "node:timers/promises";
import type { ApiClient } from "../api/api-client.ts";
import { refuseDamage } from "../database/integrity.ts";
import { openForReading, type Warehouse } from "../database/open.ts";
import { ExplainedError, InterruptedError, WarehouseError } from "../errors.ts";
import { customers } from "../resources/customers.ts";
import { dailyMetrics } from "../resources/daily-metrics.ts";
import { resources } from "../resources/index.ts";
import type { Resource } from "../resources/resource.ts";
import type { Finding, Findings, Verification } from "../verify/findings.ts";
import { hints } from "../verify/hints.ts";
import { verifyRuns } from "../verify/runs.ts";
import { verifySample } from "../verify/sample.ts";
import { verifyTables } from "../verify/tables.ts";
import { verifyCounts, verifyMetrics, verifyPastDays } from "../verify/totals.ts";
import { verifyUnknownResources } from "../verify/unknown-resources.ts";
import { type ExitCode, exitCodes } from "./command.ts";
import { collectFindings, printFindings, summarise } from "./print-findings.ts";
import type { Terminal } from "./terminal.ts";

/** What to verify. */
export interface VerifyJob {
  /** The warehouse file. */
  readonly path: string;
  readonly accounts: readonly { readonly name: string; readonly api: ApiClient }[];
  /** Records of each resource to read again. */
  readonly sampleSize: number;
  readonly json: boolean;
  readonly signal: AbortSignal;
}

/** Verifies one account after the other and prints what it finds. */
export async function runVerify(job: VerifyJob, terminal: Terminal): Promise<ExitCode> {
  const { path, accounts, sampleSize, json, signal } = job;
  const findings: Finding[] = [];
  const wasStopped = await withWarehouse(path, async (warehouse) => {
    for (const { name, api } of accounts) {
      const printer = json ? collectFindings(findings, name) : printFindings(findings, name, terminal);
      const subject = { warehouse, account: name, api, size: sampleSize, signal };
      await verifyAccount(subject, printer.findings).finally(printer.end);
    }
  });
  if (json) terminal.data(JSON.stringify(findings, null, 2));
  else terminal.print(summarise(findings));
  if (wasStopped) terminal.note("stopped before the end; the findings are incomplete");
  const isFaulty = findings.some(({ outcome }) => outcome === "fault");
  return isFaulty || wasStopped ? exitCodes.failed : exitCodes.complete;
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
    await letOthersRun();
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
