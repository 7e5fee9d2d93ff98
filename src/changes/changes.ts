import type { Warehouse } from "../database/open.ts";
import type { ChangeKind } from "../schema/sync-tables.ts";
import {
  type ChangedCustomer,
  customerChanges,
  type MergedCustomer,
  type ReimportedCustomer,
} from "./customer-changes.ts";
import { customerNames } from "./customer-names.ts";
import { type Gap, gapsSince } from "./gaps.ts";
import { twinsSince } from "./imported-anew.ts";
import { type Move, movesOf } from "./moves.ts";
import { type MrrChange, type MrrTotals, mrrChanges } from "./mrr-changes.ts";
import { type RestatedMonth, restatedMonths } from "./restated-months.ts";

/** What to look for. */
export interface ChangesWanted {
  readonly account: string;
  /** Timestamp from which on changes count. */
  readonly since: string;
  readonly resources: readonly string[];
  /** How many customers to name of those whose MRR has changed, and of those who made the same move. */
  readonly most: number;
}

/** What happened to the records of one resource, in records. */
export type ResourceChanges = { readonly resource: string } & Readonly<Record<ChangeKind, number>>;

/** What has changed in one account. Amounts are in hundredths of `currency`. */
export interface Digest {
  readonly account: string;
  readonly currency: string | null;
  readonly incomplete: readonly Gap[];
  readonly won: readonly ChangedCustomer[];
  readonly lost: readonly ChangedCustomer[];
  readonly wonAndLost: readonly ChangedCustomer[];
  readonly cameBack: readonly ChangedCustomer[];
  readonly merged: readonly MergedCustomer[];
  readonly importedAnew: readonly ReimportedCustomer[];
  readonly newLeads: readonly ChangedCustomer[];
  readonly newCancelled: readonly ChangedCustomer[];
  readonly deletedLeads: readonly ChangedCustomer[];
  readonly deletedCancelled: readonly ChangedCustomer[];
  readonly mrrTotals: MrrTotals;
  readonly mrrChanges: readonly MrrChange[];
  readonly planMoves: readonly Move[];
  readonly statusMoves: readonly Move[];
  readonly restatedMonths: readonly RestatedMonth[];
  readonly resources: readonly ResourceChanges[];
}

/** What has changed, as people ask for it. Holds in memory what it tells and never all changes. */
export function digestOf(warehouse: Warehouse, wanted: ChangesWanted): Digest {
  const { account, since, resources, most } = wanted;
  const ask = <T>(resource: string, answer: () => readonly T[]) =>
    resources.includes(resource) ? answer() : [];
  const names = customerNames(warehouse, account);
  const twins = twinsSince(warehouse, account, since);
  const customers = customerChanges(warehouse, account, since, { names, twins });
  const mrr = resources.includes("subscriptions")
    ? mrrChanges(warehouse, account, since, customers, { names, most, twins })
    : { totals: { customers: 0, up: 0, down: 0 }, changes: [] };
  const moves = (resource: "customers" | "subscriptions", field: string) =>
    ask(resource, () => movesOf(warehouse, account, since, { resource, field }, { names, most }));
  return {
    account,
    currency: currencyOf(warehouse, account),
    incomplete: gapsSince(warehouse, account, since, resources),
    won: ask("customers", () => customers.won),
    lost: ask("customers", () => customers.lost),
    wonAndLost: ask("customers", () => customers.wonAndLost),
    cameBack: ask("customers", () => customers.cameBack),
    merged: ask("customers", () => customers.merged),
    importedAnew: ask("customers", () => customers.importedAnew),
    newLeads: ask("customers", () => customers.newLeads),
    newCancelled: ask("customers", () => customers.newCancelled),
    deletedLeads: ask("customers", () => customers.deletedLeads),
    deletedCancelled: ask("customers", () => customers.deletedCancelled),
    mrrTotals: mrr.totals,
    mrrChanges: mrr.changes,
    planMoves: moves("subscriptions", "plan"),
    statusMoves: moves("customers", "status"),
    restatedMonths: ask("daily_metrics", () => restatedMonths(warehouse, account, since)),
    resources: countsOf(warehouse, wanted),
  };
}

/** Accounts that any sync has tried to read. */
export function accountsInWarehouse({ sqlite }: Warehouse): string[] {
  return sqlite
    .prepare<[], string>("SELECT account FROM sync_accounts UNION SELECT account FROM sync_runs ORDER BY 1")
    .pluck()
    .all();
}

function currencyOf({ sqlite }: Warehouse, account: string): string | null {
  const currency = sqlite.prepare<[string], string | null>("SELECT currency FROM accounts WHERE account = ?");
  return currency.pluck().get(account) ?? null;
}

function countsOf({ sqlite }: Warehouse, { account, since, resources }: ChangesWanted): ResourceChanges[] {
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
