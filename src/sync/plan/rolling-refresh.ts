import { hash } from "node:crypto";
import type { Resource } from "../../resources/resource.ts";
import { instantOf } from "../../schema/timestamp.ts";
import { readPastWalks } from "../../state/runs.ts";
import type { Run } from "../run.ts";
import { dueAfter } from "./cadence.ts";

/**
 * Which listings of single records are read although nothing says that they have changed. Each has its own instant in a cycle as long
 * as the oldest may become, so that every sync reads the part of them whose instant has come since the last one: nothing needs
 * to be remembered, a missed night is made up for, and the load is even.
 */
export interface Sweep {
  /** False where every listing is read. */
  readonly isPartial: boolean;
  /** True where rows say when they were last read, because not all of them are read every time. */
  readonly marksRows: boolean;
  /** What tells a walk with this sweep from one with another. */
  readonly inWords: string;
  isDue(parent: string): boolean;
}

export function sweepOf(
  { warehouse, account, rules, now }: Run,
  resource: Resource,
  /** Whether something in one of the listings is awaited of which nobody knows in which. */
  awaitsAny: boolean,
): Sweep {
  const { listingMaxAgeDays } = rules.shortcuts;
  const marksRows = resource.staleParents !== undefined && listingMaxAgeDays > 1;
  const { lastReconciled } = readPastWalks(warehouse, account, resource.name, now());
  const readsAll = rules.full || rules.deletes.accepted || awaitsAny;
  if (!marksRows || readsAll || lastReconciled === undefined) {
    return { isPartial: false, marksRows, inWords: "every listing", isDue: () => true };
  }
  const cycle = dueAfter(listingMaxAgeDays);
  const [before, present] = [instantOf(lastReconciled).getTime(), now().getTime()];
  return {
    isPartial: true,
    marksRows,
    inWords: `listings of ${listingMaxAgeDays} days`,
    isDue(parent) {
      const phase = cycle * shareOf(parent);
      return Math.floor((present - phase) / cycle) > Math.floor((before - phase) / cycle);
    },
  };
}

/** A number from 0 to 1 that is always the same for a key and evenly spread over keys. */
function shareOf(key: string): number {
  return hash("sha256", key, "buffer").readUIntBE(0, 6) / 2 ** 48;
}
