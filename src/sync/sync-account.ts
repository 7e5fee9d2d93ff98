import { ApiError, requireDefined } from "../errors.ts";
import type { Resource } from "../resources/resource.ts";
import { linkAccount } from "../state/linked-accounts.ts";
import { openRefreshQueues } from "../state/refresh-queue.ts";
import { finishRun, type ResourceResult, recordResource, startRun } from "../state/runs.ts";
import { isAsIntended } from "../state/status.ts";
import type { FirstLoad } from "../store/first-load.ts";
import { accountResource } from "../store/record-changes.ts";
import { countOpenRejects } from "../store/rejects.ts";
import { describeOutcome } from "./outcome.ts";
import { markOrphans } from "./reconcile/mark-orphans.ts";
import { refuseOtherAccount } from "./refuse-other-account.ts";
import { createCounts, type ResourceReport } from "./report.ts";
import type { Run } from "./run.ts";
import { finishWalk, type ReadWalk, readResource } from "./walk.ts";
import type { WalkGroup } from "./walk-group.ts";

/** The resources of a sync. */
export interface ResourceSelection {
  /** Those to sync. */
  readonly resources: readonly Resource[];
  /** All that the warehouse holds. */
  readonly registry: readonly Resource[];
  /** Those that are left out on purpose. */
  readonly skipped: readonly Resource[];
}

/**
 * Syncs these resources of one account side by side and records the run. What goes wrong is in the reports; rejects only where the
 * warehouse itself can no longer be written.
 */
export async function syncAccount(
  context: Omit<Run, "id" | "refreshQueue">,
  selection: ResourceSelection,
  trigger: string,
): Promise<ResourceReport[]> {
  const { warehouse, account, now } = context;
  const id = startRun(warehouse, account, trigger, now());
  const run: Run = { ...context, id, refreshQueue: openRefreshQueues(warehouse, account, now) };
  const { resources, skipped, registry } = selection;
  let reports: ResourceReport[];
  let failure: unknown;
  try {
    reports = await syncResources(run, selection);
  } catch (error) {
    failure = error;
    reports = resources.map(({ name }) => reportFailure(run, name, error));
  }
  reports.push(...skipped.map(({ name }) => reportUnread(run, name, { status: "skipped" })));
  recordRun(run, reports, failure);
  return sortReports(reports, registry);
}

/** Checks the account, walks all resources and marks orphans. Throws where the account could not be read at all. */
async function syncResources(
  run: Run,
  { resources, registry, skipped }: ResourceSelection,
): Promise<ResourceReport[]> {
  const { warehouse, account, now } = run;
  const profile = await run.api.profile();
  await refuseOtherAccount(run, profile, registry);
  linkAccount(warehouse, account, profile, now());
  const walked = await walkAll(run, groupResources(resources, registry));
  const known = registry.filter((resource) => !skipped.includes(resource));
  const reports = await markOrphans(run, known, walked);
  return (await mayReadAny(run, reports, known)) ? reports : reports.map(asFailure);
}

function recordRun(run: Run, reports: readonly ResourceReport[], failure: unknown): void {
  const { warehouse, account, id, now } = run;
  const isComplete = failure === undefined && reports.every(({ status }) => isAsIntended(status));
  // Everything may have been read when the sync was stopped.
  const { status, error } = isComplete ? ({ status: "complete" } as const) : describeOutcome(run, failure);
  warehouse.sqlite.transaction(() => {
    for (const { account: _, ...result } of reports) recordResource(warehouse, account, id, result);
    finishRun(warehouse, account, id, {
      status: status === "complete" && !isComplete ? "failed" : status,
      error,
      now: now(),
    });
  })();
}

// The resource whose records own those of others (`ownedByCustomer`).
const customersResource = "customers";

function groupResources(resources: readonly Resource[], registry: readonly Resource[]): WalkGroup[] {
  const childrenOf = (parent: Resource, all: readonly Resource[]) =>
    all.filter(({ listing }) => listing.parent === parent.name);
  return resources
    .filter(({ listing }) => listing.parent === undefined)
    .map((resource) => ({
      resource,
      childResources: childrenOf(resource, resources),
      allChildResources: childrenOf(resource, registry),
      ownedResources:
        resource.name === customersResource ? registry.filter(({ ownedByCustomer }) => ownedByCustomer) : [],
    }));
}

/** Walks all groups and returns their reports. */
async function walkAll(run: Run, groups: readonly WalkGroup[]): Promise<ResourceReport[]> {
  const { account } = run;
  // Should one reject, the others must have ended all the same before the warehouse is closed.
  const walks = await Promise.allSettled(startWalks(run, groups));
  return walks.flatMap((walked, index) => {
    if (walked.status === "fulfilled") return walked.value.map((result) => ({ account, ...result }));
    const { resource, childResources } = requireDefined(groups[index], "the group of a walk");
    return [resource, ...childResources].map(({ name }) => reportFailure(run, name, walked.reason));
  });
}

/**
 * Walks groups side by side. The account is read first: whether it has changed decides how much of other resources is read. Child
 * listings are refreshed once the walks have ended that may invalidate them. During a first load no walk is finished.
 */
function startWalks(run: Run, groups: readonly WalkGroup[]): Promise<ResourceResult[]>[] {
  const now = Promise.resolve();
  const isFirst = ({ resource }: WalkGroup) => resource.name === accountResource;
  const invalidates = (group: WalkGroup) => group.resource.invalidates !== undefined && !isFirst(group);
  const reads = new Map<WalkGroup, Promise<ReadWalk>>();
  const read = (which: (group: WalkGroup) => boolean, after: Promise<unknown>) => {
    const started = groups.filter(which);
    for (const group of started)
      reads.set(
        group,
        after.then(() => readResource(run, group)),
      );
    return Promise.allSettled(started.map((group) => reads.get(group)));
  };
  const accountRead = read(isFirst, now);
  const allRead = Promise.all([
    read(invalidates, accountRead),
    read((group) => !isFirst(group) && !invalidates(group), now),
  ]);
  const mayFinish = run.firstLoad ? endFirstLoad(run.firstLoad, run.account, allRead) : now;
  // The sync itself meets the same failure, also where there is no walk.
  mayFinish.catch(() => {});
  const finish = async (group: WalkGroup, invalidated: Promise<unknown>) => {
    const [walk] = await Promise.all([reads.get(group), mayFinish]);
    return finishWalk(requireDefined(walk, "the reading of a group"), invalidated);
  };
  const walks = new Map(groups.filter(invalidates).map((group) => [group, finish(group, now)]));
  const invalidated = Promise.allSettled(walks.values());
  return groups.map((group) => walks.get(group) ?? finish(group, isFirst(group) ? now : invalidated));
}

async function endFirstLoad(firstLoad: FirstLoad, account: string, allRead: Promise<unknown>): Promise<void> {
  await allRead;
  firstLoad.leave(account);
  await firstLoad.ended;
}

/**
 * False where ChartMogul lets the key read no listing at all: then the account is closed, for example by a trial that has expired.
 * Where only refused resources were to be read, the counts of others decide.
 */
async function mayReadAny(
  { api }: Run,
  reports: readonly ResourceReport[],
  registry: readonly Resource[],
): Promise<boolean> {
  const refused = new Set(
    reports.flatMap(({ resource, status }) => (status === "not_allowed" ? [resource] : [])),
  );
  if (refused.size === 0) return true;
  // The account itself answers even where nothing else does.
  const provesIt = (resource: string) => resource !== accountResource && !refused.has(resource);
  if (reports.some(({ resource, pages }) => provesIt(resource) && pages > 0)) return true;
  for (const { listing } of registry.filter(({ name }) => provesIt(name))) {
    try {
      if ((await listing.count?.(api)) !== undefined) return true;
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 403)) return false;
    }
  }
  return false;
}

const asFailure = (report: ResourceReport): ResourceReport =>
  report.status === "not_allowed" ? { ...report, status: "failed" } : report;

/** The report on a resource whose walk could not begin. */
function reportFailure(run: Run, resource: string, error: unknown): ResourceReport {
  return reportUnread(run, resource, describeOutcome(run, error));
}

/** Reports on a resource that was not read at all. */
function reportUnread(
  { warehouse, account }: Run,
  resource: string,
  outcome: Pick<ResourceReport, "status" | "error">,
): ResourceReport {
  return {
    account,
    resource,
    ...outcome,
    ...createCounts(),
    missing: countOpenRejects(warehouse, account, resource),
    milliseconds: 0,
    announced_pages: null,
    walk_started_at: null,
    fresh_as_of: null,
    read_to_end: 0,
    reconciled: 0,
  };
}

function sortReports(reports: readonly ResourceReport[], registry: readonly Resource[]): ResourceReport[] {
  return registry.flatMap(({ name }) => reports.filter(({ resource }) => resource === name));
}
