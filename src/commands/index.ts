import type { Command } from "commander";
import type { CommandContext } from "./command.ts";

/** What help lists commands under. */
export type CommandGroup = "Sync" | "Ask" | "Check" | "Share" | "Try";

/** A command of the command line. Its code, and all that this imports, is loaded when the command is named. */
interface CommandEntry {
  readonly name: string;
  readonly group: CommandGroup;
  readonly description: string;
  /** Its work is not what it prints: it succeeds even if its output cannot be written. */
  readonly worksElsewhere?: true;
  readonly load: () => Promise<(context: CommandContext) => Command>;
}

/** Every command, in the order in which help lists them. */
export const commands: readonly CommandEntry[] = [
  {
    name: "sync",
    group: "Sync",
    description: "Make the warehouse match ChartMogul, once.",
    worksElsewhere: true,
    load: async () => (await import("./sync.ts")).syncCommand,
  },
  {
    name: "schedule",
    group: "Sync",
    description: "Sync at the times of a cron expression, until stopped.",
    worksElsewhere: true,
    load: async () => (await import("./schedule.ts")).scheduleCommand,
  },
  {
    name: "rebuild",
    group: "Sync",
    description: "Write the tables again from the stored raw records, without network.",
    worksElsewhere: true,
    load: async () => (await import("./rebuild.ts")).rebuildCommand,
  },
  {
    name: "changes",
    group: "Ask",
    description:
      "Show what the syncs found changed: customers won and lost, MRR, plans, statuses, restated months.",
    load: async () => (await import("./changes/changes.ts")).changesCommand,
  },
  {
    name: "query",
    group: "Ask",
    description: "Run one SQL query, which cannot change the warehouse.",
    load: async () => (await import("./query.ts")).queryCommand,
  },
  {
    name: "tables",
    group: "Ask",
    description: "List the tables, or say what each column of one table means.",
    load: async () => (await import("./tables.ts")).tablesCommand,
  },
  {
    name: "raw",
    group: "Ask",
    description: "Print one record as ChartMogul sent it.",
    load: async () => (await import("./raw.ts")).rawCommand,
  },
  {
    name: "call",
    group: "Ask",
    description:
      "Run a read function and print its result as JSON, from the warehouse or live from ChartMogul.",
    load: async () => (await import("./call.ts")).callCommand,
  },
  {
    name: "mcp",
    group: "Ask",
    description:
      "Serve the read functions and SQL queries to an agent, over standard input and output (MCP).",
    worksElsewhere: true,
    load: async () => (await import("./mcp.ts")).mcpCommand,
  },
  {
    name: "status",
    group: "Check",
    description: "Show how the last sync of each resource ended, and how old the rows are.",
    load: async () => (await import("./status.ts")).statusCommand,
  },
  {
    name: "check",
    group: "Check",
    description: "Check the configuration, each API key and the warehouse file.",
    load: async () => (await import("./check.ts")).checkCommand,
  },
  {
    name: "verify",
    group: "Check",
    description: "Compare the tables with the received records, with each other and with ChartMogul.",
    load: async () => (await import("./verify.ts")).verifyCommand,
  },
  {
    name: "report",
    group: "Share",
    description: "Write an HTML page: MRR, movements, customers, cohorts, plans, invoices, freshness.",
    worksElsewhere: true,
    load: async () => (await import("./report.ts")).reportCommand,
  },
  {
    name: "publish",
    group: "Share",
    description: "Replace the copy of the warehouse that others read.",
    worksElsewhere: true,
    load: async () => (await import("./publish.ts")).publishCommand,
  },
  {
    name: "export",
    group: "Share",
    description: "Write the tables as Parquet, CSV or NDJSON files.",
    worksElsewhere: true,
    load: async () => (await import("./export.ts")).exportCommand,
  },
  {
    name: "demo",
    group: "Try",
    description: "Sync two invented accounts into demo.db and show what you can ask.",
    worksElsewhere: true,
    load: async () => (await import("./demo.ts")).demoCommand,
  },
  {
    name: "sandbox",
    group: "Try",
    description: "Serve an invented ChartMogul on this machine, to try the program without an API key.",
    worksElsewhere: true,
    load: async () => (await import("./sandbox.ts")).sandboxCommand,
  },
];
