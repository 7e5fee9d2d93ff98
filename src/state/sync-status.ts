import { inspectWarehouse } from "../database/inspect.ts";
import { openReadOnly } from "../database/open-read-only.ts";
import { parseTimestamp } from "../schema/timestamp.ts";
import { readCurrentRuns } from "./run-state.ts";
import {
  type OddField,
  type ResourceStatus,
  type RunStatus,
  readOddFields,
  readResourceStatuses,
  readSummariesStatus,
  type SummariesStatus,
} from "./status.ts";

/** The status of a resource with its ages in seconds; null where there is nothing to count from. */
export interface AgedStatus extends ResourceStatus {
  /** Since `fresh_as_of`. */
  readonly age_seconds: number | null;
  /** Since `last_complete_at`. */
  readonly complete_age_seconds: number | null;
}

/** How the last syncs went and how old the rows are, as `status --json` prints it. */
export interface SyncStatus {
  readonly runs: readonly RunStatus[];
  readonly resources: readonly AgedStatus[];
  /** Accounts that have a key and were never synced. */
  readonly never: readonly string[];
  readonly summaries: SummariesStatus;
  /** What is in records and not in the tables. */
  readonly odd_fields: readonly OddField[];
}

/** What to look at. */
interface StatusQuestion {
  /** Path of the warehouse. */
  readonly path: string;
  /** Names of the accounts that have a key. */
  readonly accounts: readonly string[];
  /** The table of each resource's records, by the names of the resources and in their order. */
  readonly tables: Readonly<Record<string, string>>;
  /** In milliseconds since 1970. */
  readonly now: number;
}

/**
 * Reads how the last syncs went. A warehouse that is not there yet has no run; throws a WarehouseError for a file that is not a
 * warehouse.
 */
export function readSyncStatus({ path, accounts, tables, now }: StatusQuestion): SyncStatus {
  const { runs, statuses, summaries, odd_fields } = readWarehouse(path, tables);
  return {
    runs,
    summaries,
    odd_fields,
    resources: statuses.map((status) => ({
      ...status,
      age_seconds: secondsSince(status.fresh_as_of, now),
      complete_age_seconds: secondsSince(status.last_complete_at, now),
    })),
    never: accounts.filter((name) => runs.every(({ account }) => account !== name)),
  };
}

interface StoredStatus extends Pick<SyncStatus, "runs" | "summaries" | "odd_fields"> {
  readonly statuses: readonly ResourceStatus[];
}

function readWarehouse(path: string, tables: Readonly<Record<string, string>>): StoredStatus {
  if (inspectWarehouse(path) === 0)
    return { runs: [], statuses: [], summaries: { refreshed_at: null, behind: false }, odd_fields: [] };
  const warehouse = openReadOnly(path);
  try {
    return {
      runs: readCurrentRuns(warehouse),
      statuses: readResourceStatuses(warehouse, tables),
      summaries: readSummariesStatus(warehouse),
      odd_fields: readOddFields(warehouse),
    };
  } finally {
    warehouse.close();
  }
}

/** Seconds since a timestamp; null where there is none. */
function secondsSince(timestamp: string | null, now: number): number | null {
  if (timestamp === null) return null;
  return Math.max(0, Math.round((now - parseTimestamp(timestamp).getTime()) / 1000));
}
