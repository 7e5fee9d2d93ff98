import type { Resource } from "../../resources/resource.ts";
import { computeListOrder } from "../../schema/list-order.ts";
import { type CountedRecord, prepareOddFieldCount } from "../../store/odd-fields.ts";
import { prepareStoredRecord } from "../../store/raw-records.ts";
import { openRecordWriter } from "../../store/record-writer.ts";
import { openRejects } from "../../store/rejects.ts";
import { openSuspectedDeletes } from "../../store/suspected-deletes.ts";
import { openTombstones } from "../../store/tombstones.ts";
import type { ChangedRecord } from "../plan/invalidate.ts";
import type { Counts } from "../report.ts";
import type { Run } from "../run.ts";
import { type Judge, type JudgedPage, judgeRecords, type Verdict } from "./judge-records.ts";
import { openChangeLog } from "./open-change-log.ts";
import { type OnRestored, type VerdictTarget, writeVerdict } from "./write-verdict.ts";

/** One page, and what is written in the same transaction. */
export interface PageToStore {
  readonly records: readonly unknown[];
  readonly parent?: string | undefined;
  /** The run in which its walk began; by default the run itself. */
  readonly firstRun?: number;
  /** True where the rows of unchanged records must say that they were read now. */
  readonly marksRows?: boolean;
  /** The most records of its listing that came before it; by default none. */
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
  readonly changed: readonly ChangedRecord[];
  /** True where every record was stored already as it is. */
  readonly isKnown: boolean;
}

/** Stores the records of one page in one transaction and adds to the counts. */
export type StorePage = (page: PageToStore) => Promise<StoredPage>;

/**
 * Opens what validates, maps and stores the records of a resource page by page. A record that is the same as last time is not mapped. One
 * that does not validate is kept as rejected, and what was stored of it before stays.
 */
export function openPageStore(
  run: Run,
  resource: Resource,
  counts: Counts,
  onRestored: OnRestored = () => {},
): StorePage {
  const { warehouse, account, id } = run;
  const { judge, target } = openParts(run, resource, onRestored);
  const countOddFields = prepareOddFieldCount(warehouse, account, resource, run.now);
  const suspects = openSuspectedDeletes(warehouse, account, resource.name, run.now);
  const writeAll = warehouse.sqlite.transaction(
    (verdicts: readonly Verdict[], page: StoredPage, { firstOrder, marksRows, also }: PageWrite) => {
      for (const [index, verdict] of verdicts.entries()) {
        writeVerdict(target, verdict, firstOrder + index);
        if (marksRows && isUnwritten(verdict)) target.writer.confirm(verdict.key);
      }
      countOddFields(verdicts.flatMap(oddFieldsOf));
      suspects.remove(page.keys);
      also(page);
    },
  );
  const store: StorePage = async ({
    records,
    parent,
    firstRun = id,
    before = 0,
    marksRows = false,
    also = () => {},
  }) => {
    if (before === 0) judge.unnamed.delete(parent);
    const keys = records.map((record) => resource.keyOf(record, parent));
    const verdicts = await judgeRecords(judge, { records, keys, parent });
    const page = describePage(verdicts, keys, countWithoutKey(resource, { records, keys, parent }));
    const firstOrder = computeListOrder(resource.listing.newestFirst === true, firstRun, before);
    if (mustFindRows(run, resource, verdicts, marksRows)) run.firstLoad?.end();
    writeAll.immediate(verdicts, page, { firstOrder, marksRows, also });
    for (const { outcome } of verdicts) counts[outcome] += 1;
    counts.pages += 1;
    counts.fetched += records.length;
    return page;
  };
  return (page) => run.turns.take(() => store(page));
}

interface PageWrite {
  /** The order of the page's first record. */
  readonly firstOrder: number;
  readonly marksRows: boolean;
  readonly also: (stored: StoredPage) => void;
}

/** What decides about records and what writes them share one connection, and so one view of what is stored. */
function openParts(run: Run, resource: Resource, onRestored: OnRestored) {
  const { warehouse, account, id, now, compressor } = run;
  const writer = openRecordWriter(warehouse, account, resource, now, run.firstLoad);
  const tombstones = openTombstones(warehouse, account, resource, now);
  const rejects = openRejects(warehouse, account, resource.name, { run: id, now });
  const readStored = prepareStoredRecord(warehouse, account, resource);
  const findStored = (key: string) => {
    // A record that is read is about to be written a second time.
    run.firstLoad?.end();
    return readStored(key);
  };
  const judge: Judge = { resource, writer, compressor, tombstones, findStored, unnamed: new Map() };
  const changeLog = openChangeLog(run, resource);
  const target: VerdictTarget = { resource, writer, rejects, tombstones, changeLog, onRestored };
  return { judge, target };
}

/** True where a record was met whose row must stay as it is. */
function isUnwritten(verdict: Verdict): verdict is Verdict & { readonly key: string } {
  return verdict.outcome === "unchanged" || (verdict.outcome === "restored" && verdict.content === undefined);
}

/** True where rows must be found that are stored already, which a first load cannot do. */
function mustFindRows(
  { account, firstLoad }: Run,
  { name }: Resource,
  verdicts: readonly Verdict[],
  marksRows: boolean,
): boolean {
  if (!firstLoad?.isOpen()) return false;
  return verdicts.some((verdict) => {
    if (verdict.outcome === "unchanged") return marksRows;
    // Another page may have brought it since this one was judged.
    if (verdict.outcome === "inserted")
      return firstLoad.findRow({ account, resource: name, key: verdict.key }) !== undefined;
    return verdict.outcome !== "rejected" || verdict.back !== undefined;
  });
}

function describePage(
  verdicts: readonly Verdict[],
  keys: readonly (string | undefined)[],
  recordsWithoutKey: number,
): StoredPage {
  return {
    keys: keys.filter((key) => key !== undefined),
    recordsWithoutKey,
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
}

function countWithoutKey(resource: Resource, { records, keys, parent }: JudgedPage): number {
  return records.filter(
    (record, index) => keys[index] === undefined && resource.longKeyOf(record, parent) === undefined,
  ).length;
}

function oddFieldsOf(verdict: Verdict): CountedRecord[] {
  const content = "content" in verdict ? verdict.content : undefined;
  return content ? [{ now: content.rows.oddities, before: content.oddities }] : [];
}
