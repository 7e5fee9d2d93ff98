import type { ApiClient } from "../api/api-client.ts";
import { ApiError, RecordError, requireDefined, WarehouseError } from "../errors.ts";
import type { Resource, Rows } from "../resources/resource.ts";
import { isField } from "../schema/fields.ts";
import { getShape } from "../schema/table.ts";
import { listRandomLiveKeys } from "../store/live-records.ts";
import { prepareStoredRecord } from "../store/raw-records.ts";
import { openTombstones } from "../store/tombstones.ts";
import { collectFew, type Verification } from "./findings.ts";
import { formatCount, quoteValue } from "./format.ts";
import { hints } from "./hints.ts";

interface SampleVerification extends Verification {
  readonly api: ApiClient;
  /** How many records of each resource are read again. */
  readonly size: number;
}

/**
 * Reads a random sample of the records of each resource again and compares it with what was received, field by field. Whether the
 * rows are what was received is left to `verifyReceived`.
 */
export async function verifySample(
  context: SampleVerification,
  resources: readonly Resource[],
): Promise<void> {
  for (const resource of resources) {
    const parent = resources.find(({ name }) => name === resource.listing.parent);
    if (parent) await sampleListings(context, resource, parent);
    else if (resource.detail) await sampleRecords(context, resource);
  }
}

// Of fewer records nothing can be said.
const enough = 10;

/** What the comparison of a resource has come to. */
function collectDifferences({ report }: SampleVerification, { name }: Resource) {
  const [changed, gone, unknown] = [collectFew(), collectFew(), collectFew()];
  let same = 0;
  return {
    same() {
      same += 1;
    },
    changed: (key: string, how: string) => changed.add(`${key}: ${how}`),
    gone: (key: string) => gone.add(`${key}: stored but no longer in ChartMogul`),
    unknown: (key: string) => unknown.add(`${key}: in ChartMogul but not stored as live`),
    end() {
      const missing = gone.count + unknown.count;
      const differing = changed.count + missing;
      const all = same + differing;
      if (all === 0) return;
      const differ = `${differing} of them ${differing === 1 ? "differs" : "differ"}`;
      const found = `${formatCount(all, "record")} read again, ${differ}`;
      if (differing === 0) {
        report.ok(name, found);
        return;
      }
      for (const few of [changed, gone, unknown]) for (const line of few.lines()) report.warning(name, line);
      // One that was deleted or made since is innocent; most of a sample are not.
      if (all < enough || missing * 2 <= all) {
        report.warning(name, `${found}; they may have changed since the sync`);
      } else {
        const apart = `${gone.count} stored but no longer in ChartMogul, ${unknown.count} in ChartMogul but not stored`;
        report.fault(name, `${found}: ${apart}`, hints.sameAccount);
      }
    },
  };
}

async function sampleRecords(context: SampleVerification, resource: Resource): Promise<void> {
  const differences = collectDifferences(context, resource);
  const compare = comparing(context, resource, differences);
  for (const key of listRandomLiveKeys(context.warehouse, context.account, resource.name, context.size)) {
    const record = await resource.detail?.(context.api, key);
    // Another record in its place is where it was merged into.
    if (record === undefined || resource.keyOf(record, undefined) !== key) differences.gone(key);
    else compare(key, record, undefined);
  }
  differences.end();
}

async function sampleListings(
  context: SampleVerification,
  resource: Resource,
  parents: Resource,
): Promise<void> {
  const differences = collectDifferences(context, resource);
  const compare = comparing(context, resource, differences);
  const tombstones = openTombstones(context.warehouse, context.account, resource, context.api.now);
  for (const parent of listRandomLiveKeys(context.warehouse, context.account, parents.name, context.size)) {
    const stored = new Set(tombstones.liveKeysOf(parent));
    for (const record of await listingOf(context, resource, parent)) {
      const key = resource.keyOf(record, parent) ?? "";
      if (stored.delete(key)) compare(key, record, parent);
      else differences.unknown(key || parent);
    }
    for (const key of stored) differences.gone(key);
  }
  differences.end();
}

/** All records of one listing; none where the record that it belongs to is gone. */
async function listingOf(
  { api }: SampleVerification,
  { listing }: Resource,
  parent: string,
): Promise<unknown[]> {
  const all: unknown[] = [];
  try {
    for await (const { records } of listing.pages(api, { parent })) all.push(...records);
  } catch (error) {
    const isGone = error instanceof ApiError && (error.status === 404 || error.status === 410);
    if (!isGone) throw error;
  }
  return all;
}

function comparing(
  { warehouse, account }: SampleVerification,
  resource: Resource,
  differences: Omit<ReturnType<typeof collectDifferences>, "end">,
) {
  const kept = prepareStoredRecord(warehouse, account, resource);

  /** Undefined where the received record cannot be used, which was reported before. */
  function received(key: string): Rows | undefined {
    try {
      const found = kept(key)?.read();
      return found && resource.map(found.record, found.parent);
    } catch (error) {
      if (error instanceof WarehouseError || error instanceof RecordError) return undefined;
      throw error;
    }
  }

  /** What does not validate now has changed since it was received. */
  function mapped(key: string, record: unknown, parent: string | undefined): Rows | undefined {
    try {
      return resource.map(record, parent);
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
      differences.changed(key, `it no longer validates: ${error.message}`);
      return undefined;
    }
  }

  return (key: string, record: unknown, parent: string | undefined) => {
    const before = received(key);
    const now = before && mapped(key, record, parent);
    if (!before || !now) return;
    const [difference] = resource
      .differences(before, now)
      // The read of one record lacks some of the keys that the listing has.
      .filter(({ field, after }) => after !== null || !isOptional(resource, field));
    if (!difference) differences.same();
    else {
      const { field, before: was, after } = difference;
      differences.changed(
        key,
        `${field} is stored as ${quoteValue(was)}, ChartMogul says ${quoteValue(after)}`,
      );
    }
  };
}

function isOptional({ table, children }: Resource, field: string): boolean {
  const path = field.split(".");
  const shape = [table, ...children.map((child) => child.table)]
    .map(getShape)
    .find(({ name }) => path.length === 1 || name === path[0]);
  const column = shape?.columns[requireDefined(path.at(-1), "the column of a field")];
  return column !== undefined && isField(column) && column.optional;
}
