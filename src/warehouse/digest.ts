import type { ChangeKind } from "./bookkeeping.ts";
import type { Warehouse } from "./open.ts";

/** What to look for. */
export interface ChangesWanted {
  readonly account: string;
  /** Timestamp from which on changes count. */
  readonly since: string;
  /** Undefined: all resources. */
  readonly resource: string | undefined;
}

/** A row of `record_changes`. */
export interface RecordChange {
  readonly resource: string;
  readonly key: string;
  readonly run_id: number;
  readonly changed_at: string;
  readonly kind: ChangeKind;
  readonly field: string | null;
  readonly old_value: string | null;
  readonly new_value: string | null;
}

/** How a customer is called, and where it stands now. MRR in hundredths. */
export interface CustomerNow {
  readonly key: string;
  readonly name: string | null;
  readonly status: string | null;
  readonly mrr_in_cents: number | null;
}

/** A customer that was deleted, or one whose status became Cancelled. */
export interface LostCustomer extends CustomerNow {
  readonly how: "cancelled" | "deleted";
  readonly merged_into: string | null;
}

/** One value of a record that went from something to something else. */
export interface Move {
  readonly customer: string | null;
  readonly from: string | null;
  readonly to: string | null;
}

/** What happened to the records of one resource, in records. */
export interface ResourceChanges {
  readonly resource: string;
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
  readonly restored: number;
}

/** A month in which values of past days have changed. Level metrics are of the last such day, movements added up. */
export interface RestatedMonth {
  readonly month: string;
  readonly metric: string;
  readonly days: number;
  readonly before: number;
  readonly after: number;
}

/** What has changed in one account. */
export interface Digest {
  readonly account: string;
  readonly currency: string | null;
  readonly resources: readonly ResourceChanges[];
  readonly newCustomers: readonly CustomerNow[];
  readonly lostCustomers: readonly LostCustomer[];
  readonly planMoves: readonly Move[];
  readonly statusMoves: readonly Move[];
  readonly restatedMonths: readonly RestatedMonth[];
}

/** The rows of `record_changes` that are wanted, in the order in which they were noticed. */
export function recordChangesSince(
  { sqlite }: Warehouse,
  { account, since, resource }: ChangesWanted,
): RecordChange[] {
  return sqlite
    .prepare<[string, string, string | null], RecordChange>(
      `SELECT resource, key, run_id, changed_at, kind, field, old_value, new_value FROM record_changes
       WHERE account = ? AND changed_at >= ? AND resource = coalesce(?, resource)
       ORDER BY changed_at, resource, key, kind, field`,
    )
    .all(account, since, resource ?? null);
}

/** What has changed, as people ask for it. */
export function digestOf(warehouse: Warehouse, wanted: ChangesWanted): Digest {
  const { sqlite } = warehouse;
  const { account, since, resource } = wanted;
  const of = (name: string) => resource === undefined || resource === name;
  const ask = <Row>(name: string, sql: string): Row[] =>
    of(name) ? sqlite.prepare<[string, string], Row>(sql).all(account, since) : [];
  return {
    account,
    currency:
      sqlite
        .prepare<[string], string | null>("SELECT currency FROM accounts WHERE account = ?")
        .pluck()
        .get(account) ?? null,
    resources: countsOf(recordChangesSince(warehouse, wanted)),
    newCustomers: ask("customers", newCustomers),
    lostCustomers: ask("customers", lostCustomers),
    planMoves: ask("subscriptions", planMoves),
    statusMoves: ask("customers", statusMoves),
    restatedMonths: ask<RestatedDay>("daily_metrics", restatedDays).reduce<RestatedMonth[]>(intoMonths, []),
  };
}

/** Accounts of which anything is stored. */
export function accountsInWarehouse({ sqlite }: Warehouse): string[] {
  return sqlite.prepare<[], string>("SELECT account FROM sync_accounts ORDER BY account").pluck().all();
}

const changed = `SELECT change.* FROM record_changes AS change WHERE account = ? AND changed_at >= ?`;

const newCustomers = `WITH change AS (${changed})
  SELECT DISTINCT key, name, status, mrr_in_cents FROM change
  JOIN customers ON customers.account = change.account AND uuid = key
  WHERE resource = 'customers' AND kind = 'inserted' AND deleted_at IS NULL ORDER BY mrr_in_cents DESC, name`;

const lostCustomers = `WITH change AS (${changed})
  SELECT DISTINCT key, customers.name, customers.status, customers.mrr_in_cents,
    CASE WHEN customers.deleted_at IS NULL THEN 'cancelled' ELSE 'deleted' END AS how,
    coalesce(survivor.name, customers.merged_into) AS merged_into
  FROM change JOIN customers ON customers.account = change.account AND customers.uuid = key
  LEFT JOIN customers AS survivor ON survivor.account = customers.account AND survivor.uuid = customers.merged_into
  WHERE resource = 'customers' AND (kind = 'deleted' AND customers.deleted_at IS NOT NULL
    OR field = 'status' AND new_value = 'Cancelled' AND customers.status = 'Cancelled')
  ORDER BY how, customers.name`;

const planMoves = `WITH change AS (${changed})
  SELECT coalesce(name, uuid) AS customer, old_value AS "from", new_value AS "to" FROM change
  LEFT JOIN customers ON customers.account = change.account AND uuid = substr(key, 1, instr(key, '/') - 1)
  WHERE resource = 'subscriptions' AND field = 'plan' ORDER BY customer, changed_at`;

const statusMoves = `WITH change AS (${changed})
  SELECT coalesce(name, key) AS customer, old_value AS "from", new_value AS "to" FROM change
  LEFT JOIN customers ON customers.account = change.account AND uuid = key
  WHERE resource = 'customers' AND field = 'status' ORDER BY "from", "to", customer`;

interface RestatedDay {
  readonly date: string;
  readonly metric: string;
  readonly before: number | null;
  readonly after: number | null;
}

// Of a day that was restated more than once, what it was before the first time and after the last.
const restatedDays = `SELECT DISTINCT date, metric, first_value(old_value) OVER sequence AS before, last_value(new_value) OVER sequence AS after
  FROM daily_metric_restatements WHERE account = ? AND observed_at >= ?
  WINDOW sequence AS (PARTITION BY date, metric ORDER BY observed_at ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
  ORDER BY metric, date`;

/** Days come metric by metric in the order of the calendar. */
function intoMonths(months: RestatedMonth[], { date, metric, before, after }: RestatedDay): RestatedMonth[] {
  if (before === after) return months;
  const month = date.slice(0, 7);
  const day = { before: before ?? 0, after: after ?? 0 };
  const last = months.at(-1);
  if (last?.metric !== metric || last.month !== month) return [...months, { month, metric, days: 1, ...day }];
  const isMovement = /^mrr_.+_in_cents$/.test(metric) && metric !== "mrr_in_cents";
  const total = isMovement ? { before: last.before + day.before, after: last.after + day.after } : day;
  return [...months.slice(0, -1), { ...last, days: last.days + 1, ...total }];
}

function countsOf(changes: readonly RecordChange[]): ResourceChanges[] {
  const keys = new Map<string, Record<ChangeKind, Set<string>>>();
  for (const { resource, kind, key } of changes) {
    const counted = keys.get(resource) ?? {
      inserted: new Set(),
      updated: new Set(),
      deleted: new Set(),
      restored: new Set(),
    };
    counted[kind].add(key);
    keys.set(resource, counted);
  }
  return [...keys].map(([resource, { inserted, updated, deleted, restored }]) => ({
    resource,
    inserted: inserted.size,
    updated: updated.size,
    deleted: deleted.size,
    restored: restored.size,
  }));
}
