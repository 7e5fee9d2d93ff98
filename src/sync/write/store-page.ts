import { setImmediate as untilOthersHadTheirTurn } from "node:timers/promises";
import { RecordError } from "../../errors.ts";
import { writeJson } from "../../json/write-json.ts";
import type { Mapped, Resource, Rows } from "../../resources/resource.ts";
import { listOrder } from "../../schema/list-order.ts";
import type { Difference } from "../../store/change-log.ts";
import { type CountedRecord, prepareOddFieldCount } from "../../store/odd-fields.ts";
import { prepareStoredRecord } from "../../store/raw-records.ts";
import { hashRecord, openRecordWriter, type PackedRecord } from "../../store/record-writer.ts";
import { openRejects, type Reject } from "../../store/rejects.ts";
import { openSuspectedDeletes } from "../../store/suspected-deletes.ts";
import { openTombstones } from "../../store/tombstones.ts";
import type { ChangedRecord } from "../plan/invalidate.ts";
import type { Counts } from "../report.ts";
import type { Run } from "../run.ts";
import { openChangeLog } from "./open-change-log.ts";

/** One page, and what is written in the same transaction. */
export interface PageToStore {
  readonly records: readonly unknown[];
  readonly parent?: string | undefined;
  /** The walk that it belongs to began with this run; by default the run itself. */
  readonly firstRun?: number;
  /** True where rows of records that are unchanged are to say that they were read now. */
  readonly marksRows?: boolean;
  /** How many records of its listing came before it at the most; by default none. */
  readonly before?: number;
  /** Called last in the transaction, with what was stored. */
  readonly also?: (stored: StoredPage) => void;
}

/** What became of a page. */
export interface StoredPage {
  /** Keys of its records, also of rejected ones. */
  readonly keys: readonly string[];
  /** How many of its records have no key, not even one that is too long: each may be any that is stored. */
  readonly recordsWithoutKey: number;
  /** Why records were rejected, one reason for each. */
  readonly rejections: readonly string[];
  /** Those of its records that are new or different from before; the rows are those that were written, if any were. */
  readonly changed: readonly ChangedRecord[];
  /** True where every record was stored already as it is. */
  readonly isKnown: boolean;
}

/** Called in the transaction in which a record comes back that had been marked as deleted at this time. */
export type OnRestored = (key: string, at: string) => void;

/** Stores the records of one page in one transaction and adds to the counts. */
export type StorePage = (page: PageToStore) => Promise<StoredPage>;

/** What is to be done with a record. */
type Verdict =
  | { readonly outcome: "unchanged"; readonly key: string }
  | { readonly outcome: "inserted"; readonly key: string; readonly content: Content }
  | { readonly outcome: "updated"; readonly key: string; readonly content: Content }
  // A record that was marked as deleted is back, perhaps with another content.
  | { readonly outcome: "restored"; readonly key: string; readonly content: Content | undefined }
  // `back`: its key, if it was marked as deleted; what it held before is stored still.
  | { readonly outcome: "rejected"; readonly reject: Reject; readonly back: string | undefined };

/** A record as it came. */
interface Received {
  readonly record: unknown;
  readonly key: string | undefined;
  readonly json: string;
  readonly hash: string;
}

/** What is stored of the records of a page. */
interface Known {
  readonly hashes: Map<string, string>;
  readonly deleted: Set<string>;
}

interface Content extends Before {
  readonly record: PackedRecord;
  readonly rows: Mapped;
}

/** What is known of the content before. */
interface Before {
  readonly differences: readonly Difference[];
  readonly oddities?: CountedRecord["before"];
}

const nothing: Rows = { row: [], children: [] };

// A page of 200 invoices takes some 40 ms of work. Without a pause in it, requests that are due meanwhile go out late, and what
// is late is lost: the rate never makes up for it.
const recordsBetweenPauses = 50;

/**
 * Validates, maps and upserts the records of a resource page by page. A record that is the same as last time is not
 * looked at any further; one that does not validate is kept as rejected and what was stored of it before stays.
 */
export function openPageStore(
  run: Run,
  resource: Resource,
  counts: Counts,
  onRestored: OnRestored = () => {},
): StorePage {
  const { warehouse, account, id, now } = run;
  const writer = openRecordWriter(warehouse, account, resource, now);
  const rejects = openRejects(warehouse, account, resource.name, { run: id, now });
  const tombstones = openTombstones(warehouse, account, resource, now);
  const keptUnder = prepareStoredRecord(warehouse, account, resource);
  const changeLog = openChangeLog(run, resource);
  const countOddFields = prepareOddFieldCount(warehouse, account, resource, now);
  const missing = openSuspectedDeletes(warehouse, account, resource.name, now);

  const contentBefore = (key: string, parent: string | undefined, rows: Rows): Before => {
    try {
      const kept = keptUnder(key);
      if (!kept) return { differences: [] };
      const { json, record } = kept.read();
      const before = resource.map(record, parent);
      const wasCounted = kept.hash === hashRecord(json, resource.version);
      return {
        differences: resource.differences(before, rows),
        oddities: wasCounted ? before.oddities : undefined,
      };
    } catch {
      // What another version accepted may not validate any more, and what cannot be read any more is about to be replaced.
      return { differences: [] };
    }
  };

  /** Throws a RecordError where the record cannot be stored. */
  const verdictOn = (
    { record, key, json, hash }: Received,
    parent: string | undefined,
    known: Known,
  ): Verdict => {
    if (key === undefined) throw resource.explainMissingKey(record, parent);
    const stored = known.hashes.get(key);
    const rows = stored === hash ? undefined : resource.map(record, parent);
    const content = rows && {
      record: writer.pack({ key, json, hash }),
      rows,
      ...(stored === undefined ? { differences: [] } : contentBefore(key, parent, rows)),
    };
    if (known.deleted.delete(key)) return { outcome: "restored", key, content };
    if (!content) return { outcome: "unchanged", key };
    return { outcome: stored === undefined ? "inserted" : "updated", key, content };
  };

  // How often each record without a key stood in the listing of a parent so far.
  const keyless = new Map<string | undefined, Map<string, number>>();
  const nameFor = (hash: string, parent: string | undefined) => {
    const met = keyless.get(parent) ?? new Map<string, number>();
    const times = (met.get(hash) ?? 0) + 1;
    keyless.set(parent, met.set(hash, times));
    return [...(parent === undefined ? [] : [parent]), times === 1 ? hash : `${hash}.${times}`].join("/");
  };

  const judge = (
    record: unknown,
    key: string | undefined,
    parent: string | undefined,
    known: Known,
  ): Verdict => {
    const json = writeJson(record);
    const hash = hashRecord(json, resource.version);
    try {
      return verdictOn({ record, key, json, hash }, parent, known);
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
      const back = key !== undefined && known.deleted.delete(key) ? key : undefined;
      const named = { key: key ?? nameFor(hash, parent), hasKey: key !== undefined, parent };
      return { outcome: "rejected", reject: { ...named, json, reason: error.message }, back };
    }
  };

  const judgeAll = async (
    records: readonly unknown[],
    keys: readonly (string | undefined)[],
    parent: string | undefined,
  ): Promise<Verdict[]> => {
    const present = keys.filter((key) => key !== undefined);
    const known: Known = { hashes: writer.hashes(present), deleted: tombstones.marked(present) };
    // Where a record stands on the page twice, the last one counts.
    const lastOf = new Map(keys.map((key, index) => [key, index]));
    const verdicts: Verdict[] = [];
    for (const [index, record] of records.entries()) {
      const key = keys[index];
      const isRepeated = key !== undefined && lastOf.get(key) !== index;
      verdicts.push(isRepeated ? { outcome: "unchanged", key } : judge(record, key, parent, known));
      if (verdicts.length % recordsBetweenPauses === 0) await untilOthersHadTheirTurn();
    }
    return verdicts;
  };

  const restore = (key: string) => {
    const at = tombstones.unmark(key);
    if (at === undefined) return;
    changeLog.restored(key);
    onRestored(key, at);
  };

  const write = (verdict: Verdict, order: number) => {
    if (verdict.outcome === "rejected") {
      rejects.add(verdict.reject);
      if (verdict.back !== undefined) restore(verdict.back);
      return;
    }
    rejects.resolve(verdict.key);
    if (verdict.outcome === "unchanged") return;
    const { outcome, key, content } = verdict;
    if (outcome === "restored") restore(key);
    if (content) {
      writer.write(content.record, content.rows, order);
      if (outcome === "inserted") changeLog.inserted(key, () => resource.differences(nothing, content.rows));
      else changeLog.updated(key, content.differences);
    }
  };

  const writeAll = warehouse.sqlite.transaction(
    (verdicts: readonly Verdict[], firstOrder: number, marksRows: boolean, also: () => void) => {
      for (const [index, verdict] of verdicts.entries()) {
        write(verdict, firstOrder + index);
        if (marksRows && verdict.outcome !== "rejected") writer.confirm(verdict.key);
      }
      countOddFields(verdicts.flatMap(oddities));
      also();
    },
  );

  return async ({ records, parent, firstRun = id, before = 0, marksRows = false, also = () => {} }) => {
    if (before === 0) keyless.delete(parent);
    const keys = records.map((record) => resource.keyOf(record, parent));
    const verdicts = await judgeAll(records, keys, parent);
    const page: StoredPage = {
      keys: keys.filter((key) => key !== undefined),
      recordsWithoutKey: records.filter(
        (record, index) => keys[index] === undefined && resource.longKeyOf(record, parent) === undefined,
      ).length,
      rejections: verdicts.flatMap((verdict) =>
        verdict.outcome === "rejected" ? [verdict.reject.reason] : [],
      ),
      isKnown: verdicts.every(({ outcome }) => outcome === "unchanged"),
      changed: verdicts.flatMap((verdict, index) => {
        const key = keys[index];
        if (verdict.outcome === "unchanged" || key === undefined) return [];
        const rows = verdict.outcome === "rejected" ? undefined : verdict.content?.rows;
        return { key, rows, isNew: verdict.outcome === "inserted" };
      }),
    };
    const firstOrder = listOrder(resource.extract.newestFirst === true, firstRun, before);
    writeAll.immediate(verdicts, firstOrder, marksRows, () => {
      missing.remove(page.keys);
      also(page);
    });
    for (const { outcome } of verdicts) counts[outcome] += 1;
    counts.pages += 1;
    counts.fetched += records.length;
    return page;
  };
}

/** What there is to count of a record that was stored. */
function oddities(verdict: Verdict): CountedRecord[] {
  const content = "content" in verdict ? verdict.content : undefined;
  return content ? [{ now: content.rows.oddities, before: content.oddities }] : [];
}
