import { setImmediate as untilOthersHadTheirTurn } from "node:timers/promises";
import type { Resource } from "../../resources/resource.ts";
import { openRetries } from "../../state/retries.ts";
import { openTombstones } from "../../store/tombstones.ts";
import type { Counts } from "../report.ts";
import type { Run } from "../run.ts";
import { openChangeLog } from "../write/open-change-log.ts";

/** A resource whose records are marked, and the counts that they are added to. */
interface MarkedResource {
  readonly resource: Resource;
  readonly counts: Counts;
}

/** Marks records as deleted, and with them the records of their child listings. `at` is a timestamp, by default now. */
export type MarkDeleted = (keys: readonly string[], at?: string) => Promise<void>;

// Few enough that others get to write, too.
const marksAtOnce = 500;

/** Prepares the marking of one resource's records; `children` are its child resources, whether or not they are synced now. */
export function prepareMarkDeleted(
  run: Run,
  own: MarkedResource,
  children: readonly MarkedResource[] = [],
): MarkDeleted {
  const mark = prepareMark(run, own);
  const markChildren = children.map((child) => prepareMarkChildren(run, child));
  const markAll = run.warehouse.sqlite.transaction((keys: readonly string[], at?: string) => {
    for (const key of keys) {
      mark(key, at);
      for (const markOf of markChildren) markOf(key, at);
    }
  });
  return async (keys, at) => {
    for (let index = 0; index < keys.length; index += marksAtOnce) {
      markAll.immediate(keys.slice(index, index + marksAtOnce), at);
      await untilOthersHadTheirTurn();
    }
  };
}

function prepareMark(run: Run, { resource, counts }: MarkedResource) {
  const tombstones = openTombstones(run.warehouse, run.account, resource, run.now);
  const changeLog = openChangeLog(run, resource);
  return (key: string, at?: string) => {
    if (!tombstones.mark(key, at)) return;
    changeLog.deleted(key);
    counts.deleted += 1;
  };
}

/** Marks the records of one parent's child listing, and forgets that the listing was to be read. */
function prepareMarkChildren(run: Run, child: MarkedResource) {
  const { warehouse, account, now } = run;
  const { name } = child.resource;
  const tombstones = openTombstones(warehouse, account, child.resource, now);
  const mark = prepareMark(run, child);
  const retries = openRetries(warehouse, account, name, now);
  const queue = run.refreshQueue(name);
  return (parent: string, at?: string) => {
    for (const key of tombstones.liveKeysOf(parent)) mark(key, at);
    retries.remove(parent);
    queue.remove(parent);
  };
}
