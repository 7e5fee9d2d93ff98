import { ApiError } from "../../errors.ts";
import type { Resource } from "../../resources/resource.ts";
import { openRejects } from "../../store/rejects.ts";
import { findUnmetRejects } from "../plan/unmet-rejects.ts";
import type { Run } from "../run.ts";
import { askEach } from "./ask-each.ts";
import { readChildListings } from "./child-listings.ts";
import type { Walk } from "./open-walk.ts";

/**
 * Requests by their keys the records that earlier runs rejected and that the walk has not met, where the API has such a request. A record
 * that ChartMogul has is stored. One that it does not have is no longer missing. Where it says neither, the record stays rejected.
 */
export async function askForRejects(walk: Walk): Promise<void> {
  const { run, resource } = walk;
  if (resource.detail === undefined) return;
  const { records, unclear } = await askForUnmet(run, resource, resource.detail);
  if (records.length > 0) await storeUnlisted(walk, records);
  const rejects = openRejects(run.warehouse, run.account, resource.name, { run: run.id, now: run.now });
  rejects.resolveOpenSince(run.id, ({ key, hasKey }) => hasKey && !unclear.has(key));
}

/** Stores records that the listing did not have, and reads their child listings. */
export async function storeUnlisted(
  { own, children, invalidate }: Walk,
  records: readonly unknown[],
): Promise<void> {
  const { keys } = await own.store({ records, also: ({ changed }) => invalidate(changed) });
  own.seen.add(keys);
  await Promise.all(children.map((child) => readChildListings(child, keys)));
}

/** The rejected records that ChartMogul has, and the keys of those where it is not clear. */
async function askForUnmet(run: Run, resource: Resource, detail: NonNullable<Resource["detail"]>) {
  const records: unknown[] = [];
  const unclear = new Set<string>();
  const keys = findUnmetRejects(run, resource).flatMap(({ key, hasKey }) => (hasKey ? [key] : []));
  await askEach(keys, async (key) => {
    try {
      const record = await detail(run.api.patient, key);
      const found = resource.keyOf(record, undefined);
      if (found === key) records.push(record);
      else if (record !== undefined && found === undefined) unclear.add(key);
    } catch (error) {
      // It stays rejected, and is reported as missing.
      if (!(error instanceof ApiError)) throw error;
      unclear.add(key);
    }
  });
  return { records, unclear };
}
