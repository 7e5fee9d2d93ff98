import { setImmediate as untilOthersHadTheirTurn } from "node:timers/promises";
import { ApiError, IncompleteError } from "../../errors.ts";
import type { Resource } from "../../resources/resource.ts";
import { isTooLong } from "../../schema/key-length.ts";
import { openRetries } from "../../state/retries.ts";
import { countListedAgain } from "../../store/replacements.ts";
import { openTombstones, type Tombstones } from "../../store/tombstones.ts";
import { askEach } from "../read/ask-each.ts";
import type { Counts } from "../report.ts";
import type { Run } from "../run.ts";
import { historyOf } from "../write/open-history.ts";

/** What a walk did not meet of the live records. */
interface Missing {
  /** How many live records the walk covers, missing ones included. */
  readonly live: number;
  readonly keys: readonly string[];
}

/** Those of these live records that a walk should have met and has not; by default it covers all of them. */
export async function findMissing(
  liveKeys: Iterable<readonly string[]>,
  isMissing: (key: string) => boolean,
  isCovered: (key: string) => boolean = () => true,
): Promise<Missing> {
  const keys: string[] = [];
  let live = 0;
  for (const some of liveKeys) {
    const covered = some.filter(isCovered);
    live += covered.length;
    for (const key of covered) if (isMissing(key)) keys.push(key);
    await untilOthersHadTheirTurn();
  }
  return { live, keys };
}

/**
 * The error that holds a resource where so many are missing that ChartMogul or the key are more likely at fault than the records gone.
 * `replaced` gives how many of them others have come for; by default none.
 */
export function tooMany(
  run: Run,
  resource: Resource,
  { live, keys }: Missing,
  replaced: () => number = () => 0,
): IncompleteError | undefined {
  const { percent, records, accepted } = run.rules.deletes;
  const isTooMany = (count: number) => count > records && count * 100 > live * percent;
  if (accepted || !isTooMany(keys.length) || !isTooMany(keys.length - replaced())) return undefined;
  const { name } = resource;
  const found = `${keys.length} of ${live} live records of ${name} were not found, more than ${percent} %`;
  const meanwhile = "Until then the summary tables leave them out.";
  const command = `sync --accept-deletes --account ${run.account}`;
  const anew = countListedAgain(run.warehouse, run.account, resource, keys);
  if (anew < keys.length * mostOfThem) {
    const hint = `Look whether they are still in ChartMogul. If they are really gone, run \`${command} --only ${name}\`. ${meanwhile}`;
    return new IncompleteError("delete_limit", `${found}; none was marked as deleted`, hint);
  }
  return new IncompleteError(
    "delete_limit",
    `${found}, but others have the external ids of ${anew === keys.length ? "all" : anew} of them, as after a data source was imported anew; none was marked as deleted`,
    `If it was imported anew, run \`${command}\`. ${meanwhile}`,
  );
}

// Some may have been deleted besides.
const mostOfThem = 0.9;

// A page of them: more cannot all have moved behind the cursor during one walk.
const mostEscaped = 200;

/** What ChartMogul says of records that a listing did not have. */
interface Asked {
  readonly gone: readonly string[];
  /** Records that are still there. */
  readonly present: readonly { readonly key: string; readonly record: unknown }[];
  /** Keys of which it says neither: they stay as they are. */
  readonly unclear: readonly { readonly key: string; readonly error: ApiError }[];
}

/**
 * Asks for each record by its key, where the API has such a read: a customer may move behind the cursor while the listing is being
 * read. Throws an IncompleteError where the listing has left out more than that explains; `wasListed` are those that it had.
 */
export async function askFor(
  run: Run,
  resource: Resource,
  keys: readonly string[],
  wasListed: (key: string) => boolean,
): Promise<Asked> {
  const { detail } = resource;
  if (!detail) return { gone: keys, present: [], unclear: [] };
  const gone: string[] = [];
  const present: { key: string; record: unknown }[] = [];
  const unclear: { key: string; error: ApiError }[] = [];
  let escaped = 0;
  const ask = async (key: string) => {
    // One short listing is enough to know.
    if (escaped > mostEscaped) return;
    // An older version stored it.
    if (isTooLong(key)) {
      gone.push(key);
      return;
    }
    const record = await detail(run.api.patient, key);
    const found = record === undefined ? undefined : resource.keyOf(record, undefined);
    if (found === key) {
      present.push({ key, record });
      if (!wasListed(key)) escaped += 1;
    } else if (record !== undefined && found === undefined) {
      unclear.push({ key, error: new ApiError("ChartMogul answered with something that has no key") });
    } else {
      // Another record in its place is where it was merged into.
      gone.push(key);
    }
  };
  const askWhereAllowed = async (key: string) => {
    try {
      await ask(key);
    } catch (error) {
      if (!(error instanceof ApiError && (error.status === 402 || error.status === 403))) throw error;
      unclear.push({ key, error });
    }
  };
  await askEach(keys, askWhereAllowed);
  if (escaped > mostEscaped) {
    throw new IncompleteError(
      "truncated",
      `the listing of ${resource.name} left out more than ${mostEscaped} records that ChartMogul still has; none was marked as deleted`,
      "Sync again; report it if it stays.",
    );
  }
  return { gone, present, unclear };
}

/** Marks records of one resource as deleted, with what belongs to them. */
export interface Deleter {
  readonly tombstones: Tombstones;
  /** `at` is the timestamp that they get, by default that of now. */
  mark(keys: readonly string[], at?: string): Promise<void>;
}

// Few enough that others get to write, too.
const marksAtOnce = 500;

/** `followers` are the resources whose records belong to one of this resource and are deleted with it. */
export function deleter(
  run: Run,
  resource: Resource,
  counts: Counts,
  followers: readonly { readonly resource: Resource; readonly counts: Counts }[] = [],
): Deleter {
  const { warehouse, account, now } = run;
  const markerOf = (of: Resource, counted: Counts) => {
    const tombstones = openTombstones(warehouse, account, of, now);
    const history = historyOf(run, of);
    const mark = (key: string, at?: string) => {
      if (!tombstones.mark(key, at)) return;
      history.deleted(key);
      counted.deleted += 1;
    };
    const listings = [openRetries(warehouse, account, of.name, now), run.refreshQueue(of.name)];
    return { tombstones, mark, listings };
  };
  const own = markerOf(resource, counts);
  const following = followers.map((follower) => markerOf(follower.resource, follower.counts));

  const markAll = warehouse.sqlite.transaction((keys: readonly string[], at?: string) => {
    for (const key of keys) {
      own.mark(key, at);
      for (const { tombstones, mark, listings } of following) {
        for (const child of tombstones.liveKeysOf(key)) mark(child, at);
        for (const each of listings) each.remove(key);
      }
    }
  });

  return {
    tombstones: own.tombstones,
    async mark(keys, at) {
      for (let index = 0; index < keys.length; index += marksAtOnce) {
        markAll.immediate(keys.slice(index, index + marksAtOnce), at);
        await untilOthersHadTheirTurn();
      }
    },
  };
}
