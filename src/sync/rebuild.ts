import type { Warehouse } from "../database/open.ts";
import { RecordError, WarehouseError } from "../errors.ts";
import { makeJsonLegible } from "../json/legible-text.ts";
import type { Mapped, Resource } from "../resources/resource.ts";
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
import { hashRecord, openRecordWriter, type RecordWriter } from "../store/record-writer.ts";
import { openRejects, type Rejects } from "../store/rejects.ts";
import { openTombstones } from "../store/tombstones.ts";

/** What a rebuild did with one resource of one account. */
export interface RebuildReport {
  readonly account: string;
  readonly resource: string;
  /** Records whose rows were written again. */
  readonly records: number;
  /** Rows that were removed because no record of them is stored. */
  readonly removed: number;
  /** Records that no longer validate. Their rows stay as they were, except for values that are not of the type of their column. */
  readonly rejected: number;
  /** Records that can no longer be read. Their rows stay as they were. */
  readonly unreadable: number;
  /** The first of the unreadable records: which it is, and why. */
  readonly reasons: readonly string[];
}

const reasonsKept = 5;

/**
 * Fills the tables of these resources again from the raw records, without asking ChartMogul: one transaction for each resource. The rows
 * are those that a sync of the same records by this version writes, with the times at which they were written.
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
        listAccountsWith(warehouse, resource).map((account) =>
          rebuildResource({ warehouse, account, resource, now }),
        ),
      )
      .immediate(),
  );
}

/** The records of one resource of one account. */
interface RebuildTask {
  readonly warehouse: Warehouse;
  readonly account: string;
  readonly resource: Resource;
  readonly now: () => Date;
}

type RebuildCounts = { -readonly [Count in "records" | "rejected" | "unreadable"]: RebuildReport[Count] } & {
  readonly reasons: string[];
};

function rebuildResource(task: RebuildTask): RebuildReport {
  const { warehouse, account, resource, now } = task;
  forgetOddFields(warehouse, account, resource.name);
  const writer = openRecordWriter(warehouse, account, resource, now);
  const counts = rewriteRecords(task, writer);
  // A value that is not of the type of its column cannot be read by anyone, whoever stored it.
  if (counts.rejected + counts.unreadable > 0)
    for (const { table } of [resource, ...resource.children]) clearMistypedValues(warehouse, account, table);
  const removed = writer.removeOrphanRows();
  openTombstones(warehouse, account, resource, now).markAgain();
  resource.afterSync(warehouse, account, now);
  return { account, resource: resource.name, removed, ...counts };
}

function rewriteRecords(
  { warehouse, account, resource, now }: RebuildTask,
  writer: RecordWriter,
): RebuildCounts {
  const { name, version } = resource;
  const rejects = openRejects(warehouse, account, name, { run: findLatestRun(warehouse), now });
  const countOddFields = prepareOddFieldCount(warehouse, account, resource, now);
  const counts: RebuildCounts = { records: 0, rejected: 0, unreadable: 0, reasons: [] };
  for (const stored of readStoredRecords(warehouse, account, resource)) {
    const received = readRecord(stored, counts);
    const rows = received && mapRecord(resource, stored.key, received, { rejects, counts });
    if (!received || !rows) continue;
    countOddFields([{ now: rows.oddities, before: undefined }]);
    const json = makeJsonLegible(received.json);
    const hash = hashRecord(json, version);
    if (json !== received.json) writer.replaceText(writer.pack({ key: stored.key, json, hash }));
    writer.rewrite({ ...stored, hash }, rows);
    counts.records += 1;
  }
  return counts;
}

function readRecord(stored: StoredRecord, counts: RebuildCounts): ReceivedRecord | undefined {
  try {
    return stored.read();
  } catch (error) {
    if (!(error instanceof WarehouseError)) throw error;
    counts.unreadable += 1;
    if (counts.reasons.length < reasonsKept) counts.reasons.push(error.message);
    return undefined;
  }
}

function mapRecord(
  resource: Resource,
  key: string,
  { json, record, parent }: ReceivedRecord,
  { rejects, counts }: { readonly rejects: Rejects; readonly counts: RebuildCounts },
): Mapped | undefined {
  try {
    return resource.map(record, parent);
  } catch (error) {
    if (!(error instanceof RecordError)) throw error;
    rejects.add({ key, hasKey: true, parent, json, reason: error.message });
    counts.rejected += 1;
    return undefined;
  }
}
