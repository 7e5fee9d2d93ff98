import type { Resource } from "../../resources/resource.ts";
import { findKeysDeletedWith } from "../../store/owned-by-customer.ts";
import { openTombstones } from "../../store/tombstones.ts";
import type { Run } from "../run.ts";
import type { WalkGroup } from "../walk-group.ts";
import { openChangeLog } from "./open-change-log.ts";
import type { OnRestored } from "./write-verdict.ts";

/**
 * Prepares what comes back together with a record that had been marked as deleted: the records of its child listings and, with a
 * customer, the records that it owns. They stay until their own listing says better.
 */
export function prepareRestore(run: Run, { allChildResources, ownedResources }: WalkGroup): OnRestored {
  const all = [
    ...ownedResources.map((owned) => restoreOwned(run, owned)),
    ...allChildResources.map((child) => restoreChildren(run, child)),
  ];
  return (key, at) => {
    for (const restore of all) restore(key, at);
  };
}

function restoreOwned(run: Run, resource: Resource): OnRestored {
  const { table, ownedByCustomer } = resource;
  if (!ownedByCustomer) return () => {};
  const tombstones = openTombstones(run.warehouse, run.account, resource, run.now);
  const changeLog = openChangeLog(run, resource);
  const queue = resource.readHistoryDates && run.refreshQueue(resource.name);
  return (customer, at) => {
    // Its records may have come back under other keys meanwhile.
    queue?.add([customer]);
    for (const key of findKeysDeletedWith(run.warehouse, run.account, table, ownedByCustomer, {
      customer,
      at,
    })) {
      tombstones.unmark(key);
      changeLog.restored(key);
    }
  };
}

function restoreChildren(run: Run, resource: Resource): OnRestored {
  const tombstones = openTombstones(run.warehouse, run.account, resource, run.now);
  const changeLog = openChangeLog(run, resource);
  return (parent, at) => {
    for (const key of tombstones.markedOf(parent, at)) {
      tombstones.unmark(key);
      changeLog.restored(key);
    }
  };
}
