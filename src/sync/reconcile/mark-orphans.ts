import { ApiError } from "../../errors.ts";
import type { OwnedByCustomer, Resource } from "../../resources/resource.ts";
import { readPastWalks } from "../../state/runs.ts";
import { findMergedSince, findOrphans, type Orphan } from "../../store/owned-by-customer.ts";
import { describeOutcome } from "../outcome.ts";
import { askEach } from "../read/ask-each.ts";
import { type Counts, createCounts, type ResourceReport } from "../report.ts";
import type { Run } from "../run.ts";
import { openPageStore } from "../write/store-page.ts";
import { askForMissing } from "./ask-for-missing.ts";
import { prepareMarkDeleted } from "./mark-deleted.ts";

/**
 * Marks as deleted what is owned by customers that were found deleted, and returns the reports with what came of it. Called once all
 * walks have ended: the owned records' own listing may have been read before, may have ended early, or could not be read.
 *
 * A walk that began after its customer was marked has met a record or has missed it, and needs no help. Otherwise ChartMogul is asked,
 * where that is possible: a customer whose merge cannot be seen has left its invoices to another customer.
 */
export async function markOrphans(
  run: Run,
  registry: readonly Resource[],
  reports: readonly ResourceReport[],
): Promise<ResourceReport[]> {
  const amended = new Map(reports.map((report) => [report.resource, report]));
  for (const resource of registry) {
    if (!resource.ownedByCustomer) continue;
    const report = amended.get(resource.name);
    const counts = createCounts();
    const failure = await markOrphansOf(run, resource, {
      ownership: resource.ownedByCustomer,
      counts,
      report,
    });
    if (report === undefined) continue;
    const outcome = failure === undefined ? undefined : describeOutcome(run, failure);
    amended.set(resource.name, addToReport(report, counts, outcome));
  }
  return [...amended.values()];
}

interface Owned {
  readonly ownership: OwnedByCustomer;
  readonly counts: Counts;
  readonly report: ResourceReport | undefined;
}

/** Returns what kept it from marking all of them. */
async function markOrphansOf(
  run: Run,
  resource: Resource,
  { ownership, counts, report }: Owned,
): Promise<unknown> {
  const { warehouse, account, now } = run;
  const { lastReconciled } = readPastWalks(warehouse, account, resource.name, now());
  const since = report?.reconciled ? report.walk_started_at : lastReconciled;
  // ChartMogul computes what a merged customer had again as the survivor's: the next sync reads what it has become.
  if (resource.readHistoryDates && since) {
    run.refreshQueue(resource.name).add(findMergedSince(warehouse, account, since));
  }
  const orphans = findOrphans(warehouse, account, resource.table, ownership, since ?? "");
  if (orphans.length === 0) return undefined;
  // They cannot be requested any more: the next sync does it.
  if (run.signal.aborted) return run.signal.reason;
  try {
    const { isGone, present, failure } = await askForOrphans(run, resource, ownership, orphans);
    if (present.length > 0) await openPageStore(run, resource, counts)({ records: present });
    const mark = prepareMarkDeleted(run, { resource, counts });
    for (const [at, keys] of groupByTime(orphans.filter(isGone))) await mark(keys, at);
    return failure;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return new ApiError(`the records of deleted customers could not be requested: ${error.message}`, {
      hint: error.hint ?? "They stay as they were, and the next sync asks again.",
    });
  }
}

/** What ChartMogul says about orphans. */
interface OrphansFound {
  readonly isGone: (orphan: Orphan) => boolean;
  /** Records that are still there. */
  readonly present: readonly unknown[];
  /** What kept some from being clear. */
  readonly failure: unknown;
}

// More are only asked for by the first of each customer: listings that ended early leave all invoices of a customer.
const mostRequested = 200;

async function askForOrphans(
  run: Run,
  resource: Resource,
  ownership: OwnedByCustomer,
  orphans: readonly Orphan[],
): Promise<OrphansFound> {
  const all = new Set(orphans.map(({ by }) => by));
  const first = new Map(orphans.toReversed().map(({ customer, by }) => [customer, by]));
  const requestedBy = ({ customer, by }: Orphan) =>
    all.size <= mostRequested ? by : (first.get(customer) ?? by);
  const keys = [...new Set(orphans.map(requestedBy))];
  if (ownership.has) {
    const isGone = await findAbsent(run, ownership.has, keys);
    return { isGone: (orphan) => isGone.has(requestedBy(orphan)), present: [], failure: undefined };
  }
  const { gone, present, unclear } = await askForMissing(run, resource, keys, () => true);
  const isGone = new Set(gone);
  return {
    isGone: (orphan) => isGone.has(requestedBy(orphan)),
    present: present.map(({ record }) => record),
    failure: unclear[0]?.error,
  };
}

async function findAbsent(
  { api }: Run,
  has: NonNullable<OwnedByCustomer["has"]>,
  keys: readonly string[],
): Promise<Set<string>> {
  const absent = new Set<string>();
  await askEach(keys, async (key) => {
    if ((await has(api.patient, key)) === false) absent.add(key);
  });
  return absent;
}

function groupByTime(orphans: readonly Orphan[]): Map<string, string[]> {
  const byTime = new Map<string, string[]>();
  for (const { key, at } of orphans) byTime.set(at, [...(byTime.get(at) ?? []), key]);
  return byTime;
}

function addToReport(
  report: ResourceReport,
  counts: Counts,
  outcome: Pick<ResourceReport, "status" | "error"> | undefined,
): ResourceReport {
  const summed = Object.entries(counts).map(([name, count]) => [name, report[name as keyof Counts] + count]);
  const isNews = outcome !== undefined && report.status === "complete";
  return { ...report, ...Object.fromEntries(summed), ...(isNews ? outcome : {}) };
}
