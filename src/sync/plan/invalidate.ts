import type { Resource } from "../../resources/resource.ts";
import { timestamp } from "../../schema/timestamp.ts";
import { readPastWalks } from "../../state/runs.ts";
import type { Run } from "../run.ts";
import type { StoredPage } from "../write/store-page.ts";
import { day } from "./cadence.ts";

/** Notes which listings may have changed because of these records; called in the transaction in which they are written. */
export type Hints = (changed: StoredPage["changed"]) => void;

/**
 * What records of a resource say of listings of single records: of their own, in resources that belong to it (`followers`, also those
 * that are not synced now), and of those that they name. Before a resource has been read once everything is new, which says nothing.
 */
export function hintsOf(
  run: Run,
  root: Resource,
  followers: readonly Resource[],
  belongings: readonly Resource[],
): Hints {
  const { warehouse, account, now } = run;
  const wasRead = (name: string) =>
    readPastWalks(warehouse, account, name, now()).lastReconciled !== undefined;
  const own = followers
    .filter((follower) => follower.staleParents !== undefined && wasRead(follower.name))
    .map(({ name }) => run.refreshQueue(name));
  const tells = root.tells && wasRead(root.name) && wasRead(root.tells.of) ? root.tells : undefined;
  const named = tells && run.refreshQueue(tells.of);
  // A customer that was imported with a past has a history from before the days that are read.
  const histories = belongings
    .filter(({ name, datesOf }) => datesOf !== undefined && wasRead(root.name) && wasRead(name))
    .map(({ name }) => run.refreshQueue(name));
  const recent = timestamp(new Date(now().getTime() - run.rules.shortcuts.lookbackDays * day));
  const hasPast = ({ rows, isNew }: StoredPage["changed"][number]) => {
    const since = isNew && rows && root.valuesOf(rows).get("customer_since");
    return typeof since === "string" && since < recent;
  };
  return (changed) => {
    for (const due of histories) due.add(changed.filter(hasPast).map(({ key }) => key));
    for (const due of own) due.add(changed.map(({ key }) => key));
    if (!tells || !named) return;
    const names = changed.flatMap(({ rows }) => (rows ? [root.valuesOf(rows).get(tells.by)] : []));
    const known = names.filter((name) => typeof name === "string");
    if (known.length === 0) return;
    named.add(tells.parents ? tells.parents(warehouse, account, known) : known);
  };
}
