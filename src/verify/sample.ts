import type { Source } from "../chartmogul/source.ts";
import { isField } from "../fields.ts";
import type { Resource, Rows } from "../resource.ts";
import type { Warehouse } from "../warehouse/open.ts";
import { rawReader } from "../warehouse/raw-records.ts";
import { storedRows } from "../warehouse/stored-rows.ts";
import { shapeOf } from "../warehouse/table.ts";
import { tombstonesOf } from "../warehouse/tombstones.ts";
import type { Report } from "./finding.ts";

interface Context {
  readonly warehouse: Warehouse;
  readonly account: string;
  readonly source: Source;
  readonly report: Report;
  /** How many records of each resource are read again. */
  readonly size: number;
}

/** Reads a random sample of the records of each resource again and compares it with the stored rows, field by field. */
export async function verifySample(context: Context, resources: readonly Resource[]): Promise<void> {
  for (const resource of resources) {
    const parent = resources.find(({ name }) => name === resource.extract.parent);
    if (parent) await sampleListings(context, resource, parent);
    else if (resource.detail) await sampleRecords(context, resource);
  }
}

/** What the comparison of a resource has come to. */
function tallyOf({ report }: Context, resource: Resource) {
  let compared = 0;
  let changed = 0;
  return {
    same() {
      compared += 1;
    },
    /** Different from ChartMogul as it is now; the stored rows are what was received. */
    changed(key: string, how: string) {
      compared += 1;
      changed += 1;
      report("warning", resource.name, `${key}: ${how}; it may have changed since the sync`);
    },
    /** Different from what was received. */
    fault(key: string, how: string) {
      compared += 1;
      report("fault", resource.name, `${key}: ${how}`);
    },
    end() {
      if (compared === 0) return;
      const found = `${compared} records read again, ${changed} of them differ`;
      report(changed > 0 ? "warning" : "ok", resource.name, found);
    },
  };
}

async function sampleRecords(context: Context, resource: Resource): Promise<void> {
  const tally = tallyOf(context, resource);
  const compare = comparing(context, resource, tally);
  for (const key of randomKeys(context, resource)) {
    const record = await resource.detail?.(context.source, key);
    if (record === undefined) tally.changed(key, "stored, but no longer in ChartMogul");
    else compare(key, record, undefined);
  }
  tally.end();
}

async function sampleListings(context: Context, resource: Resource, parents: Resource): Promise<void> {
  const tally = tallyOf(context, resource);
  const compare = comparing(context, resource, tally);
  const tombstones = tombstonesOf(context.warehouse, context.account, resource, context.source.now);
  for (const parent of randomKeys(context, parents)) {
    const stored = new Set(tombstones.liveKeysOf(parent));
    for await (const { records } of resource.extract.pages(context.source, { parent })) {
      for (const record of records) {
        const key = resource.keyOf(record, parent) ?? "";
        if (stored.delete(key)) compare(key, record, parent);
        else tally.changed(key || parent, "in ChartMogul, but not stored as live");
      }
    }
    for (const key of stored) tally.changed(key, "stored, but no longer in ChartMogul");
  }
  tally.end();
}

function comparing({ warehouse, account }: Context, resource: Resource, tally: ReturnType<typeof tallyOf>) {
  const receivedJson = rawReader(warehouse, account, resource.name);
  const rowsOf = storedRows(warehouse, account, resource);
  return (key: string, record: unknown, parent: string | undefined) => {
    const stored = rowsOf(key);
    const received = resource.map(JSON.parse(receivedJson(key) ?? "null"), parent);
    const damage = stored ? resource.differences(received, stored) : [];
    const [first] = damage;
    if (!stored) tally.fault(key, "it was received, but has no row");
    else if (first) {
      tally.fault(key, `${first.field} was received as ${first.before} and is stored as ${first.after}`);
    } else compareWithNow(stored, record, parent, key);
  };

  function compareWithNow(stored: Rows, record: unknown, parent: string | undefined, key: string): void {
    const [difference] = resource
      .differences(stored, resource.map(record, parent))
      // The read of one record lacks some of the keys that the listing has.
      .filter(({ field, after }) => after !== null || !isOptional(resource, field));
    if (!difference) tally.same();
    else {
      const { field, before, after } = difference;
      tally.changed(key, `${field} is stored as ${before}, ChartMogul says ${after}`);
    }
  }
}

function isOptional({ table, children }: Resource, field: string): boolean {
  const path = field.split(".");
  const shape = [table, ...children.map((child) => child.table)]
    .map(shapeOf)
    .find(({ name }) => path.length === 1 || name === path[0]);
  const column = shape?.columns[path.at(-1) ?? ""];
  return column !== undefined && isField(column) && column.optional;
}

function randomKeys({ warehouse, account, size }: Context, { name }: Resource): string[] {
  return warehouse.sqlite
    .prepare<[string, string, number], string>(
      `SELECT key FROM raw_records AS record WHERE account = ? AND resource = ? AND NOT EXISTS
         (SELECT 1 FROM sync_tombstones AS tombstone WHERE tombstone.account = record.account
          AND tombstone.resource = record.resource AND tombstone.key = record.key)
       ORDER BY random() LIMIT ?`,
    )
    .pluck()
    .all(account, name, size);
}
