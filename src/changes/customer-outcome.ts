import type { ChangeKind } from "../schema/sync-tables.ts";

/** The part of a row of `record_changes` that shows what a record was before. */
export interface ChangeStep {
  readonly run_id: number;
  readonly kind: ChangeKind;
  readonly field: string | null;
  readonly old_value: string | null;
  readonly new_value: string | null;
}

/** What a customer is now; a deleted one keeps what it was last. MRR in hundredths. */
export interface CustomerState {
  readonly status: string | null;
  readonly mrr_in_cents: number | null;
  readonly deleted: 0 | 1;
  readonly merged_into: string | null;
}

/** The outcome of a customer's changes. Won and lost are opposites, so a customer that was both counts as neither. */
export type CustomerOutcome =
  | "won"
  | "lost"
  | "wonAndLost"
  | "cameBack"
  | "merged"
  | "newLeads"
  | "newCancelled"
  | "deletedLeads"
  | "deletedCancelled";

interface FoundOutcome {
  readonly outcome: CustomerOutcome;
  /** What it had when it was lost, otherwise what it has now. */
  readonly mrr: number;
  /** True where it was a paying customer before all these steps. */
  readonly paidBefore: boolean;
}

/** What the steps of a customer, in the order of time, amount to; undefined where it is as much of a customer as before. */
export function findOutcome(steps: readonly ChangeStep[], now: CustomerState): FoundOutcome | undefined {
  const kinds = steps.map(({ kind }) => kind).filter((kind) => kind !== "updated");
  const statuses = steps.filter(({ field }) => field === "status");
  if (kinds.length === 0 && statuses.length === 0) return undefined;
  const statusBefore = statuses[0] ? statuses[0].old_value : now.status;
  const past = {
    kinds,
    statuses,
    wasPaying: pays(statusBefore),
    wasCancelled: statusBefore === "Cancelled",
    paidBefore: existedBefore(steps, now.deleted === 0) && pays(statusBefore),
  };
  const outcome = now.deleted === 1 ? findOutcomeOfDeleted(past, now) : findOutcomeOfLive(past, now);
  if (!outcome) return undefined;
  const wasLost = outcome === "lost" || outcome === "wonAndLost";
  const mrr = wasLost ? mrrWhenLost(steps, now) : (now.mrr_in_cents ?? 0);
  return { outcome, mrr, paidBefore: past.paidBefore };
}

/** True where a record was in ChartMogul before these steps. */
export function existedBefore(steps: readonly ChangeStep[], isThere: boolean): boolean {
  const first = steps.find(({ kind }) => kind !== "updated");
  return first ? first.kind === "deleted" : isThere;
}

interface EarlierState {
  /** In the order of time, without "updated". */
  readonly kinds: readonly ChangeKind[];
  readonly statuses: readonly ChangeStep[];
  readonly wasPaying: boolean;
  readonly wasCancelled: boolean;
  readonly paidBefore: boolean;
}

function findOutcomeOfDeleted(past: EarlierState, { status, merged_into }: CustomerState): CustomerOutcome {
  if (merged_into !== null) return "merged";
  if (past.paidBefore) return "lost";
  if (hasPaid(past)) return "wonAndLost";
  return status === "Cancelled" ? "deletedCancelled" : "deletedLeads";
}

function findOutcomeOfLive(past: EarlierState, { status }: CustomerState): CustomerOutcome | undefined {
  const isNew = past.kinds[0] === "inserted";
  const isBack = past.kinds.includes("restored");
  if (pays(status)) {
    if (isBack || (past.wasCancelled && !isNew) || past.statuses.some(isReturn)) return "cameBack";
    return past.paidBefore ? undefined : "won";
  }
  if (past.paidBefore) return "lost";
  if (isBack) return "cameBack";
  if (hasPaid(past)) return "wonAndLost";
  if (!isNew) return undefined;
  return status === "Cancelled" ? "newCancelled" : "newLeads";
}

function pays(status: string | null): boolean {
  return status === "Active" || status === "Past Due";
}

function isReturn({ old_value, new_value }: ChangeStep): boolean {
  return old_value === "Cancelled" && pays(new_value);
}

/** Only a customer that has paid can be cancelled: a cancelled lead has paid between two syncs. */
function hasPaid({ wasPaying, statuses }: EarlierState): boolean {
  return (
    wasPaying ||
    statuses.some(
      ({ old_value, new_value }) =>
        pays(new_value) || (new_value === "Cancelled" && old_value?.endsWith("Lead")),
    )
  );
}

function mrrWhenLost(steps: readonly ChangeStep[], { status, mrr_in_cents }: CustomerState): number {
  const last = mrr_in_cents ?? 0;
  if (pays(status)) return last;
  const loss = steps.findLast(
    ({ field, old_value, new_value }) => field === "status" && pays(old_value) && !pays(new_value),
  );
  const fall = steps.find(({ field, run_id }) => field === "mrr_in_cents" && run_id === loss?.run_id);
  return fall ? Number(fall.old_value ?? 0) : last;
}
