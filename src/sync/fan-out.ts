import pLimit from "p-limit";
import { ApiError } from "../errors.ts";
import type { Resource } from "../resource.ts";
import { rejectsOf } from "../warehouse/rejects.ts";
import { retriesOf } from "../warehouse/retries.ts";
import type { ResourceResult } from "../warehouse/runs.ts";
import type { Seen } from "../warehouse/seen.ts";
import { brake, deleter, findMissing } from "./deletes.ts";
import type { Counts } from "./report.ts";
import type { Run } from "./run.ts";
import { tally, wireHasChanged } from "./tally.ts";

/** The walk of a resource that has one listing for each record of another. */
export interface FanOut {
  readonly resource: Resource;
  readonly counts: Counts;
  readonly seen: Seen;
  /** True once something went wrong that would go wrong for every parent. */
  isBroken(): boolean;
  /** Reads the listings that could not be read last time; never rejects. */
  readFailed(): Promise<void>;
  /**
   * Reads the listings of these parents, as many at once as the source allows; never rejects.
   * True where a walk that is stopped later need not come back to them.
   */
  read(parents: readonly string[]): Promise<boolean>;
  /** Parents whose listing ChartMogul does not know. */
  unknown(): readonly string[];
  /** The parent itself is gone, so that its listing is not missed. */
  forget(parent: string): void;
  /** Marks what the listings of the parents that were read no longer have. `firstRun` is the one in which the walk began. */
  settle(wasListed: (parent: string) => boolean, firstRun: number): Promise<void>;
  result(error: unknown, walkStartedAt: string): ResourceResult;
}

// More than a source has places for, so that it never waits; few enough that not much is asked in vain when it breaks.
const parentsAtOnce = 32;
// Where so many are refused and none is read, it is not a matter of single parents.
const refusedInARow = 25;
// Listings of single parents are small: fewer records than this prove nothing about the wire.
const smallestSample = 20;

export function fanOut(run: Run, resource: Resource): FanOut {
  const { counts, seen, store, result } = tally(run, resource);
  const { tombstones, mark } = deleter(run, resource, counts);
  const retries = retriesOf(run.warehouse, run.account, resource.name, run.now);
  const refused = new Map<string, ApiError>();
  const places = pLimit(parentsAtOnce);
  let readable = 0;
  let broken: unknown;

  const refuse = (parent: string, error: ApiError) => {
    refused.set(parent, error);
    retries.add(parent, error.message);
    if (readable === 0 && refused.size >= refusedInARow) {
      broken ??= new ApiError(
        `none of the first ${refused.size} listings of ${resource.name} could be read: ${error.message}`,
        { hint: error.hint ?? "Report it." },
      );
    }
  };

  /** Gives why records were rejected, and how many there were. */
  const readOne = async (parent: string): Promise<{ rejections: readonly string[]; fetched: number }> => {
    const read = { rejections: [] as string[], fetched: 0 };
    try {
      if (broken !== undefined) return read;
      let keyless = 0;
      for await (const { records, cursor } of resource.extract.pages(run.source, { parent })) {
        const isLast = cursor === undefined;
        const page = await store({ records, parent, also: () => isLast && retries.remove(parent) });
        keyless += page.keyless;
        read.rejections.push(...page.rejections);
        read.fetched += records.length;
      }
      // One without a key may be any that is stored.
      if (keyless > 0) seen.add(tombstones.liveKeysOf(parent));
      refused.delete(parent);
      readable += 1;
    } catch (error) {
      // A refusal concerns one parent; anything else (no network, a wrong key) would fail for all that follow too.
      if (!(error instanceof ApiError && isRefusal(error))) broken ??= error;
      else refuse(parent, error);
    }
    return read;
  };

  const readAll = (parents: readonly string[]) =>
    Promise.all(parents.map((parent) => places(() => readOne(parent))));

  return {
    resource,
    counts,
    seen,
    isBroken: () => broken !== undefined,
    async readFailed() {
      await readAll(retries.parents());
    },
    async read(parents) {
      const listings = await readAll(parents);
      const rejections = listings.flatMap((listing) => listing.rejections);
      const fetched = listings.reduce((sum, listing) => sum + listing.fetched, 0);
      if (fetched >= smallestSample) {
        broken ??= wireHasChanged(resource.name, { rejected: rejections.length, fetched }, rejections[0]);
      }
      return broken === undefined;
    },
    unknown: () => [...refused].flatMap(([parent, { status }]) => (status === 404 ? [parent] : [])),
    forget(parent) {
      refused.delete(parent);
      retries.remove(parent);
    },
    async settle(wasListed, firstRun) {
      if (broken !== undefined) return;
      const wasSeen = seen.lookup();
      const missing = await findMissing(tombstones, (key) => {
        const [parent = ""] = key.split("/");
        return !wasSeen(key) && wasListed(parent) && !refused.has(parent);
      });
      try {
        brake(run, resource.name, missing);
      } catch (held) {
        broken = held;
        return;
      }
      await mark(missing.keys);
      if (refused.size === 0) {
        rejectsOf(run.warehouse, run.account, resource.name, { run: run.id, now: run.now }).resolveUnmet(
          firstRun,
        );
      }
    },
    result(error, walkStartedAt) {
      const [first] = refused;
      return result(
        broken ??
          error ??
          (first &&
            new ApiError(
              `the listings of ${refused.size} of ${resource.extract.parent} could not be read, the first of ${first[0]}: ${first[1].message}`,
              { hint: "What they had stays as it was; the next sync reads them first." },
            )),
        // Listings of single records announce nothing.
        { walk_started_at: walkStartedAt, announced_pages: null },
      );
    },
  };
}

function isRefusal({ status }: ApiError): boolean {
  return status !== undefined && status >= 400 && status < 500 && status !== 401 && status !== 429;
}
