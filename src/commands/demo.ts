import { rmSync } from "node:fs";
import { Command } from "commander";
import { inspectWarehouse } from "../database/inspect.ts";
import { openForReading } from "../database/open.ts";
import { runQuery } from "../database/query.ts";
import { InterruptedError, WarehouseError } from "../errors.ts";
import { createApiClients } from "../http/api-clients.ts";
import { createLog } from "../log.ts";
import { resources } from "../resources/index.ts";
import { simulateBusyDay } from "../sandbox/busy-day.ts";
import { type Sandbox, startSandbox } from "../sandbox/sandbox.ts";
import type { ResourceReport } from "../sync/report.ts";
import type { CommandContext } from "./command.ts";
import { addHelp, type HelpText } from "./help.ts";
import { writeReport } from "./report.ts";
import { runSync } from "./run-sync.ts";
import { decideSyncExitCode } from "./sync-outcome.ts";
import { layOutReport } from "./sync-report.ts";
import { createRules } from "./sync-rules.ts";
import { groupDigits, layOut } from "./table.ts";
import type { Terminal } from "./terminal.ts";

const path = "demo.db";
const reportPath = "demo-report.html";
// Below the limit of 40: the server shares its thread with the sync and receives requests in small bunches.
export const requestsPerSecond = 36;

const growth = {
  question: "How has monthly recurring revenue grown? (account default)",
  sql: `SELECT month, round(mrr) AS mrr FROM mrr_movements_by_month
WHERE account = 'default' ORDER BY month`,
};

const questions = [
  {
    question: "Which plans earn most? (account tokyo)",
    sql: `SELECT plan, subscriptions, customers, mrr, currency, share_percent FROM mrr_by_plan
WHERE account = 'tokyo' ORDER BY mrr DESC LIMIT 6`,
  },
  {
    question: "How much is overdue, in which currency?",
    sql: `SELECT account, currency, count(*) AS invoices, round(sum(outstanding), 2) AS outstanding, max(days_overdue) AS days
FROM unpaid_invoices WHERE is_overdue
GROUP BY account, currency ORDER BY account, outstanding DESC`,
  },
];

const help: HelpText = {
  examples: ["chartmogul-warehouse demo"],
  notes: [
    "It needs no API key and no network. It leaves demo.db and demo-report.html in the working folder.",
  ],
  exitCodes: {
    0: "every sync was complete",
    1: "a sync was not complete, or the demo was stopped",
    2: "demo.db exists and is not from a demo",
  },
};

export function createDemoCommand({ config, terminal, stopSignal }: CommandContext): Command {
  return addHelp(new Command("demo"), help).action(async () => {
    removeOldDemo();
    const signal = stopSignal();
    const sandbox = await startSandbox();
    try {
      process.exitCode = await showAround(sandbox, requestsPerSecond, { config, terminal, signal });
    } finally {
      await sandbox.close();
    }
  });
}

interface Tour extends Pick<CommandContext, "config" | "terminal"> {
  readonly signal: AbortSignal;
}

/** Syncs the accounts of this sandbox into demo.db and shows what a user can ask. `requestsPerSecond` is for each API key. */
export async function showAround(
  sandbox: Sandbox,
  requestsPerSecond: number,
  { config, terminal, signal }: Tour,
): Promise<number> {
  const print = linesTo(terminal);
  const log = createLog({ level: "warn", format: "pretty", write: terminal.note });
  const settings = {
    ...config(),
    // No proxy leads back to this machine.
    HTTP_PROXY: undefined,
    CHARTMOGUL_API_URL: sandbox.url,
    CHARTMOGUL_REQUESTS_PER_SECOND: requestsPerSecond,
  };
  const accounts = createApiClients(settings, sandbox.worlds, { log, signal });
  const syncAll = async (rules = createRules(settings)) => {
    const job = { path, resources, rules, accounts, trigger: "demo", signal };
    const outcome = await runSync(job, terminal, log);
    if (signal.aborted) throw new InterruptedError("Run the demo again: it starts over.");
    return outcome;
  };

  const names = sandbox.worlds.map(({ account }) => account.name).join(" and ");
  print(`An invented ChartMogul is running at ${sandbox.url} with two accounts: ${names}.`);
  print("It allows 40 requests a second, like the real one. First sync:\n");
  const first = await syncAll();
  for (const line of layOutReport(first.reports)) print(line);

  answerQuestions(terminal);

  const shorter = createRules({ ...settings, SYNC_SUBSCRIPTIONS_MAX_AGE_DAYS: 7 });
  print(again);
  const second = await syncAll(shorter);
  print(totals(second.reports));

  print(meanwhile);
  for (const world of sandbox.worlds) simulateBusyDay(world);
  const third = await syncAll(shorter);
  print(totals(third.reports));

  writeReport(path, [], reportPath);
  print(next);
  return Math.max(...[first, second, third].map(decideSyncExitCode));
}

const again = `
Second sync, with SYNC_SUBSCRIPTIONS_MAX_AGE_DAYS=7: everything is read again, except old activities and the subscriptions
of most customers. Only changes are written.
`;

const meanwhile = `
Meanwhile, in both accounts: a customer signs up, one takes more seats, one cancels, an overdue invoice is paid,
two customers are merged, and one is deleted with its whole history. Third sync:
`;

/** What a sync read and wrote, in one line. */
function totals(reports: readonly ResourceReport[]): string {
  const total = (count: "fetched" | "inserted" | "updated" | "deleted" | "unchanged") =>
    groupDigits(reports.reduce((sum, report) => sum + report[count], 0));
  const what = `${total("inserted")} new, ${total("updated")} changed, ${total("deleted")} deleted`;
  return `${total("fetched")} records read: ${what}, ${total("unchanged")} unchanged.`;
}

const next = `
What next:
  See it all      open ${reportPath} in a browser: charts of both accounts, in one file
  What changed    WAREHOUSE_PATH=${path} npx chartmogul-warehouse changes
  Look around     sqlite3 ${path}        (or DuckDB, Datasette, Metabase, pandas: it is one SQLite file)
  Ask more        sqlite3 -box ${path} "SELECT * FROM mrr_by_plan"        (docs/queries.md has twenty queries)
  Your own data   put CHARTMOGUL_API_KEY=<a read-only key> into .env, then
                  npx chartmogul-warehouse check
                  npx chartmogul-warehouse sync
  Every night     npx chartmogul-warehouse schedule        (or a line in cron)`;

const elsewhere = "Move it away, or run the demo in another folder.";

/** The demo starts afresh, but never at the cost of a file that holds anything else. */
function removeOldDemo(): void {
  try {
    if (inspectWarehouse(path) === 0) return;
  } catch (cause) {
    if (!(cause instanceof WarehouseError)) throw cause;
    throw new WarehouseError(cause.message, { hint: elsewhere, cause: cause.cause });
  }
  const warehouse = openForReading(path);
  try {
    const [[others] = []] = [
      ...runQuery(warehouse, "SELECT count(*) FROM sync_runs WHERE trigger <> 'demo'").rows,
    ];
    if (others !== 0) {
      throw new WarehouseError(`${path} holds more than a demo`, { hint: elsewhere });
    }
  } finally {
    warehouse.close();
  }
  rmSync(path);
}

/** Prints a text of several lines. */
function linesTo({ print }: Terminal) {
  return (text: string) => {
    for (const line of text.split("\n")) print(line);
  };
}

function answerQuestions(terminal: Terminal): void {
  const print = linesTo(terminal);
  const warehouse = openForReading(path);
  try {
    const ask = ({ question, sql }: { question: string; sql: string }) => {
      print(`\n${question}\n`);
      print(sql.replaceAll(/^/gm, "  "));
      print("");
      const { columns, rows } = runQuery(warehouse, sql);
      return { columns, rows: [...rows] };
    };
    for (const line of bars(ask(growth).rows)) print(line);
    for (const question of questions) {
      const { columns, rows } = ask(question);
      for (const line of layOut(columns, rows)) print(line);
    }
  } finally {
    warehouse.close();
  }
}

const widest = 50;

/** A bar for each row of a label and a number. */
function bars(rows: readonly (readonly unknown[])[]): string[] {
  const largest = Math.max(1, ...rows.map(([, value]) => Number(value)));
  return rows.map(([label, value]) => {
    const length = Math.round((Number(value) / largest) * widest);
    return `${label}  ${"█".repeat(length)} ${groupDigits(Number(value))}`;
  });
}
