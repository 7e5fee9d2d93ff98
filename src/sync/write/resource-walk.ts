import { explainSqliteError } from "../../database/sqlite-errors.ts";
import { ApiError, DeadlineError, ExplainedError, IncompleteError, NotAllowedError } from "../../errors.ts";
import type { Resource } from "../../resources/resource.ts";
import type { Status } from "../../schema/sync-tables.ts";
import type { ResourceResult } from "../../state/runs.ts";
import { openSeenKeys, type SeenKeys } from "../../state/seen-keys.ts";
import { countOpenRejects } from "../../store/rejects.ts";
import { type Counts, createCounts } from "../report.ts";
import type { Run } from "../run.ts";
import { type OnRestored, openPageStore, type StorePage } from "./store-page.ts";

/** The walk of one resource within a run: stores pages, remembers what it met, counts, and says at the end how it went. */
export interface Tally {
  readonly counts: Counts;
  readonly seen: SeenKeys;
  readonly store: StorePage;
  result(error: unknown, walk: WalkEnd): ResourceResult;
}

/** What is known of the walk that a resource was read by. */
export interface WalkEnd {
  readonly walk_started_at: string;
  /** Everything stored was read then or later, if the walk was complete. */
  readonly fresh_as_of: string | null;
  readonly announced_pages: number | null;
  readonly isReadToEnd: boolean;
  /** True where it read the whole listing and what is missing there was marked. */
  readonly isReconciled: boolean;
  /** True where the counts are those of all that there is: it began in this run and left nothing out. */
  readonly isWhole: boolean;
}

/** So few records prove nothing about the wire, where they are not all that there are. */
export const smallestSample = 20;

export function tally(run: Run, resource: Resource, onRestored?: OnRestored): Tally {
  const counts = createCounts();
  const seen = openSeenKeys(run.warehouse, run.account, resource.name);
  const began = performance.now();
  const storePage = openPageStore(run, resource, counts, onRestored);
  const milliseconds = () => Math.round(performance.now() - began);
  let firstRejection = "";
  return {
    counts,
    seen,
    async store(page) {
      const stored = await storePage(page);
      firstRejection ||= stored.rejections[0] ?? "";
      run.onProgress({
        account: run.account,
        resource: resource.name,
        ...counts,
        milliseconds: milliseconds(),
      });
      return stored;
    },
    result(error, { isReadToEnd, isReconciled, isWhole, ...walk }) {
      const isTelling = isWhole || counts.fetched >= smallestSample;
      const change = isTelling ? wireHasChanged(resource.name, counts, firstRejection) : undefined;
      const ended = outcome(run, error ?? change);
      return {
        resource: resource.name,
        ...ended,
        ...counts,
        missing: countOpenRejects(run.warehouse, run.account, resource.name),
        ...walk,
        fresh_as_of: ended.status === "complete" ? walk.fresh_as_of : null,
        read_to_end: isReadToEnd && !change ? 1 : 0,
        reconciled: isReconciled && !change ? 1 : 0,
        milliseconds: milliseconds(),
      };
    },
  };
}

/** One odd record is kept aside; when most of them are, it is the wire that has changed. Undefined where it has not. */
export function wireHasChanged(
  resource: string,
  { rejected, fetched }: Pick<Counts, "rejected" | "fetched">,
  firstRejection = "",
): ApiError | undefined {
  if (rejected * 2 <= fetched) return undefined;
  return new ApiError(
    `${rejected} of ${fetched} records of ${resource} did not validate; the first: ${firstRejection}`,
    {
      hint: "ChartMogul seems to send something new; the records are kept in rejected_records. Install a newer version, or report it.",
    },
  );
}

/** The status that an error, or its absence, gives to what it happened in. */
export function outcome(
  { signal, warehouse }: Pick<Run, "signal" | "warehouse">,
  error: unknown,
): { status: Status; error?: string } {
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
  const place = error.stack?.split("\n").find((line) => /^\s+at /.test(line)) ?? "";
  return `a fault of the program, please report it: ${error}${place.replace(/^\s+/, " ")}`;
}
