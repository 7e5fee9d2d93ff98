import type { Resource } from "../../resources/resource.ts";
import { openRejects } from "../../store/rejects.ts";
import { awaitedBy } from "../plan/unmet-rejects.ts";
import type { Run } from "../run.ts";
import type { Listing } from "./read-listing.ts";

/**
 * Asks by their keys for the records that earlier runs rejected and the walk has not met, where the API has such a read. What ChartMogul
 * has of them is stored; what it does not have is no longer missing; of which it does not say, that stays as it is.
 */
export async function askAgain(
  run: Run,
  root: Resource,
  listing: Omit<Listing, "checkpoint">,
): Promise<void> {
  if (root.detail === undefined) return;
  const { records, unclear } = await awaitedBy(run, root).ask();
  if (records.length > 0) await storeUnlisted(listing, records);
  const rejects = openRejects(run.warehouse, run.account, root.name, { run: run.id, now: run.now });
  rejects.resolveOpenSince(run.id, ({ key, hasKey }) => hasKey && !unclear.has(key));
}

/** Stores records that the listing of a root did not have, and reads what hangs on them. */
export async function storeUnlisted(
  { own, fans, hint }: Omit<Listing, "checkpoint">,
  records: readonly unknown[],
): Promise<void> {
  const { keys } = await own.store({ records, also: ({ changed }) => hint(changed) });
  own.seen.add(keys);
  await Promise.all(fans.map((fan) => fan.read(keys)));
}
