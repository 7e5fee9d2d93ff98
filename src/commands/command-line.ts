import type { Config } from "../config.ts";
import { ExplainedError } from "../errors.ts";
import { decideExitCode, describeError } from "./failure.ts";
import type { Surroundings } from "./surroundings.ts";

/**
 * Runs the command that the arguments name, to its end, and sets the exit code of the process. Errors are printed on the
 * terminal. Modules are loaded when they are needed, so that a start is quick.
 */
export async function runCommandLine(args: readonly string[], surroundings: Surroundings): Promise<void> {
  const { terminal } = surroundings;
  try {
    if (args[0] === "--version" || args[0] === "-V") {
      const { printVersion } = await import("./version.ts");
      await printVersion(terminal);
      await terminal.written();
    } else {
      const { runProgram } = await import("./program.ts");
      await runProgram(args, surroundings);
    }
  } catch (thrown) {
    terminal.live.clear();
    const error = await explained(thrown, surroundings);
    process.exitCode = decideExitCode(error);
    await tell(error, surroundings);
  }
}

/** An error of SQLite while a command reads concerns the warehouse file. */
async function explained(thrown: unknown, { loadConfig }: Surroundings): Promise<unknown> {
  if (!(thrown instanceof Error && thrown.name === "SqliteError")) return thrown;
  const [config, { explainSqliteError }] = await Promise.all([
    loadConfig(),
    import("../database/sqlite-errors.ts"),
  ]);
  return explainSqliteError(config().WAREHOUSE_PATH, thrown);
}

/** Prints an error in the configured format: a log collector reads standard error, too. */
async function tell(error: unknown, { terminal, loadConfig }: Surroundings): Promise<void> {
  const { message, hint } = describeError(error);
  if (wantsJson(await loadConfig())) {
    const { createLog } = await import("../log.ts");
    createLog({ level: "error", format: "json", write: terminal.note }).error(message, { hint });
  } else {
    // A stack trace has one line for each step.
    const [first, ...steps] = error instanceof ExplainedError ? [message] : message.split("\n");
    terminal.note(`error: ${first}`);
    for (const step of steps) terminal.note(step);
    if (hint !== undefined) terminal.note(`hint:  ${hint}`);
  }
}

function wantsJson(config: () => Config): boolean {
  try {
    return config().LOG_FORMAT === "json";
  } catch {
    // The error to print is that of the configuration itself.
    return false;
  }
}
