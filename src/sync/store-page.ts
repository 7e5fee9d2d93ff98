import { RecordError } from "../errors.ts";
import type { Resource } from "../resource.ts";
import { hashOf, type RawRecord, recordWriter } from "../warehouse/records.ts";
import { rejectsOf } from "../warehouse/rejects.ts";
import type { Counts } from "./report.ts";
import type { Run } from "./run.ts";

/** Stores the records of one page and what `also` writes in one transaction, and adds to the counts. */
export type StorePage = (page: {
  readonly records: readonly unknown[];
  readonly parent?: string | undefined;
  readonly also?: () => void;
}) => void;

/**
 * Validates, maps and upserts the records of a resource page by page. A record that is the same as last time is not
 * looked at any further; one that does not validate is kept as rejected and what was stored of it before stays.
 */
export function pageStore(
  { warehouse, account, id, now }: Run,
  resource: Resource,
  counts: Counts,
): StorePage {
  const writer = recordWriter(warehouse, account, resource, now);
  const rejects = rejectsOf(warehouse, account, resource.name, { run: id, now });

  /** Writes a record if it differs from what is stored under its key, whose hash is `before`. */
  const write = (
    { record, key, json, hash }: RawRecord & { record: unknown },
    parent?: string,
    before?: string,
  ) => {
    if (before === hash) return "unchanged";
    const rows = resource.map(record, parent);
    const isNew = before === undefined;
    if (isNew) writer.insert({ key, json, hash }, rows);
    else writer.update({ key, json, hash }, rows);
    return isNew ? "inserted" : "updated";
  };

  const storeRecord = (received: Received, parent?: string, before?: string): Outcome => {
    const { key } = received;
    try {
      if (key === undefined) throw new RecordError("the record has no key");
      const outcome = write({ ...received, key }, parent, before);
      rejects.resolve(key);
      return outcome;
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
      rejects.add({ key: key ?? received.hash, json: received.json, reason: error.message });
      return "rejected";
    }
  };

  const store = warehouse.sqlite.transaction<StorePage>(({ records, parent, also }) => {
    const received = records.map((record): Received => {
      const json = JSON.stringify(record);
      return { record, json, hash: hashOf(json), key: resource.keyOf(record, parent) };
    });
    const stored = writer.hashes(received.flatMap(({ key }) => key ?? []));
    for (const one of received) {
      const outcome = storeRecord(one, parent, one.key === undefined ? undefined : stored.get(one.key));
      counts[outcome] += 1;
      // The same record may stand on a page twice.
      if (one.key !== undefined && outcome !== "rejected") stored.set(one.key, one.hash);
    }
    also?.();
    counts.pages += 1;
    counts.fetched += records.length;
  });

  return store.immediate;
}

type Outcome = "inserted" | "updated" | "unchanged" | "rejected";

interface Received extends Omit<RawRecord, "key"> {
  readonly record: unknown;
  readonly key: string | undefined;
}
