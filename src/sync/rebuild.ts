import type { Warehouse } from "../database/open.ts";
import { RecordError, WarehouseError } from "../errors.ts";
import { legibleJson } from "../json/legible-text.ts";
import type { Resource } from "../resources/resource.ts";
import { findLatestRun } from "../state/runs.ts";
import { mendTexts } from "../store/illegible-texts.ts";
import { clearMistypedValues } from "../store/mistyped-values.ts";
import { forgetOddFields, prepareOddFieldCount } from "../store/odd-fields.ts";
import {
  listAccountsWith,
  type ReceivedRecord,
  readStoredRecords,
  type StoredRecord,
} from "../store/raw-records.ts";
import { hashRecord, openRecordWriter } from "../store/record-writer.ts";
import { openRejects } from "../store/rejects.ts";
import { openTombstones } from "../store/tombstones.ts";

/** What a rebuild did with one resource of one account. */
export interface RebuildReport {
  readonly account: string;
  readonly resource: string;
  /** Records whose rows were written again. */
  readonly records: number;
  /** Rows that were taken away because no record of them is stored. */
  readonly removed: number;
  /** Records that no longer validate; their rows stay as they were, but for values that are not of the type of their column. */
  readonly rejected: number;
  /** Records that can no longer be read; their rows stay as they were. */
  readonly unreadable: number;
  /** Of the first of these: which it is, and why. */
  readonly reasons: readonly string[];
}

const reasonsKept = 5;

/**
 * Fills the tables of these resources again from the records that were received, without asking ChartMogul: one transaction for each
 * resource. The rows are those that a sync of the same records by this version writes, with the times at which they were written.
 */
export function rebuild(
  warehouse: Warehouse,
  resources: readonly Resource[],
  now: () => Date = () => new Date(),
): RebuildReport[] {
  warehouse.sqlite.transaction(() => mendTexts(warehouse.sqlite)).immediate();
  return resources.flatMap((resource) =>
    warehouse.sqlite
      .transaction(() =>
        listAccountsWith(warehouse, resource).map((account) => rebuildOne(warehouse, account, resource, now)),
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
  const writer = openRecordWriter(warehouse, account, resource, now);
  const rejects = openRejects(warehouse, account, name, { run: findLatestRun(warehouse), now });
  let records = 0;
  let rejected = 0;
  let unreadable = 0;
  const reasons: string[] = [];
  forgetOddFields(warehouse, account, name);
  const countOddFields = prepareOddFieldCount(warehouse, account, resource, now);
  const read = (kept: StoredRecord) => {
    try {
      return kept.read();
    } catch (error) {
      if (!(error instanceof WarehouseError)) throw error;
      unreadable += 1;
      if (reasons.length < reasonsKept) reasons.push(error.message);
      return undefined;
    }
  };
  const mapped = (key: string, { json, record, parent }: ReceivedRecord) => {
    try {
      return resource.map(record, parent);
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
      rejects.add({ key, hasKey: true, parent, json, reason: error.message });
      rejected += 1;
      return undefined;
    }
  };
  for (const kept of readStoredRecords(warehouse, account, resource)) {
    const received = read(kept);
    const rows = received && mapped(kept.key, received);
    if (!received || !rows) continue;
    countOddFields([{ now: rows.oddities, before: undefined }]);
    const json = legibleJson(received.json);
    const hash = hashRecord(json, version);
    if (json !== received.json) writer.replaceText(writer.pack({ key: kept.key, json, hash }));
    writer.rewrite({ ...kept, hash }, rows);
    records += 1;
  }
  // What no column of that type can hold no reader can read, whoever stored it.
  if (rejected + unreadable > 0)
    for (const { table } of [resource, ...resource.children]) clearMistypedValues(warehouse, account, table);
  const removed = writer.removeOrphanRows();
  openTombstones(warehouse, account, resource, now).markAgain();
  resource.afterSync(warehouse, account, now);
  return { account, resource: name, records, removed, rejected, unreadable, reasons };
}
