import type { Rows } from "../../resources/resource.ts";
import { formatTimestamp } from "../../schema/timestamp.ts";
import { readPastWalks } from "../../state/runs.ts";
import type { Run } from "../run.ts";
import type { WalkGroup } from "../walk-group.ts";
import { day } from "./cadence.ts";

/** A record that is new or different from before. */
export interface ChangedRecord {
  readonly key: string;
  /** The rows that were written; undefined where none were. */
  readonly rows: Rows | undefined;
  readonly isNew: boolean;
}

/** Puts into the refresh queue what these records invalidate; called in the transaction that writes them. */
export type Invalidate = (changed: readonly ChangedRecord[]) => void;

/**
 * Prepares what changed records of a resource invalidate. These are their own child listings, also those of resources that are
 * not synced now, the child listings of the records that they name, and whole histories. A resource that was never read
 * invalidates nothing: all its records are new, which says nothing.
 */
export function prepareInvalidate(run: Run, group: WalkGroup): Invalidate {
  const all = [histories(run, group), childListings(run, group), namedListings(run, group)];
  return (changed) => {
    for (const invalidate of all) invalidate(changed);
  };
}

const wasReconciled = ({ warehouse, account, now }: Run, resource: string) =>
  readPastWalks(warehouse, account, resource, now()).lastReconciled !== undefined;

/** The child listings of the changed records themselves. */
function childListings(run: Run, { allChildResources }: WalkGroup): Invalidate {
  const queues = allChildResources
    .filter((child) => child.findStaleParents !== undefined && wasReconciled(run, child.name))
    .map(({ name }) => run.refreshQueue(name));
  return (changed) => {
    for (const queue of queues) queue.add(changed.map(({ key }) => key));
  };
}

/** A customer that was imported with a past has a history from before the days that are read. */
function histories(run: Run, { resource, ownedResources }: WalkGroup): Invalidate {
  const queues = ownedResources
    .filter(
      ({ name, readHistoryDates }) =>
        readHistoryDates !== undefined && wasReconciled(run, resource.name) && wasReconciled(run, name),
    )
    .map(({ name }) => run.refreshQueue(name));
  const recent = formatTimestamp(new Date(run.now().getTime() - run.rules.shortcuts.lookbackDays * day));
  const hasPast = ({ rows, isNew }: ChangedRecord) => {
    const since = isNew && rows && resource.valuesOf(rows).get("customer_since");
    return typeof since === "string" && since < recent;
  };
  return (changed) => {
    for (const queue of queues) queue.add(changed.filter(hasPast).map(({ key }) => key));
  };
}

/** The child listings, in another resource, of the records that the changed ones name. */
function namedListings(run: Run, { resource }: WalkGroup): Invalidate {
  const { invalidates } = resource;
  if (!invalidates || !wasReconciled(run, resource.name) || !wasReconciled(run, invalidates.resource))
    return () => {};
  const queue = run.refreshQueue(invalidates.resource);
  return (changed) => {
    const names = changed.flatMap(({ rows }) => (rows ? [resource.valuesOf(rows).get(invalidates.by)] : []));
    const known = names.filter((name) => typeof name === "string");
    if (known.length === 0) return;
    queue.add(invalidates.findParents ? invalidates.findParents(run.warehouse, run.account, known) : known);
  };
}
