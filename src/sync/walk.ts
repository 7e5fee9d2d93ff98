import type { Extract, Page, Source } from "../chartmogul/source.ts";
import { ApiError } from "../errors.ts";
import type { Resource } from "../resource.ts";
import { type Checkpoint, checkpointOf } from "../warehouse/checkpoints.ts";
import type { ResourceResult } from "../warehouse/runs.ts";
import { type FanOut, fanOut } from "./fan-out.ts";
import type { Run } from "./run.ts";
import { tally } from "./tally.ts";

// How many pages of parents are read ahead of their children: enough to keep the children's requests coming.
const pagesAhead = 2;

/**
 * Walks the listing of `root` to its end, and for each of its records the listings of `dependents`. Every page is stored as it
 * arrives; the checkpoint moves past a page once it and everything that hangs on it is stored. What goes wrong is in the results; rejects
 * only where the warehouse cannot be written before or after the walk.
 */
export async function walk(
  run: Run,
  root: Resource,
  dependents: readonly Resource[],
): Promise<ResourceResult[]> {
  const members = [root, ...dependents].map(({ name, version }) => `${name}@${version}`).join(" ");
  const checkpoint = checkpointOf(run.warehouse, run.account, { walk: root.name, members }, run.now);
  const own = tally(run, root);
  const fans = dependents.map((dependent) => fanOut(run, dependent));
  const behind = trailing(fans, checkpoint);

  let failure: unknown;
  try {
    for await (const { records, cursor } of resumed(root.extract, run.source, checkpoint)) {
      run.signal.throwIfAborted();
      const also = fans.length === 0 && cursor !== undefined ? () => checkpoint.save(cursor) : undefined;
      await own.store({ records, ...(also && { also }) });
      if (fans.length > 0) await behind.follow(keysOf(root, records), cursor);
    }
  } catch (error) {
    failure = error;
  }
  // Awaited in any case: nothing may be stored once the walk is over.
  const unsaved = await behind.finish();
  failure ??= unsaved;
  // What was refused is asked for again by the next walk, from the beginning.
  if (failure === undefined && fans.every((fan) => !fan.isBroken())) checkpoint.clear();

  const incomplete = failure && new ApiError(`${root.name} could not be read to the end`);
  return [own.result(failure), ...fans.map((fan) => fan.result(incomplete))];
}

function keysOf(resource: Resource, records: readonly unknown[]): string[] {
  return records.flatMap((record) => resource.keyOf(record, undefined) ?? []);
}

/** The reading of what hangs on each page, in the order of the pages and at most `pagesAhead` of them at once. */
function trailing(fans: readonly FanOut[], checkpoint: Checkpoint) {
  const pending: Promise<void>[] = [];
  let allRead = true;
  let last: Promise<void> = Promise.resolve();
  let failure: unknown;
  return {
    async follow(parents: readonly string[], cursor: string | undefined): Promise<void> {
      const reads = Promise.all(fans.map((fan) => fan.read(parents)));
      last = Promise.all([reads, last]).then(([read]) => {
        allRead &&= read.every(Boolean);
        try {
          if (allRead && cursor !== undefined) checkpoint.save(cursor);
        } catch (error) {
          allRead = false;
          failure ??= error;
        }
      });
      pending.push(last);
      if (pending.length > pagesAhead) await pending.shift();
    },
    /** Waits for all of it and gives the error that kept the checkpoint from being saved, if there was one. */
    async finish(): Promise<unknown> {
      await last;
      return failure;
    },
  };
}

/** The pages from the checkpoint on, or from the beginning where there is none or the server no longer knows its cursor. */
async function* resumed(extract: Extract, source: Source, checkpoint: Checkpoint): AsyncIterable<Page> {
  const cursor = checkpoint.load();
  if (cursor !== undefined) {
    let accepted = false;
    try {
      for await (const page of extract.pages(source, { cursor })) {
        accepted = true;
        yield page;
      }
      return;
    } catch (error) {
      if (accepted || !(error instanceof ApiError && [400, 404, 422].includes(error.status ?? 0)))
        throw error;
      checkpoint.clear();
    }
  }
  yield* extract.pages(source, {});
}
