import type { Resource } from "../resources/resource.ts";
import type { Verification } from "./findings.ts";
import { formatCount } from "./format.ts";

/** Looks for records of resources other than these, which another version may have stored. */
export function verifyUnknownResources(
  { warehouse, account, report }: Verification,
  resources: readonly Resource[],
): void {
  const others = warehouse.sqlite
    .prepare<[string, string], { resource: string; records: number }>(
      `SELECT resource, count(*) AS records FROM raw_records
       WHERE account = ? AND resource NOT IN (SELECT value FROM json_each(?)) GROUP BY resource`,
    )
    .all(account, JSON.stringify(resources.map(({ name }) => name)));
  for (const { resource, records } of others) {
    report.warning(
      "raw_records",
      `${formatCount(records, "record")} of "${resource}", a resource that this version does not know`,
    );
  }
}
