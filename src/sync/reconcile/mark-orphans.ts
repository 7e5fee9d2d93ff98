import { ApiError } from "../../errors.ts";
import type { OwnedByCustomer, Resource } from "../../resources/resource.ts";
import { readPastWalks } from "../../state/runs.ts";
import { findMergedSince, findOrphans, type Orphan } from "../../store/owned-by-customer.ts";
import { askEach } from "../read/ask-each.ts";
import { type Counts, createCounts, type ResourceReport } from "../report.ts";
import type { Run } from "../run.ts";
import { outcome } from "../write/resource-walk.ts";
import { openPageStore } from "../write/store-page.ts";
import { askFor, deleter } from "./deletes.ts";

/**
 * Marks what belongs to customers that were found deleted, whether its own listing was read before that, was cut short or could not be
 * read, and gives the reports with what came of it. Called once all walks have ended.
 *
 * A walk that began after its customer was marked has met a record or has missed it, and needs no help. Else ChartMogul is asked,
 * where it can be: a customer whose merge cannot be seen has left its invoices to another one.
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
    const failure = await markOrphansOf(run, resource, resource.ownedByCustomer, { counts, report });
    if (report === undefined) continue;
    amended.set(
      resource.name,
      withCounts(report, counts, failure === undefined ? undefined : outcome(run, failure)),
    );
  }
  return [...amended.values()];
}

/** Gives what kept it from marking all of them. */
async function markOrphansOf(
  run: Run,
  resource: Resource,
  bond: OwnedByCustomer,
  { counts, report }: { readonly counts: Counts; readonly report: ResourceReport | undefined },
): Promise<unknown> {
  const { warehouse, account, now } = run;
  const { lastReconciled } = readPastWalks(warehouse, account, resource.name, now());
  const since = report?.reconciled ? report.walk_started_at : lastReconciled;
  // What a merged customer had was worked out anew as the survivor's: what it has become is read by the next sync.
  if (resource.datesOf && since) {
    const merged = findMergedSince(warehouse, account, since);
    run.refreshQueue(resource.name).add(merged);
  }
  const orphans = findOrphans(warehouse, account, resource.table, bond, since ?? "");
  if (orphans.length === 0) return undefined;
  // They cannot be asked for any more: the next sync does it.
  if (run.signal.aborted) return run.signal.reason;
  try {
    const { isGone, present, failure } = await ask(run, resource, bond, orphans);
    if (present.length > 0) await openPageStore(run, resource, counts)({ records: present });
    const { mark } = deleter(run, resource, counts);
    for (const [at, keys] of keysByTime(orphans.filter(isGone))) await mark(keys, at);
    return failure;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return new ApiError(`what belonged to deleted customers could not be asked for: ${error.message}`, {
      hint: error.hint ?? "It stays as it was, and the next sync asks again.",
    });
  }
}

interface Asked {
  readonly isGone: (orphan: Orphan) => boolean;
  /** Records that are still there. */
  readonly present: readonly unknown[];
  /** What kept it from being told of some. */
  readonly failure: unknown;
}

// More are only asked for by the first of each customer: lists that were cut short leave all of its invoices.
const mostAsked = 200;

async function ask(
  run: Run,
  resource: Resource,
  bond: OwnedByCustomer,
  orphans: readonly Orphan[],
): Promise<Asked> {
  const all = new Set(orphans.map(({ by }) => by));
  const first = new Map(orphans.toReversed().map(({ customer, by }) => [customer, by]));
  const askedBy = ({ customer, by }: Orphan) => (all.size <= mostAsked ? by : (first.get(customer) ?? by));
  const keys = [...new Set(orphans.map(askedBy))];
  if (!bond.has) {
    const { gone, present, unclear } = await askFor(run, resource, keys, () => true);
    const isGone = new Set(gone);
    const records = present.map(({ record }) => record);
    return { isGone: (orphan) => isGone.has(askedBy(orphan)), present: records, failure: unclear[0]?.error };
  }
  const isGone = await missingOf(run, bond.has, keys);
  return { isGone: (orphan) => isGone.has(askedBy(orphan)), present: [], failure: undefined };
}

async function missingOf(
  { api }: Run,
  has: NonNullable<OwnedByCustomer["has"]>,
  keys: readonly string[],
): Promise<Set<string>> {
  const missing = new Set<string>();
  await askEach(keys, async (key) => {
    if ((await has(api.patient, key)) === false) missing.add(key);
  });
  return missing;
}

function keysByTime(orphans: readonly Orphan[]): Map<string, string[]> {
  const byTime = new Map<string, string[]>();
  for (const { key, at } of orphans) byTime.set(at, [...(byTime.get(at) ?? []), key]);
  return byTime;
}

function withCounts(
  report: ResourceReport,
  counts: Counts,
  ended: Pick<ResourceReport, "status" | "error"> | undefined,
): ResourceReport {
  const summed = Object.entries(counts).map(([name, count]) => [name, report[name as keyof Counts] + count]);
  const isNews = ended !== undefined && report.status === "complete";
  return { ...report, ...Object.fromEntries(summed), ...(isNews ? ended : {}) };
}
