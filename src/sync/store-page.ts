import { setImmediate as untilOthersHadTheirTurn } from "node:timers/promises";
import { RecordError } from "../errors.ts";
import type { Resource, Rows } from "../resource.ts";
import { hashOf, type PackedRecord, recordWriter } from "../warehouse/records.ts";
import { type Reject, rejectsOf } from "../warehouse/rejects.ts";
import type { Counts } from "./report.ts";
import type { Run } from "./run.ts";

/** Stores the records of one page and what `also` writes in one transaction, and adds to the counts. */
export type StorePage = (page: {
  readonly records: readonly unknown[];
  readonly parent?: string | undefined;
  readonly also?: () => void;
}) => Promise<void>;

/** What is to be done with a record. */
type Verdict =
  | { readonly outcome: "unchanged"; readonly key: string }
  | { readonly outcome: "inserted" | "updated"; readonly record: PackedRecord; readonly rows: Rows }
  | { readonly outcome: "rejected"; readonly reject: Reject };

// A page of 200 invoices takes some 40 ms of work. Without a pause in it, requests that are due meanwhile go out late, and what
// is late is lost: the rate never makes up for it.
const recordsBetweenPauses = 50;

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

  /** `before` gives the hash of what is stored under a key. */
  const judge = (
    record: unknown,
    key: string | undefined,
    parent: string | undefined,
    before: Map<string, string>,
  ): Verdict => {
    const json = JSON.stringify(record);
    const hash = hashOf(json, resource.version);
    try {
      if (key === undefined) throw new RecordError("the record has no key");
      const stored = before.get(key);
      if (stored === hash) return { outcome: "unchanged", key };
      const rows = resource.map(record, parent);
      // The same record may stand on a page twice.
      before.set(key, hash);
      const outcome = stored === undefined ? "inserted" : "updated";
      return { outcome, record: writer.pack({ key, json, hash }), rows };
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
      return { outcome: "rejected", reject: { key: key ?? hash, json, reason: error.message } };
    }
  };

  const judgeAll = async (records: readonly unknown[], parent: string | undefined): Promise<Verdict[]> => {
    const keys = records.map((record) => resource.keyOf(record, parent));
    const before = writer.hashes(keys.filter((key) => key !== undefined));
    const verdicts: Verdict[] = [];
    for (const [index, record] of records.entries()) {
      verdicts.push(judge(record, keys[index], parent, before));
      if (verdicts.length % recordsBetweenPauses === 0) await untilOthersHadTheirTurn();
    }
    return verdicts;
  };

  const write = (verdict: Verdict) => {
    switch (verdict.outcome) {
      case "rejected":
        rejects.add(verdict.reject);
        break;
      case "unchanged":
        rejects.resolve(verdict.key);
        break;
      default:
        writer.write(verdict.record, verdict.rows);
        rejects.resolve(verdict.record.key);
    }
  };

  const writeAll = warehouse.sqlite.transaction((verdicts: readonly Verdict[], also: () => void) => {
    for (const verdict of verdicts) write(verdict);
    also();
  });

  return async ({ records, parent, also = () => {} }) => {
    const verdicts = await judgeAll(records, parent);
    writeAll.immediate(verdicts, also);
    for (const { outcome } of verdicts) counts[outcome] += 1;
    counts.pages += 1;
    counts.fetched += records.length;
  };
}
