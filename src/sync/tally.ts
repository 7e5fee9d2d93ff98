import { ApiError, ExplainedError } from "../errors.ts";
import type { Resource } from "../resource.ts";
import type { Status } from "../warehouse/bookkeeping.ts";
import type { ResourceResult } from "../warehouse/runs.ts";
import { unusable } from "../warehouse/unusable.ts";
import { type Counts, noCounts } from "./report.ts";
import type { Run } from "./run.ts";
import { pageStore, type StorePage } from "./store-page.ts";

/** The walk of one resource within a run: stores pages, counts, and says at the end how it went. */
export interface Tally {
  readonly store: StorePage;
  result(error?: unknown): ResourceResult;
}

export function tally(run: Run, resource: Resource): Tally {
  const counts = noCounts();
  const began = performance.now();
  const storePage = pageStore(run, resource, counts);
  const milliseconds = () => Math.round(performance.now() - began);
  return {
    async store(page) {
      await storePage(page);
      run.onProgress({
        account: run.account,
        resource: resource.name,
        ...counts,
        milliseconds: milliseconds(),
      });
    },
    result: (error) => ({
      resource: resource.name,
      ...outcome(run, error ?? mostlyRejected(resource.name, counts)),
      ...counts,
      milliseconds: milliseconds(),
    }),
  };
}

/** One odd record is kept aside; when most of them are, it is the wire that has changed. */
function mostlyRejected(resource: string, { rejected, fetched }: Counts): Error | undefined {
  if (rejected * 2 <= fetched) return undefined;
  return new ApiError(`${rejected} of ${fetched} records of ${resource} did not validate`, {
    hint: "ChartMogul seems to send something new; rejected_records says which field. Install a newer version, or report it.",
  });
}

/** The status that an error, or its absence, gives to what it happened in. */
export function outcome(
  { signal, warehouse }: Pick<Run, "signal" | "warehouse">,
  error: unknown,
): { status: Status; error?: string } {
  if (signal.aborted) return { status: "interrupted" };
  if (error === undefined) return { status: "complete" };
  return { status: "failed", error: explain(unusable(warehouse.path, error)) };
}

function explain(error: Error): string {
  return error instanceof ExplainedError && error.hint ? `${error.message}. ${error.hint}` : error.message;
}
