import type { Command } from "commander";
import type { CommandContext } from "./command.ts";

/** A command of the command line. What it does, and all that this needs, is loaded only for who asks for it. */
interface Entry {
  readonly name: string;
  readonly description: string;
  /** Whether its work is something else than what it prints, and is done even if that cannot be written. */
  readonly worksElsewhere?: true;
  readonly load: () => Promise<(context: CommandContext) => Command>;
}

/** Every command, in the order in which help lists them. */
export const commands: readonly Entry[] = [
  {
    name: "sync",
    description: "make the warehouse match ChartMogul, once",
    worksElsewhere: true,
    load: async () => (await import("./sync.ts")).syncCommand,
  },
  {
    name: "schedule",
    description: "sync again and again at the times of a cron expression, until stopped",
    worksElsewhere: true,
    load: async () => (await import("./schedule.ts")).scheduleCommand,
  },
  {
    name: "status",
    description: "show for each account and resource how the last sync went and how old the rows are",
    load: async () => (await import("./status.ts")).statusCommand,
  },
  {
    name: "check",
    description: "check the configuration, each key against ChartMogul, and the warehouse file",
    load: async () => (await import("./check.ts")).checkCommand,
  },
  {
    name: "changes",
    description:
      "what the syncs have found changed: customers won and lost, MRR, plans, statuses, restated months",
    load: async () => (await import("./changes/changes.ts")).changesCommand,
  },
  {
    name: "tables",
    description: "list the tables of a warehouse, or say what each column of one means",
    load: async () => (await import("./tables.ts")).tablesCommand,
  },
  {
    name: "query",
    description: "answer one SQL query from the warehouse, without being able to change it",
    load: async () => (await import("./query.ts")).queryCommand,
  },
  {
    name: "raw",
    description: "print a record as ChartMogul sent it",
    load: async () => (await import("./raw.ts")).rawCommand,
  },
  {
    name: "call",
    description: "answer one of the read functions in JSON, from the warehouse or live from ChartMogul",
    load: async () => (await import("./call.ts")).callCommand,
  },
  {
    name: "mcp",
    description: "serve the read functions and SQL queries to an agent, over standard input and output (MCP)",
    worksElsewhere: true,
    load: async () => (await import("./mcp.ts")).mcpCommand,
  },
  {
    name: "verify",
    description:
      "compare every table with the records that were received, with the others, and with ChartMogul",
    load: async () => (await import("./verify.ts")).verifyCommand,
  },
  {
    name: "rebuild",
    description: "fill the tables again from the records as they were received, without network",
    worksElsewhere: true,
    load: async () => (await import("./rebuild.ts")).rebuildCommand,
  },
  {
    name: "report",
    description:
      "write a page to read and show: MRR, movements, customers, cohorts, plans, invoices, freshness",
    worksElsewhere: true,
    load: async () => (await import("./report.ts")).reportCommand,
  },
  {
    name: "publish",
    description: "put a copy of the warehouse where others read it, all at once",
    worksElsewhere: true,
    load: async () => (await import("./publish.ts")).publishCommand,
  },
  {
    name: "export",
    description: "write the tables into a folder of Parquet, CSV or NDJSON files, all at once",
    worksElsewhere: true,
    load: async () => (await import("./export.ts")).exportCommand,
  },
  {
    name: "sandbox",
    description: "serve an invented ChartMogul on this machine, to try the product without a key",
    worksElsewhere: true,
    load: async () => (await import("./sandbox.ts")).sandboxCommand,
  },
  {
    name: "demo",
    description: "sync two invented accounts into demo.db and show what can be asked; needs no key",
    worksElsewhere: true,
    load: async () => (await import("./demo.ts")).demoCommand,
  },
];
