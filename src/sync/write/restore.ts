import type { Resource } from "../../resources/resource.ts";
import { findKeysDeletedWith } from "../../store/owned-by-customer.ts";
import { openTombstones } from "../../store/tombstones.ts";
import type { Run } from "../run.ts";
import { historyOf } from "./open-history.ts";
import type { OnRestored } from "./store-page.ts";

/**
 * Brings back with a record what was marked as deleted together with it, until its own listing says better: what stood in its own
 * listings (`followers`) and, with a customer, what belongs to it (`belongings`).
 */
export function restorerOf(
  run: Run,
  followers: readonly Resource[],
  belongings: readonly Resource[],
): OnRestored {
  const following = followers.map((resource) => ({
    tombstones: openTombstones(run.warehouse, run.account, resource, run.now),
    history: historyOf(run, resource),
  }));
  const belonging = belongings.flatMap((resource) => {
    const { table, ownedByCustomer } = resource;
    const tombstones = openTombstones(run.warehouse, run.account, resource, run.now);
    const due = resource.datesOf && run.refreshQueue(resource.name);
    return ownedByCustomer
      ? { table, bond: ownedByCustomer, tombstones, history: historyOf(run, resource), due }
      : [];
  });
  return (key, at) => {
    for (const { table, bond, tombstones, history, due } of belonging) {
      // It may have come back under other keys meanwhile.
      due?.add([key]);
      for (const own of findKeysDeletedWith(run.warehouse, run.account, table, bond, { customer: key, at })) {
        tombstones.unmark(own);
        history.restored(own);
      }
    }
    for (const { tombstones, history } of following) {
      for (const child of tombstones.markedOf(key, at)) {
        tombstones.unmark(child);
        history.restored(child);
      }
    }
  };
}
