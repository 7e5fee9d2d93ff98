import { ApiError, requireDefined } from "../../errors.ts";
import type { Counts } from "../report.ts";

/** Fewer records than this prove nothing about the wire, unless they are all that there are. */
export const smallestSample = 20;

type Sample = Pick<Counts, "rejected" | "fetched">;

/** True where most of these records were rejected: one odd record is kept aside, but most of them mean that ChartMogul sends something new. */
export function isWireChange({ rejected, fetched }: Sample): boolean {
  return rejected * 2 > fetched;
}

/** Gives the error for records that were mostly rejected; undefined for others. */
export function findWireChange(
  resource: string,
  { rejected, fetched }: Sample,
  firstRejection: string | undefined,
): ApiError | undefined {
  if (!isWireChange({ rejected, fetched })) return undefined;
  return new ApiError(
    `${rejected} of ${fetched} records of ${resource} did not validate; the first: ${requireDefined(firstRejection, "the first rejection")}`,
    {
      hint: "ChartMogul seems to send something new. The records are kept in rejected_records. Install a newer version, or report it.",
    },
  );
}

interface PageSample {
  readonly resource: string;
  readonly page: Sample;
  readonly firstRejection: string | undefined;
  /** The counts of the walk before this page. */
  readonly before: Sample;
  /** True where the walk began in this run at the beginning and leaves nothing out. */
  readonly isWhole: boolean;
}

/** Gives the error for a page that had most of its records rejected, unless it is one odd record on the small last page. */
export function findPageChange({ resource, page, firstRejection, before, isWhole }: PageSample) {
  const change = findWireChange(resource, page, firstRejection);
  if (page.fetched >= smallestSample) return change;
  const walk = { rejected: before.rejected + page.rejected, fetched: before.fetched + page.fetched };
  const provesIt = isWhole || walk.fetched >= smallestSample;
  return provesIt && isWireChange(walk) ? change : undefined;
}
