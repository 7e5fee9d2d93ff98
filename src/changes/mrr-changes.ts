import type { Warehouse } from "../database/open.ts";
import { type CustomerChanges, groupByKey } from "./customer-changes.ts";
import type { CustomerNames } from "./customer-names.ts";
import { type ChangeStep, existedBefore } from "./customer-outcome.ts";
import type { Reimport } from "./reimports.ts";

/** A customer who pays more or less than before, in hundredths a month. */
export interface MrrChange {
  readonly key: string;
  readonly name: string;
  readonly before: number;
  readonly after: number;
}

/** All of them together, in hundredths. */
export interface MrrTotals {
  readonly customers: number;
  readonly up: number;
  readonly down: number;
}

interface SubscriptionChangeRow extends ChangeStep {
  readonly key: string;
  readonly customer: string;
  readonly status: string | null;
  readonly mrr: number | null;
  readonly live: 0 | 1;
}

/**
 * How the MRR of each customer's active subscriptions has changed: the `most` largest differences. Customers are left out if their
 * MRR is in `customers` already, because they were won, lost or came back. The MRR of a merged customer counts as its survivor's.
 */
export function readMrrChanges(
  { sqlite }: Warehouse,
  account: string,
  since: string,
  customers: CustomerChanges,
  {
    names,
    most,
    twins,
  }: { readonly names: CustomerNames; readonly most: number; readonly twins: readonly Reimport[] },
): { readonly totals: MrrTotals; readonly changes: readonly MrrChange[] } {
  const { won, lost, wonAndLost, cameBack, merged } = customers;
  const come = twins.filter(({ is_new }) => is_new === 1);
  const survivors = new Map([
    ...merged.map(({ key, merged_into }) => [key, merged_into] as const),
    ...come.map(({ old, current }) => [old, current] as const),
  ]);
  // These customers had their present uuids before, so their MRR under these is not a change since then. Its end under the old
  // uuids is not one, either.
  const passedBy = new Set(twins.filter(({ is_new }) => is_new === 0).map(({ old }) => old));
  const differences = new Map<string, number>();
  for (const rows of groupByKey(
    sqlite.prepare<[string, string], SubscriptionChangeRow>(changesOfSubscriptions).iterate(account, since),
  )) {
    const [now] = rows;
    if (!now || passedBy.has(now.customer)) continue;
    const customer = lastSurvivor(now.customer, survivors);
    differences.set(customer, (differences.get(customer) ?? 0) + difference(rows, now));
  }
  const named = new Set(
    [...won, ...lost, ...wonAndLost, ...cameBack].flatMap(({ key, mrr_in_cents }) =>
      mrr_in_cents === 0 ? [] : [key],
    ),
  );
  const mrrOf = sqlite
    .prepare<[string, string], number>(
      `SELECT total(mrr_in_cents) FROM subscriptions
       WHERE account = ? AND customer_uuid = ? AND status = 'active' AND deleted_at IS NULL`,
    )
    .pluck();
  for (const { old, current, is_suspected } of come) {
    if (is_suspected)
      differences.set(current, (differences.get(current) ?? 0) - (mrrOf.get(account, old) ?? 0));
  }
  const found = [...differences]
    .filter(([key, cents]) => cents !== 0 && !named.has(key))
    .sort(([, one], [, other]) => Math.abs(other) - Math.abs(one));
  const changes = found.slice(0, most).map(([key, cents]) => {
    const after = mrrOf.get(account, key) ?? 0;
    return { key, name: names.of(key), before: after - cents, after };
  });
  const totals = { customers: found.length, up: 0, down: 0 };
  for (const [, cents] of found) totals[cents > 0 ? "up" : "down"] += cents;
  return { totals, changes };
}

function lastSurvivor(customer: string, survivors: ReadonlyMap<string, string>): string {
  let last = customer;
  // Two customers that name each other would have no end.
  for (let merges = 0; merges < survivors.size; merges += 1) last = survivors.get(last) ?? last;
  return last;
}

function difference(steps: readonly ChangeStep[], { status, mrr, live }: SubscriptionChangeRow): number {
  const firstOf = (field: string) => steps.find((step) => step.field === field);
  const [statusStep, mrrStep] = [firstOf("status"), firstOf("mrr_in_cents")];
  const statusBefore = statusStep ? statusStep.old_value : status;
  const mrrBefore = mrrStep ? Number(mrrStep.old_value ?? 0) : (mrr ?? 0);
  const before = existedBefore(steps, live === 1) && statusBefore === "active" ? mrrBefore : 0;
  const after = live === 1 && status === "active" ? (mrr ?? 0) : 0;
  return after - before;
}

const changesOfSubscriptions = `
  SELECT change.key, run_id, kind, field, old_value, new_value,
    customer_uuid AS customer, status, mrr_in_cents AS mrr, deleted_at IS NULL AS live
  FROM record_changes AS change JOIN subscriptions AS subscription
    ON subscription.account = change.account
      AND customer_uuid = substr(change.key, 1, instr(change.key, '/') - 1)
      AND uuid = substr(change.key, instr(change.key, '/') + 1)
  WHERE change.account = ? AND changed_at >= ? AND resource = 'subscriptions'
    AND (kind <> 'updated' OR field IN ('status', 'mrr_in_cents'))
  ORDER BY change.key, changed_at, change.rowid`;
