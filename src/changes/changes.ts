import type { Warehouse } from "../database/open.ts";
import type { ChangeKind } from "../schema/sync-tables.ts";
import {
  type ChangedCustomer,
  type MergedCustomer,
  type ReimportedCustomer,
  readCustomerChanges,
} from "./customer-changes.ts";
import { openCustomerNames } from "./customer-names.ts";
import { type FieldChange, readFieldChanges } from "./field-changes.ts";
import { findGaps, type Gap } from "./gaps.ts";
import { type MrrChange, type MrrTotals, readMrrChanges } from "./mrr-changes.ts";
import { findReimports } from "./reimports.ts";
import { type RestatedMonth, readRestatedMonths } from "./restated-months.ts";

/** Which changes to read. */
export interface ChangesQuery {
  readonly account: string;
  /** Timestamp from which on changes count. */
  readonly since: string;
  readonly resources: readonly string[];
  /** How many customers are named: of those whose MRR has changed, and of those with the same field change. */
  readonly most: number;
}

/** What happened to the records of one resource, in records. */
export type ResourceChanges = { readonly resource: string } & Readonly<Record<ChangeKind, number>>;

/** What has changed in one account. Amounts are in hundredths of `currency`. */
export interface AccountChanges {
  readonly account: string;
  readonly currency: string | null;
  readonly incomplete: readonly Gap[];
  readonly won: readonly ChangedCustomer[];
  readonly lost: readonly ChangedCustomer[];
  readonly wonAndLost: readonly ChangedCustomer[];
  readonly cameBack: readonly ChangedCustomer[];
  readonly merged: readonly MergedCustomer[];
  readonly reimported: readonly ReimportedCustomer[];
  readonly newLeads: readonly ChangedCustomer[];
  readonly newCancelled: readonly ChangedCustomer[];
  readonly deletedLeads: readonly ChangedCustomer[];
  readonly deletedCancelled: readonly ChangedCustomer[];
  readonly mrrTotals: MrrTotals;
  readonly mrrChanges: readonly MrrChange[];
  readonly planChanges: readonly FieldChange[];
  readonly statusChanges: readonly FieldChange[];
  readonly restatedMonths: readonly RestatedMonth[];
  readonly resources: readonly ResourceChanges[];
}

/** What has changed in one account. Only the result is in memory, never all changes. */
export function readChanges(warehouse: Warehouse, wanted: ChangesQuery): AccountChanges {
  const { account, since, resources, most } = wanted;
  const ask = <T>(resource: string, answer: () => readonly T[]) =>
    resources.includes(resource) ? answer() : [];
  const names = openCustomerNames(warehouse, account);
  const twins = findReimports(warehouse, account, since);
  const customers = readCustomerChanges(warehouse, account, since, { names, twins });
  const mrr = resources.includes("subscriptions")
    ? readMrrChanges(warehouse, account, since, customers, { names, most, twins })
    : { totals: { customers: 0, up: 0, down: 0 }, changes: [] };
  const moves = (resource: "customers" | "subscriptions", field: string) =>
    ask(resource, () => readFieldChanges(warehouse, account, since, { resource, field }, { names, most }));
  return {
    account,
    currency: readCurrency(warehouse, account),
    incomplete: findGaps(warehouse, account, since, resources),
    won: ask("customers", () => customers.won),
    lost: ask("customers", () => customers.lost),
    wonAndLost: ask("customers", () => customers.wonAndLost),
    cameBack: ask("customers", () => customers.cameBack),
    merged: ask("customers", () => customers.merged),
    reimported: ask("customers", () => customers.reimported),
    newLeads: ask("customers", () => customers.newLeads),
    newCancelled: ask("customers", () => customers.newCancelled),
    deletedLeads: ask("customers", () => customers.deletedLeads),
    deletedCancelled: ask("customers", () => customers.deletedCancelled),
    mrrTotals: mrr.totals,
    mrrChanges: mrr.changes,
    planChanges: moves("subscriptions", "plan"),
    statusChanges: moves("customers", "status"),
    restatedMonths: ask("daily_metrics", () => readRestatedMonths(warehouse, account, since)),
    resources: countChanges(warehouse, wanted),
  };
}

/** Accounts that any sync has tried to read. */
export function listAccounts({ sqlite }: Warehouse): string[] {
  return sqlite
    .prepare<[], string>("SELECT account FROM sync_accounts UNION SELECT account FROM sync_runs ORDER BY 1")
    .pluck()
    .all();
}

function readCurrency({ sqlite }: Warehouse, account: string): string | null {
  const currency = sqlite.prepare<[string], string | null>("SELECT currency FROM accounts WHERE account = ?");
  return currency.pluck().get(account) ?? null;
}

function countChanges({ sqlite }: Warehouse, { account, since, resources }: ChangesQuery): ResourceChanges[] {
  const counts = sqlite
    .prepare<[string, string, string], { resource: string; kind: ChangeKind; records: number }>(
      `SELECT resource, kind, count(DISTINCT key) AS records FROM record_changes
       WHERE account = ? AND changed_at >= ? AND resource IN (SELECT value FROM json_each(?))
       GROUP BY resource, kind`,
    )
    .all(account, since, JSON.stringify(resources));
  return resources.flatMap((resource) => {
    const own = counts.filter((count) => count.resource === resource);
    const of = (kind: ChangeKind) => own.find((count) => count.kind === kind)?.records ?? 0;
    return own.length === 0
      ? []
      : {
          resource,
          inserted: of("inserted"),
          updated: of("updated"),
          deleted: of("deleted"),
          restored: of("restored"),
        };
  });
}
