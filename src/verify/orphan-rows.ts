import type { Resource } from "../resources/resource.ts";
import { getShape, type Table } from "../schema/table.ts";
import { describeOrphanRows } from "../store/orphan-rows.ts";
import { countRows } from "./count-rows.ts";
import type { Verification } from "./findings.ts";
import { formatCount } from "./format.ts";
import { hints } from "./hints.ts";

const keysShown = 3;

/** Looks for rows without their record, and for rows of children without the row of their record. */
export function verifyOrphanRows(verification: Verification, resource: Resource): void {
  const { warehouse, account, report } = verification;
  const own = { account, resource: resource.name };
  const parents = getShape(resource.table).name;
  for (const { table, missing, where, key } of describeOrphanRows(resource)) {
    const select = (what: string, rest = "") =>
      warehouse.sqlite.prepare<typeof own>(`SELECT ${what} FROM "${table}" WHERE ${where} ${rest}`).pluck();
    const rows = Number(select("count(*)").get(own));
    if (rows === 0) continue;
    const keys = select(`DISTINCT ${key}`, `LIMIT ${keysShown + 1}`)
      .all(own)
      .map(String);
    const which = `${keys.slice(0, keysShown).join(", ")}${keys.length > keysShown ? ", …" : ""}`;
    const belong = `${formatCount(rows, "row")} ${rows === 1 ? "belongs" : "belong"}`;
    if (missing === "row") report.fault(table, `${belong} to no row of ${parents}: ${which}`, hints.rebuild);
    else report.fault(table, `${belong} to no record that was received: ${which}`, hints.receiveAgain);
  }
}

/** Looks for live child records whose parent is deleted. */
export function verifyChildRecords(verification: Verification, child: Table, parent: Table): void {
  const [{ name: children, key }, { name: parents, key: parentKey }] = [getShape(child), getShape(parent)];
  const live = countRows(
    verification,
    `SELECT count(*) FROM "${children}" AS child JOIN "${parents}" AS parent
     ON parent.account = child.account AND parent."${parentKey[1]}" = child."${key[1]}"
     WHERE child.account = ? AND child.deleted_at IS NULL AND parent.deleted_at IS NOT NULL`,
  );
  if (live === 0) return;
  const found = `${formatCount(live, "live row")} ${live === 1 ? "belongs" : "belong"} to deleted rows of ${parents}`;
  verification.report.fault(children, found, hints.again);
}
