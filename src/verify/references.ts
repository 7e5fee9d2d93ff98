import type { Resource } from "../resources/resource.ts";
import { getShape } from "../schema/table.ts";
import { countRows } from "./count-rows.ts";
import type { Verification } from "./findings.ts";
import { formatCount } from "./format.ts";

/**
 * Looks for live rows that name a row that is not there. Only a warning: ChartMogul may have deleted the other record before the first
 * sync, or it did not validate.
 */
export function verifyReferences(verification: Verification, resource: Resource): void {
  const { warehouse, report } = verification;
  const parentOfChildren = getShape(resource.table).name;
  const tables = [resource.table, ...resource.children.map((child) => child.table)];
  for (const { name } of tables.map(getShape)) {
    const references = warehouse.sqlite
      .prepare<[string], { id: number; parent: string; from: string; to: string }>(
        `SELECT id, "table" AS parent, "from", "to" FROM pragma_foreign_key_list(?) WHERE "from" <> 'account'`,
      )
      .all(name)
      // A child without its own record is a fault, which `verifyOrphanRows` reports.
      .filter(({ parent }) => parent !== parentOfChildren);
    for (const { parent, from, to } of references) {
      const missing = countRows(
        verification,
        `SELECT count(*) FROM "${name}" AS child WHERE account = ? AND deleted_at IS NULL AND "${from}" IS NOT NULL
         AND NOT EXISTS (SELECT 1 FROM "${parent}" AS parent WHERE parent.account = child.account AND parent."${to}" = child."${from}")`,
      );
      if (missing > 0) {
        const rows = `${formatCount(missing, "live row")} ${missing === 1 ? "names" : "name"}`;
        report.warning(name, `${rows} a row of ${parent} that is not there (${from})`);
      }
    }
  }
}
