import type { Resource } from "../../resources/resource.ts";
import type { ResourceResult } from "../../state/runs.ts";
import { openSeenKeys, type SeenKeys } from "../../state/seen-keys.ts";
import { countOpenRejects } from "../../store/rejects.ts";
import { describeOutcome } from "../outcome.ts";
import { type Counts, createCounts } from "../report.ts";
import type { Run } from "../run.ts";
import { openPageStore, type StorePage } from "./store-page.ts";
import { findWireChange, smallestSample } from "./wire-change.ts";
import type { OnRestored } from "./write-verdict.ts";

/** The walk of one resource in a run: stores pages, remembers their keys, counts, and says at the end how it went. */
export interface ResourceWalk {
  readonly counts: Counts;
  readonly seen: SeenKeys;
  readonly store: StorePage;
  /** Leaves out these milliseconds, in which the walk waited for those of other resources. */
  leaveOut(milliseconds: number): void;
  /** What the run did with the resource; `error` is what kept it from being complete. */
  summarise(error: unknown, end: WalkEnd): ResourceResult;
}

/** How the walk ended. */
export interface WalkEnd {
  readonly walk_started_at: string;
  /** Everything stored was read then or later, if the walk was complete. */
  readonly fresh_as_of: string | null;
  readonly announced_pages: number | null;
  readonly isReadToEnd: boolean;
  /** True where it read the whole listing and what is missing there was marked. */
  readonly isReconciled: boolean;
  /** True where the counts cover the whole listing: it began in this run and left nothing out. */
  readonly isWhole: boolean;
}

/** Begins the walk of a resource. `onRestored` is called for each record that comes back. */
export function beginResourceWalk(run: Run, resource: Resource, onRestored?: OnRestored): ResourceWalk {
  const { warehouse, account } = run;
  const counts = createCounts();
  let began = performance.now();
  const storePage = openPageStore(run, resource, counts, onRestored);
  const milliseconds = () => Math.round(performance.now() - began);
  let firstRejection: string | undefined;
  return {
    counts,
    seen: openSeenKeys(warehouse, account, resource.name),
    leaveOut(waited) {
      began += waited;
    },
    async store(page) {
      const stored = await storePage(page);
      firstRejection ??= stored.rejections[0];
      run.onProgress({ account, resource: resource.name, ...counts, milliseconds: milliseconds() });
      return stored;
    },
    summarise(error, { isReadToEnd, isReconciled, isWhole, ...end }) {
      const provesIt = isWhole || counts.fetched >= smallestSample;
      const change = provesIt ? findWireChange(resource.name, counts, firstRejection) : undefined;
      const outcome = describeOutcome(run, error ?? change);
      return {
        resource: resource.name,
        ...outcome,
        ...counts,
        missing: countOpenRejects(warehouse, account, resource.name),
        ...end,
        fresh_as_of: outcome.status === "complete" ? end.fresh_as_of : null,
        read_to_end: isReadToEnd && !change ? 1 : 0,
        reconciled: isReconciled && !change ? 1 : 0,
        milliseconds: milliseconds(),
      };
    },
  };
}
