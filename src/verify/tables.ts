import type { Resource } from "../resources/resource.ts";
import { verifyActivities } from "./activities.ts";
import { verifyColumnTypes } from "./column-types.ts";
import { verifyDays } from "./days.ts";
import type { Verification } from "./findings.ts";
import { verifyTexts } from "./illegible-texts.ts";
import { verifyChildRecords, verifyOrphanRows } from "./orphan-rows.ts";
import { verifyReceived } from "./received.ts";
import { verifyReferences } from "./references.ts";
import { verifySubscriptions } from "./subscriptions.ts";
import { verifyTombstones } from "./tombstones.ts";

/**
 * Compares the tables of one account with the records that were received, and with each other. Each comparison is one statement or one
 * short transaction, and so of one moment, whatever a sync writes between two of them; see `verifyReceived`. Only the `current`
 * resources must agree with each other.
 */
export async function verifyTables(
  verification: Verification,
  resources: readonly Resource[],
  current: readonly Resource[],
): Promise<void> {
  for (const resource of resources) {
    await verifyReceived(verification, resource);
    verifyColumnTypes(verification, resource);
    verifyOrphanRows(verification, resource);
    verifyTombstones(verification, resource);
    verifyReferences(verification, resource);
    const parent = resources.find(({ name }) => name === resource.listing.parent);
    if (parent) verifyChildRecords(verification, resource.table, parent.table);
    await verification.pause();
  }
  verifyTexts(verification);
  verifyDays(verification, resources);
  const areCurrent = (...names: readonly string[]) =>
    names.every((each) => current.some(({ name }) => name === each));
  if (areCurrent("activities", "daily_metrics")) verifyActivities(verification);
  if (areCurrent("customers", "subscriptions")) verifySubscriptions(verification);
  await verification.pause();
}
