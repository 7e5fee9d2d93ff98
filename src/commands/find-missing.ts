import { inspectWarehouse } from "../database/inspect.ts";
import { openForReading } from "../database/open.ts";
import { WarehouseError } from "../errors.ts";
import type { Resource } from "../resources/resource.ts";
import { countMissingByResource } from "../store/rejects.ts";
import { describeMissing, missingHint } from "./describe-missing.ts";

/** One error for each of these resources with records that did not validate and are missing from the account. */
export function findMissing(path: string, account: string, resources: readonly Resource[]): WarehouseError[] {
  if (inspectWarehouse(path) === 0) return [];
  const warehouse = openForReading(path);
  try {
    return countMissingByResource(warehouse, account)
      .filter(({ resource }) => resources.some(({ name }) => name === resource))
      .map(
        ({ resource, records }) =>
          new WarehouseError(describeMissing(records, ` of ${resource}`), { hint: missingHint }),
      );
  } finally {
    warehouse.close();
  }
}
