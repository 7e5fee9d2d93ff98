import {
  ApiError,
  ExplainedError,
  InterruptedError,
  isDiskTrouble,
  NotFoundError,
  OutputError,
  WarehouseBusyError,
  WarehouseError,
} from "../errors.ts";
import { type ExitCode, exitCodes } from "./command.ts";

// Nothing that was typed is wrong.
const failures = [ApiError, InterruptedError, NotFoundError, OutputError];

/** The exit code of a command that ended with this error. */
export function decideExitCode(error: unknown): ExitCode {
  if (error instanceof WarehouseBusyError) return exitCodes.busy;
  if (failures.some((failure) => error instanceof failure)) return exitCodes.failed;
  if (error instanceof ExplainedError && isDiskTrouble(error.cause)) return exitCodes.failed;
  if (error instanceof WarehouseError && error.cause instanceof Error) {
    // A file that this user may not open is a matter of configuration; a full disk or a busy file is not.
    const code = "code" in error.cause ? String(error.cause.code) : "";
    if (code.startsWith("SQLITE_BUSY")) return exitCodes.busy;
    return /^(SQLITE_(CANTOPEN|READONLY|NOTADB|PERM)|EACCES|ELOOP|EPERM|EROFS)/.test(code)
      ? exitCodes.usage
      : exitCodes.failed;
  }
  return error instanceof ExplainedError ? exitCodes.usage : exitCodes.failed;
}

interface Said {
  readonly message: string;
  readonly hint?: string | undefined;
}

/** Describes an error for the operator. Only an unforeseen one shows where it comes from. */
export function describeError(error: unknown): Said {
  if (error instanceof ExplainedError) return error;
  return {
    message: `this is a bug, please report it: ${error instanceof Error ? error.stack : error}`,
  };
}
