import { RecordError } from "../errors.ts";
import type { Resource } from "../resource.ts";
import type { Warehouse } from "../warehouse/open.ts";
import { accountsWith, type KeptRecord, keptRecords } from "../warehouse/raw-records.ts";
import { hashOf, recordWriter } from "../warehouse/records.ts";
import { rejectsOf } from "../warehouse/rejects.ts";
import { latestRun } from "../warehouse/runs.ts";
import { tombstonesOf } from "../warehouse/tombstones.ts";

/** What a rebuild did with one resource of one account. */
export interface RebuildReport {
  readonly account: string;
  readonly resource: string;
  /** Records whose rows were written again. */
  readonly records: number;
  /** Records that no longer validate; their rows stay as they were. */
  readonly rejected: number;
}

/**
 * Fills the tables of these resources again from the records that were received, without asking ChartMogul: one transaction for each
 * resource. The rows are those that a sync of the same records by this version writes, with the times at which they were written.
 */
export function rebuild(
  warehouse: Warehouse,
  resources: readonly Resource[],
  now: () => Date = () => new Date(),
): RebuildReport[] {
  return resources.flatMap((resource) =>
    warehouse.sqlite
      .transaction(() =>
        accountsWith(warehouse, resource.name).map((account) =>
          rebuildOne(warehouse, account, resource, now),
        ),
      )
      .immediate(),
  );
}

function rebuildOne(
  warehouse: Warehouse,
  account: string,
  resource: Resource,
  now: () => Date,
): RebuildReport {
  const { name, version } = resource;
  const writer = recordWriter(warehouse, account, resource, now);
  const rejects = rejectsOf(warehouse, account, name, { run: latestRun(warehouse), now });
  let records = 0;
  let rejected = 0;
  for (const record of keptRecords(warehouse, account, name)) {
    try {
      const rows = resource.map(JSON.parse(record.json), parentOf(resource, record));
      writer.rewrite({ ...record, hash: hashOf(record.json, version) }, rows);
      records += 1;
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
      rejects.add({ key: record.key, json: record.json, reason: error.message });
      rejected += 1;
    }
  }
  writer.removeStrays();
  tombstonesOf(warehouse, account, resource, now).markAgain();
  resource.conclude(warehouse, account);
  return { account, resource: name, records, rejected };
}

function parentOf({ extract }: Resource, { key }: KeptRecord): string | undefined {
  return extract.parent === undefined ? undefined : key.split("/")[0];
}
