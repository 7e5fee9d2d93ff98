interface Explanation {
  /** What the operator can do about it. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/** An expected error. It is printed as its message and its hint, without a stack trace. */
abstract class ExplainedError extends Error {
  readonly hint: string | undefined;

  constructor(message: string, { hint, cause }: Explanation = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.hint = hint;
    this.name = new.target.name;
  }
}

export { ExplainedError };

/** The command line, the environment or a file that they name is wrong. Nothing was started. */
export class ConfigError extends ExplainedError {}

/** ChartMogul could not be reached, refused the request, or sent a reply that breaks its contract. */
export class ApiError extends ExplainedError {
  /** HTTP status of the last reply; undefined if there was no reply, or if its body was wrong. */
  readonly status: number | undefined;

  constructor(message: string, explanation: Explanation & { readonly status?: number } = {}) {
    super(message, explanation);
    this.status = explanation.status;
  }
}

/** @internal The first page of a listing was refused with 403. The key may not read it, if it may read others. */
export class NotAllowedError extends ApiError {}

/** @internal True for a reply that refuses the request. It is false without a reply, and if another attempt may succeed. */
export function isRefusal({ status }: ApiError): boolean {
  return status !== undefined && status >= 400 && status < 500 && status !== 429;
}

/** @internal A listing ended, but the records missing from it cannot be trusted to be gone. None was marked as deleted. */
export class IncompleteError extends ExplainedError {
  /** Status of the walk: `failed` if only single records are in doubt and all else was done. */
  readonly status: "truncated" | "delete_limit" | "failed";

  constructor(status: "truncated" | "delete_limit" | "failed", message: string, hint: string) {
    super(message, { hint });
    this.status = status;
  }
}

/** @internal A record does not have the shape that its resource declares. The message names the field. */
export class RecordError extends ExplainedError {}

/** The warehouse file cannot be used in its present state. */
export class WarehouseError extends ExplainedError {}

/** @internal Another sync is writing to the warehouse. */
export class WarehouseBusyError extends ExplainedError {}

/** @internal The work was stopped. What was committed stays. */
export class InterruptedError extends ExplainedError {
  constructor(
    hint = "Run the sync again. It continues after the last saved page.",
    message = "stopped before the end",
  ) {
    super(message, { hint });
  }
}

/** @internal A sync reached its deadline. What it has read is kept and used. */
export class DeadlineError extends InterruptedError {
  /** `allowed` is the time that it had, in words. */
  constructor(allowed: string) {
    super(
      "The next sync continues from there. SYNC_DEADLINE_MINUTES allows more time.",
      `stopped by its deadline after ${allowed}`,
    );
  }
}

/** @internal The result could not be written to standard output. */
export class OutputError extends ExplainedError {
  constructor(cause: Error) {
    super(`cannot write to standard output: ${cause.message}; the output is incomplete`, {
      cause,
    });
  }
}

/** An argument of a function is wrong. Nothing was requested and nothing was changed. */
export class ArgumentError extends ExplainedError {}

/** There is no such record. */
export class NotFoundError extends ExplainedError {}

/** @internal True if the operating system says that a disk is full or failing, or that a quota is used up. */
export function isDiskTrouble(cause: unknown): boolean {
  return cause instanceof Error && "code" in cause && /^(ENOSPC|EDQUOT|EFBIG|EIO)$/.test(String(cause.code));
}

/** @internal The value itself. Throws an Error that names it if it is missing, which is a fault of this program. */
export function requireDefined<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`${what} is missing`);
  return value;
}
