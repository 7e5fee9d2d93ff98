import type { Warehouse } from "../database/open.ts";
import { requireDefined } from "../errors.ts";
import { type CustomerIdentity, type CustomerNames, selectIdentity } from "./customer-names.ts";
import {
  type ChangeStep,
  type CustomerOutcome,
  type CustomerState,
  findOutcome,
} from "./customer-outcome.ts";
import type { Reimport } from "./reimports.ts";

/** A customer whose standing has changed. MRR in hundredths: what it had when it was lost, otherwise what it has now. */
export interface ChangedCustomer {
  readonly key: string;
  readonly name: string;
  readonly status: string | null;
  readonly mrr_in_cents: number;
  /** True where it is no longer in ChartMogul. */
  readonly deleted: boolean;
}

/** A customer that has become part of another one. */
export interface MergedCustomer extends ChangedCustomer {
  readonly merged_into: string;
  readonly survivor: string;
}

/** A customer that has another uuid since its data source was deleted and imported again. */
export interface ReimportedCustomer extends ChangedCustomer {
  readonly imported_as: string;
}

/**
 * Customers by what became of them; each is in one list at most. A customer that was imported again is listed under its
 * present uuid as well.
 */
export type CustomerChanges = Readonly<
  Record<Exclude<CustomerOutcome, "merged">, readonly ChangedCustomer[]>
> & {
  readonly merged: readonly MergedCustomer[];
  readonly reimported: readonly ReimportedCustomer[];
};

interface CustomerChangeRow extends CustomerIdentity, ChangeStep, CustomerState {}

/** What has become of the customers of an account since a timestamp; those with the most MRR first. */
export function readCustomerChanges(
  { sqlite }: Warehouse,
  account: string,
  since: string,
  { names, twins }: { readonly names: CustomerNames; readonly twins: readonly Reimport[] },
): CustomerChanges {
  const lists = {
    won: [] as ChangedCustomer[],
    lost: [] as ChangedCustomer[],
    wonAndLost: [] as ChangedCustomer[],
    cameBack: [] as ChangedCustomer[],
    newLeads: [] as ChangedCustomer[],
    deletedLeads: [] as ChangedCustomer[],
    newCancelled: [] as ChangedCustomer[],
    deletedCancelled: [] as ChangedCustomer[],
    merged: [] as MergedCustomer[],
    reimported: [] as ReimportedCustomer[],
  };
  const paidBeforeMerge = new Set<string>();
  const isTwin = new Set(twins.flatMap(({ old, current }) => [old, current]));
  const ofTwins = new Map<string, readonly CustomerChangeRow[]>();
  const changed = (now: CustomerIdentity & CustomerState, mrr: number): ChangedCustomer => ({
    key: now.key,
    name: names.label(now),
    status: now.status,
    mrr_in_cents: mrr,
    deleted: now.deleted === 1,
  });
  const tell = (now: CustomerIdentity & CustomerState, found: ReturnType<typeof findOutcome>) => {
    if (!found) return;
    const { outcome, mrr } = found;
    if (outcome === "merged") {
      const into = requireDefined(now.merged_into ?? undefined, "the survivor of a merged customer");
      if (found.paidBefore) paidBeforeMerge.add(into);
      lists.merged.push({ ...changed(now, mrr), merged_into: into, survivor: names.of(into) });
    } else lists[outcome].push(changed(now, mrr));
  };
  for (const rows of groupByKey(
    sqlite.prepare<[string, string], CustomerChangeRow>(changesOfCustomers).iterate(account, since),
  )) {
    const [now] = rows;
    if (now && isTwin.has(now.key)) ofTwins.set(now.key, rows);
    else if (now) tell(now, findOutcome(rows, now));
  }
  const standing = sqlite.prepare<[string, string], CustomerIdentity & CustomerState>(standingOfCustomer);
  for (const { old, current } of twins) {
    const [before, now] = [standing.get(account, old), standing.get(account, current)];
    if (!before || !now) continue;
    lists.reimported.push({ ...changed(before, before.mrr_in_cents ?? 0), imported_as: current });
    tell(now, findOutcome(joined(ofTwins.get(old) ?? [], before, ofTwins.get(current) ?? [], now), now));
  }
  // A customer that has only taken in one that paid already is not a new paying customer.
  const isNews = ({ key }: ChangedCustomer) => !paidBeforeMerge.has(key);
  const most = (one: ChangedCustomer, other: ChangedCustomer) =>
    other.mrr_in_cents - one.mrr_in_cents || one.name.localeCompare(other.name);
  for (const list of Object.values(lists)) list.sort(most);
  return { ...lists, won: lists.won.filter(isNews), cameBack: lists.cameBack.filter(isNews) };
}

/** What happened to a customer before and after it was imported again, as if it had one uuid. */
function joined(
  before: readonly ChangeStep[],
  last: CustomerState,
  after: readonly ChangeStep[],
  now: CustomerState,
): readonly ChangeStep[] {
  const first = (field: string, present: string | number | null) => {
    const step = after.find((each) => each.field === field);
    return step ? step.old_value : present;
  };
  const imported = { kind: "updated" as const, run_id: 0 };
  const differences = [
    { ...imported, field: "status", old_value: last.status, new_value: first("status", now.status) },
    {
      ...imported,
      field: "mrr_in_cents",
      old_value: last.mrr_in_cents,
      new_value: first("mrr_in_cents", now.mrr_in_cents),
    },
  ].map(
    (step): ChangeStep => ({ ...step, old_value: text(step.old_value), new_value: text(step.new_value) }),
  );
  return [
    ...before.filter(({ kind }) => kind !== "deleted"),
    ...differences.filter((step) => step.old_value !== step.new_value),
    ...after.filter(({ kind }) => kind !== "inserted"),
  ];
}

const text = (value: string | number | null) => (value === null ? null : String(value));

const standingOfCustomer = `
  SELECT status, mrr_in_cents, deleted_at IS NOT NULL AS deleted, merged_into, ${selectIdentity("customers")}
  FROM customers WHERE account = ? AND uuid = ?`;

const changesOfCustomers = `
  SELECT run_id, kind, field, old_value, new_value,
    status, mrr_in_cents, deleted_at IS NOT NULL AS deleted, merged_into, ${selectIdentity("customers")}
  FROM record_changes AS change JOIN customers ON customers.account = change.account AND uuid = change.key
  WHERE change.account = ? AND changed_at >= ? AND resource = 'customers'
    AND (kind <> 'updated' OR field IN ('status', 'mrr_in_cents'))
  ORDER BY change.key, changed_at, change.rowid`;

/** Rows that follow each other and are of one record. */
export function* groupByKey<Row extends { readonly key: string }>(rows: Iterable<Row>): Iterable<Row[]> {
  let group: Row[] = [];
  for (const row of rows) {
    if (group[0] && group[0].key !== row.key) {
      yield group;
      group = [];
    }
    group.push(row);
  }
  if (group.length > 0) yield group;
}
