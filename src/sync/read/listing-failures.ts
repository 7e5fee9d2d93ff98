import { ApiError, isRefusal, NotAllowedError } from "../../errors.ts";

/** What went wrong with the child listings of one child resource. */
export interface ListingFailures {
  readonly resource: string;
  /** Parents whose listing earlier runs could not read. */
  readonly failedBefore: ReadonlySet<string>;
  /** By parent the error of each listing that this run could not read. */
  readonly errors: Map<string, ApiError>;
  /** How many parents have failed one after the other. */
  inARow: number;
  /** What would go wrong for every parent: nothing more is read. */
  fatal: unknown;
  /** Whether this walk could read a listing, also before it was resumed. */
  hasRead: boolean;
}

// After this many different parents in a row it is not a matter of single ones. A refusal is quick; anything else was tried for minutes.
const refusedInARow = 25;
export const failedInARow = 5;

/** Begins with nothing that went wrong. */
export function trackFailures(resource: string, failedBefore: ReadonlySet<string>): ListingFailures {
  return { resource, failedBefore, errors: new Map(), inARow: 0, fatal: undefined, hasRead: false };
}

/** Notes that a listing could not be read; too many in a row are fatal. */
export function addFailure(failures: ListingFailures, parent: string, error: ApiError): void {
  failures.errors.set(parent, error);
  // A parent that failed in an earlier run proves nothing about the others.
  if (failures.failedBefore.has(parent)) return;
  failures.inARow += 1;
  if (failures.inARow < (isRefusal(error) ? refusedInARow : failedInARow)) return;
  failures.fatal ??= new ApiError(
    `${failures.inARow} listings of ${failures.resource} in a row could not be read, the last: ${error.message}`,
    { hint: error.hint ?? "Report it." },
  );
}

/** Notes that a listing was read. */
export function addSuccess(failures: ListingFailures, parent: string): void {
  failures.errors.delete(parent);
  failures.inARow = 0;
}

/**
 * The error where the key may read no such listing. Undefined where it may, and where too few listings were read to know: a few
 * may be refused on their own.
 */
export function findRefusal(
  { errors, hasRead }: ListingFailures,
  isPartial: boolean,
): NotAllowedError | undefined {
  const all = [...errors.values()];
  const areEnough = !isPartial || all.length >= failedInARow;
  if (!areEnough || hasRead) return undefined;
  const [first] = all;
  return all.every((error) => error instanceof NotAllowedError) ? first : undefined;
}
