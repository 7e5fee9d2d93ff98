import type { ApiClient, Profile } from "../api/api-client.ts";
import type { Warehouse } from "../database/open.ts";
import type { Resource } from "../resources/resource.ts";
import { getShape } from "../schema/table.ts";
import { createOtherAccountError, isLinkedAccount } from "../state/linked-accounts.ts";
import { listFirstLiveKeys } from "../store/live-records.ts";

/** An account as it is stored, and the API client that is to read it. */
interface StoredIdentity {
  readonly warehouse: Warehouse;
  /** The operator's name of the account. */
  readonly account: string;
  readonly api: ApiClient;
}

// For each resource: some may have been deleted since.
const recordsAsked = 3;

/**
 * Throws a WarehouseError if an API key belongs to another ChartMogul account than the one whose records are stored under its name.
 * Where ChartMogul gives another id or name than before, the stored records decide: their uuids exist in one account only. So one wrong
 * reply, even the first, does no harm, and interchanged keys are refused however often they are used. `registry` are the resources of
 * the warehouse.
 */
export async function refuseOtherAccount(
  { warehouse, account, api }: StoredIdentity,
  profile: Profile,
  registry: readonly Resource[],
): Promise<void> {
  if (isLinkedAccount(warehouse, account, profile)) return;
  let isEmpty = true;
  for (const resource of registry) {
    for (const key of listAskableKeys(warehouse, account, resource)) {
      isEmpty = false;
      const record = await resource.detail?.(api, key);
      if (record !== undefined && resource.keyOf(record, undefined) === key) return;
    }
  }
  // Where nothing is stored, nothing can be mixed up.
  if (!isEmpty) throw createOtherAccountError(warehouse, account, profile);
}

/** Keys of stored records that can be requested and that no other account has. */
function listAskableKeys(warehouse: Warehouse, account: string, resource: Resource): readonly string[] {
  const isUnique = getShape(resource.table).key.at(-1) === "uuid";
  if (!resource.detail || !isUnique) return [];
  return listFirstLiveKeys(warehouse, account, resource.name, recordsAsked);
}
