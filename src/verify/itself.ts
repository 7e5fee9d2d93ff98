import type { Resource } from "../resources/resource.ts";
import { shapeOf, type Table } from "../schema/table.ts";
import { findIllegibleTexts } from "../store/illegible-texts.ts";
import { describeOrphanRows } from "../store/orphan-rows.ts";
import { verifyActivities } from "./activities.ts";
import { verifyColumnTypes } from "./column-types.ts";
import { verifyDays } from "./days.ts";
import type { Verification } from "./findings.ts";
import { formatCents, formatCount } from "./format.ts";
import { hints } from "./hints.ts";
import { verifyReceived } from "./received.ts";

/**
 * Compares the tables of one account with the records that were received and with each other. Each comparison is one statement or one
 * short transaction and therefore of one moment, whatever a sync writes between them; see `verifyReceived`. Only those that are
 * `current` must agree with each other.
 */
export async function verifyItself(
  verification: Verification,
  resources: readonly Resource[],
  current: readonly Resource[],
): Promise<void> {
  for (const resource of resources) {
    await verifyReceived(verification, resource);
    verifyColumnTypes(verification, resource);
    verifyOrphanRows(verification, resource);
    verifyTombstones(verification, resource);
    verifyReferences(verification, resource);
    const parent = resources.find(({ name }) => name === resource.extract.parent);
    if (parent) verifyFollowing(verification, resource.table, parent.table);
    await verification.pause();
  }
  verifyTexts(verification);
  verifyDays(verification, resources);
  const areCurrent = (...names: readonly string[]) =>
    names.every((each) => current.some(({ name }) => name === each));
  if (areCurrent("activities", "daily_metrics")) verifyActivities(verification);
  if (areCurrent("customers", "subscriptions")) verifySubscriptions(verification);
  await verification.pause();
}

type Count = (sql: string, ...values: (string | number)[]) => number;

/** A query whose first parameter is the account and whose only value is a number. */
function counter({ warehouse, account }: Verification): Count {
  return (sql, ...values) =>
    Number(
      warehouse.sqlite
        .prepare(sql)
        .pluck()
        .get(account, ...values),
    );
}

const keysShown = 3;

function verifyOrphanRows(verification: Verification, resource: Resource): void {
  const { warehouse, account, report } = verification;
  const own = { account, resource: resource.name };
  const parents = shapeOf(resource.table).name;
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

function verifyTexts({ warehouse, account, report }: Verification): void {
  for (const { table, column, rows } of findIllegibleTexts(warehouse.sqlite, account)) {
    const found = `${formatCount(rows, "row")} with text in ${column} that not every reader can read`;
    report.fault(table, found, hints.rebuild);
  }
}

function verifyTombstones(verification: Verification, { name }: Resource): void {
  const marks = counter(verification)(
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

function verifyFollowing(verification: Verification, child: Table, parent: Table): void {
  const [{ name: children, key }, { name: parents, key: parentKey }] = [shapeOf(child), shapeOf(parent)];
  const live = counter(verification)(
    `SELECT count(*) FROM "${children}" AS child JOIN "${parents}" AS parent
     ON parent.account = child.account AND parent."${parentKey[1]}" = child."${key[1]}"
     WHERE child.account = ? AND child.deleted_at IS NULL AND parent.deleted_at IS NOT NULL`,
  );
  if (live === 0) return;
  const found = `${formatCount(live, "live row")} ${live === 1 ? "belongs" : "belong"} to deleted rows of ${parents}`;
  verification.report.fault(children, found, hints.again);
}

/** A row may name another that ChartMogul deleted before the first sync, or that did not validate. */
function verifyReferences(verification: Verification, resource: Resource): void {
  const { warehouse, report } = verification;
  const count = counter(verification);
  const parentOfChildren = shapeOf(resource.table).name;
  const tables = [resource.table, ...resource.children.map((child) => child.table)];
  for (const { name } of tables.map(shapeOf)) {
    const references = warehouse.sqlite
      .prepare<[string], { id: number; parent: string; from: string; to: string }>(
        `SELECT id, "table" AS parent, "from", "to" FROM pragma_foreign_key_list(?) WHERE "from" <> 'account'`,
      )
      .all(name)
      // A child without its own record is a fault, and was told.
      .filter(({ parent }) => parent !== parentOfChildren);
    for (const { parent, from, to } of references) {
      const lacking = count(
        `SELECT count(*) FROM "${name}" AS child WHERE account = ? AND deleted_at IS NULL AND "${from}" IS NOT NULL
         AND NOT EXISTS (SELECT 1 FROM "${parent}" AS parent WHERE parent.account = child.account AND parent."${to}" = child."${from}")`,
      );
      if (lacking > 0) {
        const rows = `${formatCount(lacking, "live row")} ${lacking === 1 ? "names" : "name"}`;
        report.warning(name, `${rows} a row of ${parent} that is not there (${from})`);
      }
    }
  }
}

/** Looks for records of resources that are not among these: a version that knew others may have left them. */
export function verifyKinds(
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

interface Revenue {
  readonly customers: number;
  readonly paying: number;
  readonly subscriptions: number;
  readonly active: number;
}

/** ChartMogul does not promise that both sums are equal: a cancelled or disabled subscription may still be paid for. */
function verifySubscriptions({ warehouse, account, report }: Verification): void {
  const sums = warehouse.sqlite
    .prepare<{ account: string }, Revenue>(
      `SELECT * FROM
         (SELECT total(mrr_in_cents) AS customers, count(*) FILTER (WHERE mrr_in_cents <> 0) AS paying
          FROM customers WHERE account = @account AND deleted_at IS NULL),
         (SELECT total(mrr_in_cents) AS subscriptions, count(*) AS active
          FROM subscriptions WHERE account = @account AND deleted_at IS NULL AND status = 'active')`,
    )
    .get({ account });
  if (!sums || sums.paying + sums.active === 0) return;
  const found = `active subscriptions add up to ${formatCents(sums.subscriptions)} MRR, customers to ${formatCents(sums.customers)}`;
  // Each is rounded to a cent.
  const rounding = sums.paying + sums.active;
  if (Math.abs(sums.customers - sums.subscriptions) <= rounding) report.ok("subscriptions", found);
  else report.warning("subscriptions", `${found}; ChartMogul does not promise that they are equal`);
}
