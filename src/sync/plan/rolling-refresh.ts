import { hash } from "node:crypto";
import type { Resource } from "../../resources/resource.ts";
import { parseTimestamp } from "../../schema/timestamp.ts";
import { readPastWalks } from "../../state/runs.ts";
import type { Run } from "../run.ts";
import { computeDueAge } from "./cadence.ts";
import { findUnmetRejects } from "./unmet-rejects.ts";

/** Which child listings a walk reads although nothing says that they have changed. */
export interface RollingRefresh {
  /** False where every child listing is read. */
  readonly isPartial: boolean;
  /** True where rows say when they were last read, because not all of them are read every time. */
  readonly marksRows: boolean;
  /** Tells a walk with this refresh from one with another: the days, or `all`. */
  readonly fingerprint: string;
  isDue(parent: string): boolean;
}

/** How a walk reads the listings of one child resource. */
export interface ChildPlan {
  readonly resource: Resource;
  readonly refresh: RollingRefresh;
  /** Parents in whose listing a record was rejected that no run has met since. */
  readonly rejectedParents: ReadonlySet<string>;
}

/** Plans the child listings of one child resource. */
export function planChildListings(run: Run, resource: Resource): ChildPlan {
  const rejects = findUnmetRejects(run, resource);
  // Such a record may be in any of the listings.
  const mayBeAnywhere = rejects.some(({ parent }) => parent === undefined);
  return {
    resource,
    refresh: planRollingRefresh(run, resource, mayBeAnywhere),
    rejectedParents: new Set(rejects.flatMap(({ parent }) => parent ?? [])),
  };
}

function planRollingRefresh(
  { warehouse, account, rules, now }: Run,
  resource: Resource,
  mayBeAnywhere: boolean,
): RollingRefresh {
  const days = rules.shortcuts.listingMaxAgeDays;
  const marksRows = resource.findStaleParents !== undefined && days > 1;
  const { lastReconciled } = readPastWalks(warehouse, account, resource.name, now());
  const readsAll = rules.full || rules.deletes.accepted || mayBeAnywhere;
  if (!marksRows || readsAll || lastReconciled === undefined) {
    return { isPartial: false, marksRows, fingerprint: "all", isDue: () => true };
  }
  const syncs = { last: parseTimestamp(lastReconciled), now: now(), days };
  return {
    isPartial: true,
    marksRows,
    fingerprint: `${days}d`,
    isDue: (parent) => isDueBetween(parent, syncs),
  };
}

/**
 * True where the listing of this parent is due between two syncs. Each parent has its own instant in a cycle of some days, and its
 * listing is due when that instant comes. So nothing needs to be remembered, a missed night is made up for, and the load is even.
 */
export function isDueBetween(
  parent: string,
  { last, now, days }: { readonly last: Date; readonly now: Date; readonly days: number },
): boolean {
  const cycle = computeDueAge(days);
  const phase = cycle * shareOf(parent);
  const cyclesUntil = (instant: Date) => Math.floor((instant.getTime() - phase) / cycle);
  return cyclesUntil(now) > cyclesUntil(last);
}

/** A number from 0 to 1 that is always the same for a key and evenly spread over keys. */
function shareOf(key: string): number {
  return hash("sha256", key, "buffer").readUIntBE(0, 6) / 2 ** 48;
}
