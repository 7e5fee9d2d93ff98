import { IncompleteError } from "../errors.ts";
import type { Resource } from "../resource.ts";
import type { Checkpoint } from "../warehouse/checkpoints.ts";
import { rejectsOf } from "../warehouse/rejects.ts";
import { askFor, brake, deleter, findMissing } from "./deletes.ts";
import type { FanOut } from "./fan-out.ts";
import { noCounts } from "./report.ts";
import type { Run } from "./run.ts";
import type { Tally } from "./tally.ts";

/** A walk whose listing was read to its end. */
interface ReadWalk {
  readonly own: Tally;
  readonly fans: readonly FanOut[];
  readonly followers: readonly Resource[];
  readonly checkpoint: Checkpoint;
  /** How many of the root's records had no key. */
  readonly keyless: number;
}

/**
 * Marks as deleted what a walk that was read to its end did not meet, first of the root and then of what depends on it.
 * Gives the error that kept it from doing so; a held root does not hold its dependents.
 */
export async function settle(run: Run, root: Resource, walk: ReadWalk): Promise<unknown> {
  let held: IncompleteError | undefined;
  try {
    await settleRoot(run, root, walk);
  } catch (error) {
    if (!(error instanceof IncompleteError && error.status === "held")) return error;
    held = error;
  }
  const wasListed = walk.own.seen.lookup();
  for (const fan of walk.fans) await fan.settle(wasListed, walk.checkpoint.run);
  return held;
}

async function settleRoot(
  run: Run,
  root: Resource,
  { own, fans, followers, checkpoint, keyless }: ReadWalk,
): Promise<void> {
  const following = followers.map((resource) => ({
    resource,
    counts: fans.find((fan) => fan.resource === resource)?.counts ?? noCounts(),
  }));
  const { tombstones, mark } = deleter(run, root, own.counts, following);
  const wasSeen = own.seen.lookup();
  // A record without a key may be any that is stored; only asking for each tells then.
  const canTell = keyless === 0 || root.detail !== undefined;
  const missing = await findMissing(tombstones, (key) => canTell && !wasSeen(key));
  brake(run, root.name, missing);

  const unknown = fans.flatMap((fan) => fan.unknown());
  const { gone, present } = await askFor(run, root, [...new Set([...missing.keys, ...unknown])]);
  const escaped = present.filter(({ key }) => !wasSeen(key));
  if (escaped.length > 0) {
    await own.store({ records: escaped.map(({ record }) => record) });
    await Promise.all(fans.map((fan) => fan.read(escaped.map(({ key }) => key))));
  }
  await mark(gone);
  for (const fan of fans) for (const key of gone) fan.forget(key);
  run.warehouse.sqlite.transaction(() => {
    root.conclude(run.warehouse, run.account);
    const rejects = rejectsOf(run.warehouse, run.account, root.name, { run: run.id, now: run.now });
    rejects.resolveUnmet(checkpoint.run);
  })();
}
