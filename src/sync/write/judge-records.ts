import { setImmediate as untilOthersHadTheirTurn } from "node:timers/promises";
import { RecordError, requireDefined } from "../../errors.ts";
import { findReceivedTexts } from "../../json/received-texts.ts";
import { writeJson } from "../../json/write-json.ts";
import type { Mapped, Resource, Rows } from "../../resources/resource.ts";
import type { Difference } from "../../store/change-log.ts";
import type { Compressor } from "../../store/compressor.ts";
import type { CountedRecord } from "../../store/odd-fields.ts";
import type { PackedRecord } from "../../store/packed-record.ts";
import type { StoredRecord } from "../../store/raw-records.ts";
import { hashRecord, type RecordWriter } from "../../store/record-writer.ts";
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
  readonly writer: Pick<RecordWriter, "hashes" | "packAll">;
  readonly compressor: Compressor;
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
  /** Keys that are marked as deleted. */
  readonly deleted: ReadonlySet<string>;
}

/** A record as it came. */
interface Received {
  readonly record: unknown;
  readonly key: string | undefined;
  readonly parent: string | undefined;
  readonly json: string;
  readonly hash: string;
  /** True where the page has another of this key behind it. */
  readonly isRepeated: boolean;
}

interface NamedRecord extends Received {
  readonly key: string;
}

// A page of 200 invoices takes some 20 ms of work. Without a pause in it, requests that are due meanwhile go out late, and the rate
// never makes up for what is late.
const recordsBetweenPauses = 50;

/** Decides for each record of a page what is to be done with it; writes nothing. */
export async function judgeRecords(judge: Judge, page: JudgedPage): Promise<Verdict[]> {
  // The page before may just have been written.
  await untilOthersHadTheirTurn();
  const present = page.keys.filter((key) => key !== undefined);
  const known: KnownRecords = {
    hashes: judge.writer.hashes(present),
    deleted: judge.tombstones.marked(present),
  };
  const received = receiveRecords(judge, page);
  const changed = received.filter(
    (each): each is NamedRecord =>
      each.key !== undefined && !each.isRepeated && known.hashes.get(each.key) !== each.hash,
  );
  // They are compressed in another thread meanwhile.
  const [packed, mapped] = await Promise.all([
    judge.writer.packAll(changed, judge.compressor),
    mapRecords(judge, changed, known),
  ]);
  const contents = new Map(
    packed.map((record, index) => {
      const mapping = requireDefined(mapped[index], `the rows of ${record.key}`);
      return [record.key, mapping instanceof RecordError ? mapping : { record, ...mapping }];
    }),
  );
  return received.map((each) => decide(judge, each, known, contents));
}

function receiveRecords({ resource }: Judge, { records, keys, parent }: JudgedPage): Received[] {
  // Of a record that is on the page twice the last one counts.
  const lastOf = new Map(keys.map((key, index) => [key, index]));
  const texts = findReceivedTexts(records);
  return records.map((record, index) => {
    const key = keys[index];
    const json = texts[index] ?? writeJson(record);
    const hash = hashRecord(json, resource.version);
    return { record, key, parent, json, hash, isRepeated: key !== undefined && lastOf.get(key) !== index };
  });
}

/** Maps new and changed records; a RecordError takes the place of the rows of one that cannot be stored. */
async function mapRecords(judge: Judge, changed: readonly NamedRecord[], { hashes }: KnownRecords) {
  const mapped: (Omit<Content, "record"> | RecordError)[] = [];
  for (const { record, key, parent } of changed) {
    try {
      const rows = judge.resource.map(record, parent);
      mapped.push({ rows, ...(hashes.has(key) ? compareWithStored(judge, key, rows) : { differences: [] }) });
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
      mapped.push(error);
    }
    if (mapped.length % recordsBetweenPauses === 0) await untilOthersHadTheirTurn();
  }
  return mapped;
}

function decide(
  judge: Judge,
  received: Received,
  known: KnownRecords,
  contents: ReadonlyMap<string, Content | RecordError>,
): Verdict {
  const { record, key, parent, isRepeated } = received;
  if (key === undefined)
    return reject(judge, received, judge.resource.explainMissingKey(record, parent), undefined);
  if (isRepeated) return { outcome: "unchanged", key };
  const content = contents.get(key);
  const isBack = known.deleted.has(key);
  if (content instanceof RecordError) return reject(judge, received, content, isBack ? key : undefined);
  if (isBack) return { outcome: "restored", key, content };
  if (!content) return { outcome: "unchanged", key };
  return { outcome: known.hashes.has(key) ? "updated" : "inserted", key, content };
}

function reject(
  { unnamed }: Judge,
  received: Received,
  { message: reason }: RecordError,
  back: string | undefined,
): Verdict {
  const { key, parent, json } = received;
  const name = key ?? nameRecord(unnamed, received);
  return {
    outcome: "rejected",
    reject: { key: name, hasKey: key !== undefined, parent, json, reason },
    back,
  };
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
