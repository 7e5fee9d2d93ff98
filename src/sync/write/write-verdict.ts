import type { Resource, Rows } from "../../resources/resource.ts";
import type { ChangeLog } from "../../store/change-log.ts";
import type { RecordWriter } from "../../store/record-writer.ts";
import type { Rejects } from "../../store/rejects.ts";
import type { Tombstones } from "../../store/tombstones.ts";
import type { Verdict } from "./judge-records.ts";

/** Called in the transaction in which a record comes back that had been marked as deleted at this time. */
export type OnRestored = (key: string, at: string) => void;

/** Where the records of a resource are written. */
export interface VerdictTarget {
  readonly resource: Resource;
  readonly writer: Pick<RecordWriter, "write" | "confirm">;
  readonly rejects: Pick<Rejects, "add" | "resolve">;
  readonly tombstones: Pick<Tombstones, "unmark">;
  readonly changeLog: ChangeLog;
  readonly onRestored: OnRestored;
}

const nothing: Rows = { row: [], children: [] };

/** Does with a record what was decided; called in the transaction of its page. `order` is its place in the listing. */
export function writeVerdict(target: VerdictTarget, verdict: Verdict, order: number): void {
  const { resource, writer, rejects, changeLog } = target;
  if (verdict.outcome === "rejected") {
    rejects.add(verdict.reject);
    if (verdict.back !== undefined) restore(target, verdict.back);
    return;
  }
  rejects.resolve(verdict.key);
  if (verdict.outcome === "unchanged") return;
  const { outcome, key, content } = verdict;
  if (outcome === "restored") restore(target, key);
  if (!content) return;
  writer.write(content.record, content.rows, order);
  if (outcome === "inserted") changeLog.inserted(key, () => resource.differences(nothing, content.rows));
  else changeLog.updated(key, content.differences);
}

function restore({ tombstones, changeLog, onRestored }: VerdictTarget, key: string): void {
  const at = tombstones.unmark(key);
  if (at === undefined) return;
  changeLog.restored(key);
  onRestored(key, at);
}
