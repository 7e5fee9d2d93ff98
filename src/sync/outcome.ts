import { explainSqliteError } from "../database/sqlite-errors.ts";
import { DeadlineError, ExplainedError, IncompleteError, NotAllowedError } from "../errors.ts";
import type { Status } from "../schema/sync-tables.ts";
import type { Run } from "./run.ts";

/** The status that an error, or its absence, gives to what it happened in. */
export function describeOutcome(
  { signal, warehouse }: Pick<Run, "signal" | "warehouse">,
  error: unknown,
): { readonly status: Status; readonly error?: string } {
  if (signal.aborted) {
    const { reason } = signal;
    return { status: "interrupted", ...(reason instanceof DeadlineError && { error: explain(reason) }) };
  }
  if (error === undefined) return { status: "complete" };
  return { status: statusOf(error), error: explain(explainSqliteError(warehouse.path, error)) };
}

function statusOf(error: unknown): Status {
  if (error instanceof IncompleteError) return error.status;
  return error instanceof NotAllowedError ? "not_allowed" : "failed";
}

function explain(error: Error): string {
  if (error instanceof ExplainedError) return error.hint ? `${error.message}. ${error.hint}` : error.message;
  // A report is one line: the rest of the stack would not help much more than its beginning does.
  const at = error.stack?.split("\n").find((line) => /^\s+at /.test(line)) ?? "";
  return `this is a bug, please report it: ${error}${at.replace(/^\s+/, " ")}`;
}
