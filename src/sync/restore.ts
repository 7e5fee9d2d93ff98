import type { Resource } from "../resource.ts";
import { tombstonesOf } from "../warehouse/tombstones.ts";
import { historyOf } from "./history.ts";
import type { Run } from "./run.ts";
import type { OnRestored } from "./store-page.ts";

/** Brings back with a record what was marked as deleted together with it, until its own listing says better. */
export function restorerOf(run: Run, followers: readonly Resource[]): OnRestored {
  const following = followers.map((resource) => ({
    tombstones: tombstonesOf(run.warehouse, run.account, resource, run.now),
    history: historyOf(run, resource),
  }));
  return (key, at) => {
    for (const { tombstones, history } of following) {
      for (const child of tombstones.markedOf(key, at)) {
        tombstones.unmark(child);
        history.restored(child);
      }
    }
  };
}
