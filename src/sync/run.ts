import type { ApiClient } from "../api/api-client.ts";
import type { Warehouse } from "../database/open.ts";
import type { RefreshQueue } from "../state/refresh-queue.ts";
import type { Compressor } from "../store/compressor.ts";
import type { FirstLoad } from "../store/first-load.ts";
import type { Progress } from "./report.ts";
import type { Rules } from "./rules.ts";
import type { PageTurns } from "./write/page-turns.ts";

/** One attempt to sync one account, and what all its walks share. */
export interface Run {
  readonly id: number;
  readonly account: string;
  readonly api: ApiClient;
  readonly warehouse: Warehouse;
  readonly rules: Rules;
  readonly now: () => Date;
  /** Aborted when the sync must stop. */
  readonly signal: AbortSignal;
  /** The refresh queue of a resource; one object for all walks of the run, so each sees what the others invalidate. */
  readonly refreshQueue: (resource: string) => RefreshQueue;
  /** One for all accounts of the sync. */
  readonly compressor: Compressor;
  /** Undefined where the warehouse had records when the sync began. */
  readonly firstLoad: FirstLoad | undefined;
  /** One for all accounts of the sync. */
  readonly turns: PageTurns;
  readonly onProgress: (progress: Progress) => void;
}
