import type { Resource } from "../resources/resource.ts";
import { countRows } from "./count-rows.ts";
import type { Verification } from "./findings.ts";
import { formatCount } from "./format.ts";
import { hints } from "./hints.ts";

/** Looks for tombstones of records that were never received. */
export function verifyTombstones(verification: Verification, { name }: Resource): void {
  const marks = countRows(
    verification,
    `SELECT count(*) FROM sync_tombstones AS tombstone WHERE account = ? AND resource = ? AND NOT EXISTS
       (SELECT 1 FROM raw_records AS record WHERE record.account = tombstone.account
        AND record.resource = tombstone.resource AND record.key = tombstone.key)`,
    name,
  );
  if (marks === 0) return;
  const [are, were] = marks === 1 ? ["is", "was"] : ["are", "were"];
  const found = `${formatCount(marks, "record")} ${are} marked as deleted that ${were} never received`;
  verification.report.fault(name, found, hints.restore);
}
