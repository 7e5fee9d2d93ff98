import type { Warehouse } from "../database/open.ts";
import { WarehouseError } from "../errors.ts";
import type { Resource } from "../resources/resource.ts";
import { prepareStoredRecord } from "../store/raw-records.ts";

/** Gives the records of one resource of one account by key as they were received. Throws a WarehouseError where one is missing. */
export function prepareRecordReader(warehouse: Warehouse, account: string, resource: Resource) {
  const find = prepareStoredRecord(warehouse, account, resource);
  return (key: string): unknown => {
    const kept = find(key);
    if (kept !== undefined) return kept.read().record;
    throw new WarehouseError(
      `the record ${resource.name} ${key} of account ${account} has a row, but its record is missing`,
      {
        hint: "Another program changed the file. Run `rebuild`, then `verify`.",
      },
    );
  };
}
