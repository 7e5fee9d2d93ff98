import type { Warehouse } from "../warehouse/open.ts";
import { type CustomerNames, type Nameable, nameable } from "./customer-names.ts";
import { type CustomerTurn, type Standing, type Step, turnOf } from "./customer-turns.ts";

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

/** Customers by what has become of them; each is in one list at most. */
export type CustomerChanges = Readonly<
  Record<Exclude<CustomerTurn, "merged">, readonly ChangedCustomer[]>
> & {
  readonly merged: readonly MergedCustomer[];
};

interface Row extends Nameable, Step, Standing {}

/** What has become of the customers of an account since a timestamp; those with the most MRR first. */
export function customerChanges(
  { sqlite }: Warehouse,
  account: string,
  since: string,
  names: CustomerNames,
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
  };
  const paidBeforeMerge = new Set<string>();
  for (const rows of byKey(
    sqlite.prepare<[string, string], Row>(changesOfCustomers).iterate(account, since),
  )) {
    const [now] = rows;
    const found = now && turnOf(rows, now);
    if (!found) continue;
    const { turn, mrr } = found;
    const customer = {
      key: now.key,
      name: names.label(now),
      status: now.status,
      mrr_in_cents: mrr,
      deleted: now.deleted === 1,
    };
    if (turn === "merged") {
      const into = now.merged_into ?? "";
      if (found.paidBefore) paidBeforeMerge.add(into);
      lists.merged.push({ ...customer, merged_into: into, survivor: names.of(into) });
    } else lists[turn].push(customer);
  }
  // Who has only taken in a customer that paid already has not become one.
  const isNews = ({ key }: ChangedCustomer) => !paidBeforeMerge.has(key);
  const most = (one: ChangedCustomer, other: ChangedCustomer) =>
    other.mrr_in_cents - one.mrr_in_cents || one.name.localeCompare(other.name);
  for (const list of Object.values(lists)) list.sort(most);
  return { ...lists, won: lists.won.filter(isNews), cameBack: lists.cameBack.filter(isNews) };
}

const changesOfCustomers = `
  SELECT run_id, kind, field, old_value, new_value,
    status, mrr_in_cents, deleted_at IS NOT NULL AS deleted, merged_into, ${nameable("customers")}
  FROM record_changes AS change JOIN customers ON customers.account = change.account AND uuid = change.key
  WHERE change.account = ? AND changed_at >= ? AND resource = 'customers'
    AND (kind <> 'updated' OR field IN ('status', 'mrr_in_cents'))
  ORDER BY change.key, changed_at, change.rowid`;

/** Rows that follow each other and are of one record. */
export function* byKey<Row extends { readonly key: string }>(rows: Iterable<Row>): Iterable<Row[]> {
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
