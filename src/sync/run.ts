import type { Source } from "../chartmogul/source.ts";
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
  readonly onProgress: (progress: Progress) => void;
}
