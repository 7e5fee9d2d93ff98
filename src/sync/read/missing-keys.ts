import { setImmediate as untilOthersHadTheirTurn } from "node:timers/promises";
import type { Resource } from "../../resources/resource.ts";
import type { Tombstones } from "../../store/tombstones.ts";
import { computeDayAfter, type ReadMode } from "../plan/read-mode.ts";

/** Live records that a walk covers and has not met. */
export interface MissingKeys {
  /** How many live records the walk covers, missing ones included. */
  readonly live: number;
  readonly keys: readonly string[];
}

/** Finds those of these live records that are missing; `isCovered` limits them to those that the walk covers. */
export async function findMissingKeys(
  liveKeys: Iterable<readonly string[]>,
  isMissing: (key: string) => boolean,
  isCovered: (key: string) => boolean = () => true,
): Promise<MissingKeys> {
  const keys: string[] = [];
  let live = 0;
  for (const some of liveKeys) {
    const covered = some.filter(isCovered);
    live += covered.length;
    for (const key of covered) if (isMissing(key)) keys.push(key);
    await untilOthersHadTheirTurn();
  }
  return { live, keys };
}

/** Gives the keys of the live records that a walk in this mode covers, some at a time. */
export function listCoveredKeys(
  tombstones: Tombstones,
  { dateColumn, invalidates }: Resource,
  mode: ReadMode,
): Iterable<readonly string[]> {
  if (mode.kind !== "incremental" || dateColumn === undefined) return tombstones.liveKeys();
  const recent = tombstones.liveKeysFrom(dateColumn, computeDayAfter(mode.day));
  if (!invalidates || mode.histories.length === 0) return [recent];
  return [[...new Set([...recent, ...tombstones.liveKeysWith(invalidates.by, mode.histories)])]];
}
