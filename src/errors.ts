interface Explanation {
  /** What the operator can do about it. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/** An error that was foreseen: printed as its message and its hint, without a stack trace. */
abstract class ExplainedError extends Error {
  readonly hint: string | undefined;

  constructor(message: string, { hint, cause }: Explanation = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.hint = hint;
    this.name = new.target.name;
  }
}

export { ExplainedError };

/** The command line, the environment or a file named there is wrong; nothing was started. */
export class ConfigError extends ExplainedError {}

/** ChartMogul could not be reached, refused, or answered what the contract does not allow. */
export class ApiError extends ExplainedError {
  /** The HTTP status of the last answer; undefined where there was none, or where its body was the fault. */
  readonly status: number | undefined;

  constructor(message: string, explanation: Explanation & { readonly status?: number } = {}) {
    super(message, explanation);
    this.status = explanation.status;
  }
}

/** @internal A list was refused with 403 at its beginning: the key may not read it, as long as others answer. */
export class NotAllowedError extends ApiError {}

/** @internal True for an answer that says no, in contrast to one that does not come, or that may come to another attempt. */
export function isRefusal({ status }: ApiError): boolean {
  return status !== undefined && status >= 400 && status < 500 && status !== 429;
}

/** @internal A listing was read to where it ended, but what it lacks cannot be believed, and was not marked as deleted. */
export class IncompleteError extends ExplainedError {
  /** What the walk ends as: `failed` where only single records are in doubt and all else was done. */
  readonly status: "truncated" | "delete_limit" | "failed";

  constructor(status: "truncated" | "delete_limit" | "failed", message: string, hint: string) {
    super(message, { hint });
    this.status = status;
  }
}

/** @internal One record does not have the shape that its resource declares; the message names the field. */
export class RecordError extends ExplainedError {}

/** The warehouse file cannot be used as it is. */
export class WarehouseError extends ExplainedError {}

/** @internal Another sync is writing to the warehouse. */
export class WarehouseBusyError extends ExplainedError {}

/** @internal It was told to stop; what was committed stays. */
export class InterruptedError extends ExplainedError {
  constructor(
    hint = "Run the sync again. It continues after the last saved page.",
    message = "stopped before the end",
  ) {
    super(message, { hint });
  }
}

/** @internal A sync was to end by now; what it had read stays, and is made use of. */
export class DeadlineError extends InterruptedError {
  /** `allowed` says how long it was allowed to go on. */
  constructor(allowed: string) {
    super(
      "The next sync continues from there. SYNC_DEADLINE_MINUTES allows more time.",
      `stopped by its deadline after ${allowed}`,
    );
  }
}

/** @internal What was asked for could not be written to standard output. */
export class OutputError extends ExplainedError {
  constructor(cause: Error) {
    super(`cannot write to standard output: ${cause.message}; the output is incomplete`, {
      cause,
    });
  }
}

/** An argument of a function is wrong; nothing was asked and nothing was changed. */
export class ArgumentError extends ExplainedError {}

/** There is no such record. */
export class NotFoundError extends ExplainedError {}

/** @internal True for an error of the operating system that says that a disk is full or failing, or that its user may not write so much. */
export function isDiskTrouble(cause: unknown): boolean {
  return cause instanceof Error && "code" in cause && /^(ENOSPC|EDQUOT|EFBIG|EIO)$/.test(String(cause.code));
}
