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
    load: async () => (await import("./sync.ts")).createSyncCommand,
  },
  {
    name: "schedule",
    group: "Sync",
    description: "Sync at the times of a cron expression, until stopped.",
    worksElsewhere: true,
    load: async () => (await import("./schedule.ts")).createScheduleCommand,
  },
  {
    name: "rebuild",
    group: "Sync",
    description: "Write the tables again from the stored raw records, without network.",
    worksElsewhere: true,
    load: async () => (await import("./rebuild.ts")).createRebuildCommand,
  },
  {
    name: "changes",
    group: "Ask",
    description:
      "Show what the syncs found changed: customers won and lost, MRR, plans, statuses, restated months.",
    load: async () => (await import("./changes/changes.ts")).createChangesCommand,
  },
  {
    name: "query",
    group: "Ask",
    description: "Run one SQL query, which cannot change the warehouse.",
    load: async () => (await import("./query.ts")).createQueryCommand,
  },
  {
    name: "tables",
    group: "Ask",
    description: "List the tables, or say what each column of one table means.",
    load: async () => (await import("./tables.ts")).createTablesCommand,
  },
  {
    name: "raw",
    group: "Ask",
    description: "Print one record as ChartMogul sent it.",
    load: async () => (await import("./raw.ts")).createRawCommand,
  },
  {
    name: "call",
    group: "Ask",
    description:
      "Run a read function and print its result as JSON, from the warehouse or live from ChartMogul.",
    load: async () => (await import("./call.ts")).createCallCommand,
  },
  {
    name: "mcp",
    group: "Ask",
    description:
      "Serve the read functions and SQL queries to an agent, over standard input and output (MCP).",
    worksElsewhere: true,
    load: async () => (await import("./mcp.ts")).createMcpCommand,
  },
  {
    name: "status",
    group: "Check",
    description: "Show how the last sync of each resource ended, and how old the rows are.",
    load: async () => (await import("./status.ts")).createStatusCommand,
  },
  {
    name: "check",
    group: "Check",
    description: "Check the configuration, each API key and the warehouse file.",
    load: async () => (await import("./check.ts")).createCheckCommand,
  },
  {
    name: "verify",
    group: "Check",
    description: "Compare the tables with the raw records, with each other and with ChartMogul.",
    load: async () => (await import("./verify.ts")).createVerifyCommand,
  },
  {
    name: "report",
    group: "Share",
    description: "Write an HTML page: MRR, movements, customers, cohorts, plans, invoices, freshness.",
    worksElsewhere: true,
    load: async () => (await import("./report.ts")).createReportCommand,
  },
  {
    name: "publish",
    group: "Share",
    description: "Replace the copy of the warehouse that others read.",
    worksElsewhere: true,
    load: async () => (await import("./publish.ts")).createPublishCommand,
  },
  {
    name: "export",
    group: "Share",
    description: "Write the tables as Parquet, CSV or NDJSON files.",
    worksElsewhere: true,
    load: async () => (await import("./export.ts")).createExportCommand,
  },
  {
    name: "demo",
    group: "Try",
    description: "Sync two invented accounts into demo.db and show what you can ask.",
    worksElsewhere: true,
    load: async () => (await import("./demo.ts")).createDemoCommand,
  },
  {
    name: "sandbox",
    group: "Try",
    description: "Serve an invented ChartMogul on this machine, to try the program without an API key.",
    worksElsewhere: true,
    load: async () => (await import("./sandbox.ts")).createSandboxCommand,
  },
];
