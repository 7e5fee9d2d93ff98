#!/usr/bin/env node
import { readFileSync } from "node:fs";
import Database from "better-sqlite3";
import { Command, CommanderError } from "commander";
import { callCommand } from "./commands/call.ts";
import { changesCommand } from "./commands/changes/changes.ts";
import { checkCommand } from "./commands/check.ts";
import { type CommandContext, type ExitCode, exitCodes } from "./commands/command.ts";
import { demoCommand } from "./commands/demo.ts";
import { exportCommand } from "./commands/export.ts";
import { mcpCommand } from "./commands/mcp.ts";
import { publishCommand } from "./commands/publish.ts";
import { queryCommand } from "./commands/query.ts";
import { rawCommand } from "./commands/raw.ts";
import { rebuildCommand } from "./commands/rebuild.ts";
import { reportCommand } from "./commands/report.ts";
import { sandboxCommand } from "./commands/sandbox.ts";
import { scheduleCommand } from "./commands/schedule.ts";
import { statusCommand } from "./commands/status.ts";
import { syncCommand } from "./commands/sync.ts";
import { tablesCommand } from "./commands/tables.ts";
import { createTerminal } from "./commands/terminal.ts";
import { verifyCommand } from "./commands/verify.ts";
import { readConfig } from "./config.ts";
import {
  ApiError,
  ExplainedError,
  InterruptedError,
  NotFoundError,
  WarehouseBusyError,
  WarehouseError,
} from "./errors.ts";
import { createLog } from "./log.ts";
import { unusable } from "./warehouse/unusable.ts";

const terminal = createTerminal(process.stdout, process.stderr);
const context: CommandContext = { config: readConfig, terminal, stopSignal };

/** The first signal stops in good order; the second one is Node's own and stops at once. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => controller.abort(new InterruptedError()));
  }
  return controller.signal;
}

function version(): string {
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  return manifest.version;
}

const program = new Command("chartmogul-warehouse")
  .description("Keeps a complete, trustworthy copy of your ChartMogul accounts in one SQLite file.")
  .version(version());

const commands = [
  syncCommand,
  scheduleCommand,
  statusCommand,
  checkCommand,
  changesCommand,
  tablesCommand,
  queryCommand,
  rawCommand,
  callCommand,
  mcpCommand,
  verifyCommand,
  rebuildCommand,
  reportCommand,
  publishCommand,
  exportCommand,
  sandboxCommand,
  demoCommand,
];
for (const command of commands) program.addCommand(command(context));
const withOwn = (command: Command): Command[] => [command, ...command.commands.flatMap(withOwn)];
for (const command of withOwn(program)) command.exitOverride().showHelpAfterError("(--help tells more)");

// Nothing that was typed is wrong.
const failures = [ApiError, InterruptedError, NotFoundError];

function exitCodeFor(error: unknown): ExitCode {
  if (error instanceof WarehouseBusyError) return exitCodes.busy;
  if (failures.some((failure) => error instanceof failure)) return exitCodes.failed;
  if (error instanceof WarehouseError && error.cause instanceof Error) {
    // A file that this user may not open is a matter of configuration; a full disk or a busy file is not.
    const code = "code" in error.cause ? String(error.cause.code) : "";
    if (code.startsWith("SQLITE_BUSY")) return exitCodes.busy;
    return /^(SQLITE_(CANTOPEN|READONLY|NOTADB|PERM)|EACCES|EPERM|EROFS)/.test(code)
      ? exitCodes.usage
      : exitCodes.failed;
  }
  return error instanceof ExplainedError ? exitCodes.usage : exitCodes.failed;
}

/** Says what went wrong in the form that was asked for; a log collector reads standard error, too. */
function tell(error: unknown): void {
  const message =
    error instanceof ExplainedError
      ? error.message
      : `a fault of the program, please report it: ${error instanceof Error ? error.stack : error}`;
  const hint = error instanceof ExplainedError ? error.hint : undefined;
  if (wantsJson()) {
    createLog({ level: "error", format: "json", write: terminal.note }).error(message, { hint });
  } else {
    terminal.note(`error: ${message}`);
    if (hint !== undefined) terminal.note(`hint:  ${hint}`);
  }
}

/** What SQLite says while a command reads can only be about the file that the command was told to read. */
function explained(thrown: unknown): unknown {
  return thrown instanceof Database.SqliteError ? unusable(readConfig().WAREHOUSE_PATH, thrown) : thrown;
}

function wantsJson(): boolean {
  try {
    return readConfig().LOG_FORMAT === "json";
  } catch {
    // What is wrong with the configuration is just being told.
    return false;
  }
}

try {
  await program.parseAsync();
} catch (thrown) {
  terminal.live.clear();
  const error = explained(thrown);
  if (error instanceof CommanderError) {
    // Commander has said it all; only help and the version are no errors.
    process.exitCode = error.exitCode === 0 ? exitCodes.complete : exitCodes.usage;
  } else {
    process.exitCode = exitCodeFor(error);
    tell(error);
  }
}
