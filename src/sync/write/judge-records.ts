import { setImmediate as untilOthersHadTheirTurn } from "node:timers/promises";
import { RecordError } from "../../errors.ts";
import { findReceivedTexts } from "../../json/received-texts.ts";
import { writeJson } from "../../json/write-json.ts";
import type { Mapped, Resource, Rows } from "../../resources/resource.ts";
import type { Difference } from "../../store/change-log.ts";
import type { CountedRecord } from "../../store/odd-fields.ts";
import type { StoredRecord } from "../../store/raw-records.ts";
import { hashRecord, type PackedRecord, type RecordWriter } from "../../store/record-writer.ts";
import type { Reject } from "../../store/rejects.ts";
import type { Tombstones } from "../../store/tombstones.ts";

/** What is to be done with a record. */
export type Verdict =
  | { readonly outcome: "unchanged"; readonly key: string }
  | { readonly outcome: "inserted"; readonly key: string; readonly content: Content }
  | { readonly outcome: "updated"; readonly key: string; readonly content: Content }
  // A record that was marked as deleted is back, perhaps with other content.
  | { readonly outcome: "restored"; readonly key: string; readonly content: Content | undefined }
  // `back` is its key if it was marked as deleted: what was stored of it before still is.
  | { readonly outcome: "rejected"; readonly reject: Reject; readonly back: string | undefined };

/** What is to be written of a record, and how it differs from what is stored. */
export interface Content extends Before {
  readonly record: PackedRecord;
  readonly rows: Mapped;
}

interface Before {
  readonly differences: readonly Difference[];
  /** The odd fields of the stored record, where they were counted. */
  readonly oddities?: CountedRecord["before"];
}

/** What records are compared with. */
export interface Judge {
  readonly resource: Resource;
  readonly writer: Pick<RecordWriter, "hashes" | "pack">;
  readonly tombstones: Pick<Tombstones, "marked">;
  readonly findStored: (key: string) => StoredRecord | undefined;
  readonly unnamed: RecordsWithoutKey;
}

/** How often each record without a key was in the listing of a parent so far, by parent and hash. */
export type RecordsWithoutKey = Map<string | undefined, Map<string, number>>;

/** Records of one page of a listing. */
export interface JudgedPage {
  readonly records: readonly unknown[];
  /** The key of each record, in the same order. */
  readonly keys: readonly (string | undefined)[];
  readonly parent: string | undefined;
}

/** What is stored of the records of a page. */
interface KnownRecords {
  readonly hashes: ReadonlyMap<string, string>;
  /** Keys that are marked as deleted; one that comes back is taken out. */
  readonly deleted: Set<string>;
}

/** A record as it came. */
interface Received {
  readonly record: unknown;
  readonly key: string | undefined;
  readonly parent: string | undefined;
  readonly json: string;
  readonly hash: string;
}

// A page of 200 invoices takes some 40 ms of work. Without a pause in it, requests that are due meanwhile go out late, and the rate
// never makes up for what is late.
const recordsBetweenPauses = 50;

/** Decides for each record of a page what is to be done with it; writes nothing. */
export async function judgeRecords(judge: Judge, { records, keys, parent }: JudgedPage): Promise<Verdict[]> {
  const present = keys.filter((key) => key !== undefined);
  const known: KnownRecords = {
    hashes: judge.writer.hashes(present),
    deleted: judge.tombstones.marked(present),
  };
  // Of a record that is on the page twice the last one counts.
  const lastOf = new Map(keys.map((key, index) => [key, index]));
  const texts = findReceivedTexts(records);
  const verdicts: Verdict[] = [];
  for (const [index, record] of records.entries()) {
    const key = keys[index];
    const isRepeated = key !== undefined && lastOf.get(key) !== index;
    if (isRepeated) verdicts.push({ outcome: "unchanged", key });
    else {
      const json = texts[index] ?? writeJson(record);
      const hash = hashRecord(json, judge.resource.version);
      verdicts.push(judgeRecord(judge, { record, key, parent, json, hash }, known));
    }
    if (verdicts.length % recordsBetweenPauses === 0) await untilOthersHadTheirTurn();
  }
  return verdicts;
}

function judgeRecord(judge: Judge, received: Received, known: KnownRecords): Verdict {
  const { key, parent, json } = received;
  try {
    return compare(judge, received, known);
  } catch (error) {
    if (!(error instanceof RecordError)) throw error;
    const back = key !== undefined && known.deleted.delete(key) ? key : undefined;
    const name = key ?? nameRecord(judge.unnamed, received);
    const reject = { key: name, hasKey: key !== undefined, parent, json, reason: error.message };
    return { outcome: "rejected", reject, back };
  }
}

/** Throws a RecordError where the record cannot be stored. */
function compare(judge: Judge, { record, key, parent, json, hash }: Received, known: KnownRecords): Verdict {
  const { resource, writer } = judge;
  if (key === undefined) throw resource.explainMissingKey(record, parent);
  const stored = known.hashes.get(key);
  const rows = stored === hash ? undefined : resource.map(record, parent);
  const content = rows && {
    record: writer.pack({ key, json, hash }),
    rows,
    ...(stored === undefined ? { differences: [] } : compareWithStored(judge, key, rows)),
  };
  if (known.deleted.delete(key)) return { outcome: "restored", key, content };
  if (!content) return { outcome: "unchanged", key };
  return { outcome: stored === undefined ? "inserted" : "updated", key, content };
}

function compareWithStored({ resource, findStored }: Judge, key: string, rows: Rows): Before {
  try {
    const stored = findStored(key);
    if (!stored) return { differences: [] };
    const { json, record, parent } = stored.read();
    const before = resource.map(record, parent);
    const wasCounted = stored.hash === hashRecord(json, resource.version);
    return {
      differences: resource.differences(before, rows),
      oddities: wasCounted ? before.oddities : undefined,
    };
  } catch {
    // What another version accepted may not validate any more, and what cannot be read any more is about to be replaced.
    return { differences: [] };
  }
}

/** A name for a record without a key: its parent and its hash, and a number where the same record came before. */
function nameRecord(unnamed: RecordsWithoutKey, { hash, parent }: Received): string {
  const met = unnamed.get(parent) ?? new Map<string, number>();
  const times = (met.get(hash) ?? 0) + 1;
  unnamed.set(parent, met.set(hash, times));
  return [...(parent === undefined ? [] : [parent]), times === 1 ? hash : `${hash}.${times}`].join("/");
}
