import type { Resource } from "../resource.ts";
import type { Warehouse } from "../warehouse/open.ts";
import { resourceStatuses } from "../warehouse/status.ts";
import { shapeOf, type Table } from "../warehouse/table.ts";
import type { Report } from "./finding.ts";

/** Compares the tables of one account with each other and with the records that were received. */
export function verifyItself(
  warehouse: Warehouse,
  account: string,
  resources: readonly Resource[],
  report: Report,
): void {
  const count = counter(warehouse, account);
  verifyWalks(warehouse, account, resources, report);
  for (const resource of resources) {
    verifyRows(count, resource, report);
    for (const { table } of resource.children) verifyChildren(count, resource.table, table, report);
    verifyReferences(warehouse, count, resource, report);
    const follower = resources.find(({ name }) => name === resource.extract.parent);
    if (follower) verifyFollowing(count, resource.table, follower.table, report);
  }
  verifyMovements(warehouse, account, report);
}

type Count = (sql: string, ...values: (string | number)[]) => number;

/** A query whose first parameter is the account and whose only value is a number. */
function counter({ sqlite }: Warehouse, account: string): Count {
  return (sql, ...values) =>
    Number(
      sqlite
        .prepare(sql)
        .pluck()
        .get(account, ...values),
    );
}

function verifyWalks(
  warehouse: Warehouse,
  account: string,
  resources: readonly Resource[],
  report: Report,
): void {
  const statuses = resourceStatuses(warehouse, resources).filter((status) => status.account === account);
  for (const { name } of resources) {
    const status = statuses.find(({ resource }) => resource === name);
    if (!status) report("fault", name, "was never synced");
    else if (status.status !== "complete") report("fault", name, `its last sync was ${status.status}`);
    if (status && status.rejected > 0) {
      report(
        "fault",
        name,
        `${status.rejected} records did not validate and are missing; see rejected_records`,
      );
    }
  }
}

function verifyRows(count: Count, { name, table }: Resource, report: Report): void {
  const { name: rows } = shapeOf(table);
  const stored = count(`SELECT count(*) FROM "${rows}" WHERE account = ?`);
  const deleted = count(`SELECT count(*) FROM "${rows}" WHERE account = ? AND deleted_at IS NOT NULL`);
  const records = count("SELECT count(*) FROM raw_records WHERE account = ? AND resource = ?", name);
  const marked = count("SELECT count(*) FROM sync_tombstones WHERE account = ? AND resource = ?", name);
  const figures = `${stored} rows, ${deleted} of them deleted; ${records} records received, ${marked} of them deleted`;
  report(stored === records && deleted === marked ? "ok" : "fault", rows, figures);
}

/** Children are replaced and marked with their parent, so that any difference is our own fault. */
function verifyChildren(count: Count, parent: Table, child: Table, report: Report): void {
  const [{ name: parents, key }, { name: children, key: childKey }] = [shapeOf(parent), shapeOf(child)];
  const joined = `"${children}" AS child LEFT JOIN "${parents}" AS parent
    ON parent.account = child.account AND parent."${key[1]}" = child."${childKey[1]}" WHERE child.account = ?`;
  const orphans = count(`SELECT count(*) FROM ${joined} AND parent.account IS NULL`);
  const apart = count(`SELECT count(*) FROM ${joined} AND parent.deleted_at IS NOT child.deleted_at`);
  if (orphans + apart === 0) report("ok", children, `each belongs to a row of ${parents}`);
  if (orphans > 0) report("fault", children, `${orphans} rows belong to no row of ${parents}`);
  else if (apart > 0)
    report("fault", children, `${apart} rows are deleted and their ${parents} not, or the other way`);
}

function verifyFollowing(count: Count, child: Table, parent: Table, report: Report): void {
  const [{ name: children, key }, { name: parents, key: parentKey }] = [shapeOf(child), shapeOf(parent)];
  const live = count(
    `SELECT count(*) FROM "${children}" AS child JOIN "${parents}" AS parent
     ON parent.account = child.account AND parent."${parentKey[1]}" = child."${key[1]}"
     WHERE child.account = ? AND child.deleted_at IS NULL AND parent.deleted_at IS NOT NULL`,
  );
  if (live > 0) report("fault", children, `${live} live rows belong to deleted rows of ${parents}`);
}

/** A row may name another that ChartMogul deleted before the first sync, or that did not validate. */
function verifyReferences({ sqlite }: Warehouse, count: Count, resource: Resource, report: Report): void {
  for (const table of [resource.table, ...resource.children.map((child) => child.table)]) {
    const { name } = shapeOf(table);
    const references = sqlite
      .prepare<[string], { id: number; parent: string; from: string; to: string }>(
        `SELECT id, "table" AS parent, "from", "to" FROM pragma_foreign_key_list(?) WHERE "from" <> 'account'`,
      )
      .all(name);
    for (const { parent, from, to } of references) {
      const lacking = count(
        `SELECT count(*) FROM "${name}" AS child WHERE account = ? AND deleted_at IS NULL AND "${from}" IS NOT NULL
         AND NOT EXISTS (SELECT 1 FROM "${parent}" AS parent WHERE parent.account = child.account AND parent."${to}" = child."${from}")`,
      );
      if (lacking > 0) {
        report("warning", name, `${lacking} live rows name a row of ${parent} that is not there (${from})`);
      }
    }
  }
}

// Each of seven amounts is rounded to a cent.
const roundingInCents = 4;

/** What a day's movements do not explain of the change of MRR since the day before. */
interface Unexplained {
  readonly days: number;
  readonly off: number;
  readonly worst_day: string | null;
  readonly worst: number | null;
  readonly total: number | null;
}

/** The five movements of a day add up to the change of MRR: https://dev.chartmogul.com/reference/metrics/mrr. */
function verifyMovements({ sqlite }: Warehouse, account: string, report: Report): void {
  const found = sqlite
    .prepare<[string, number, number], Unexplained>(
      `WITH days AS (
         SELECT date, mrr_in_cents - lag(mrr_in_cents) OVER (ORDER BY date) - (mrr_new_business_in_cents + mrr_expansion_in_cents
           + mrr_contraction_in_cents + mrr_churn_in_cents + mrr_reactivation_in_cents) AS rest
         FROM daily_metrics WHERE account = ? AND deleted_at IS NULL)
       SELECT count(*) AS days, count(*) FILTER (WHERE abs(rest) > ?) AS off, sum(rest) AS total,
         max(abs(rest)) AS worst, max(date) FILTER (WHERE abs(rest) > ?) AS worst_day FROM days`,
    )
    .get(account, roundingInCents, roundingInCents);
  if (!found || found.days === 0) return;
  const { days, off, total, worst, worst_day } = found;
  if (off === 0) report("ok", "daily_metrics", `the movements of ${days} days add up to the MRR of each`);
  else {
    // Two requests may have seen two states; then one day is over what the next is under.
    const outcome = Math.abs(total ?? 0) <= roundingInCents * days ? "warning" : "fault";
    report(
      outcome,
      "daily_metrics",
      `on ${off} of ${days} days the movements do not add up to the change of MRR, by up to ${inUnits(worst ?? 0)}, last on ${worst_day}; over all days the last MRR differs from them by ${inUnits(total ?? 0)}`,
    );
  }
}

/** Hundredths as people read them. */
export function inUnits(cents: number): string {
  return (cents / 100).toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}
