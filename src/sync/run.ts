import type { Source } from "../chartmogul/source.ts";
import type { DueListings } from "../warehouse/due-listings.ts";
import type { Warehouse } from "../warehouse/open.ts";
import type { Progress } from "./report.ts";
import type { Rules } from "./rules.ts";

/** One attempt to sync one account, and what all its walks share. */
export interface Run {
  readonly id: number;
  readonly account: string;
  readonly source: Source;
  readonly warehouse: Warehouse;
  readonly rules: Rules;
  readonly now: () => Date;
  /** Aborted when the sync is told to stop. */
  readonly signal: AbortSignal;
  /** The listings of a resource that are due; one object for all walks of the run, so that each hears what the others note. */
  readonly dueListings: (resource: string) => DueListings;
  readonly onProgress: (progress: Progress) => void;
}
