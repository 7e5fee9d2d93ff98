import { ApiError } from "../errors.ts";
import type { Resource } from "../resources/resource.ts";
import { linkAccount } from "../state/linked-accounts.ts";
import { openRefreshQueues } from "../state/refresh-queue.ts";
import { finishRun, type ResourceResult, recordResource, startRun } from "../state/runs.ts";
import { isAsIntended } from "../state/status.ts";
import { accountResource } from "../store/record-changes.ts";
import { countOpenRejects } from "../store/rejects.ts";
import { markOrphans } from "./reconcile/mark-orphans.ts";
import { refuseOtherAccount } from "./refuse-other-account.ts";
import type { ResourceReport } from "./report.ts";
import { createCounts } from "./report.ts";
import type { Run } from "./run.ts";
import { type Family, walk } from "./walk.ts";
import { outcome } from "./write/resource-walk.ts";

/**
 * Syncs these resources of one account side by side and records the run. What goes wrong is in the report; rejects only where
 * the warehouse itself can no longer be written.
 */
export async function syncAccount(
  context: Omit<Run, "id" | "refreshQueue">,
  {
    resources,
    registry,
    skipped,
  }: {
    readonly resources: readonly Resource[];
    readonly registry: readonly Resource[];
    readonly skipped: readonly Resource[];
  },
  trigger: string,
): Promise<ResourceReport[]> {
  const { warehouse, account, now } = context;
  const id = startRun(warehouse, account, trigger, now());
  const run: Run = { ...context, id, refreshQueue: openRefreshQueues(warehouse, account, now) };
  let reports: ResourceReport[];
  let failure: unknown;
  try {
    const profile = await run.api.profile();
    await refuseOtherAccount(run, profile, registry);
    linkAccount(warehouse, account, profile, now());
    const families = resources.filter(isRoot).map((root) => ({
      root,
      dependents: dependentsOf(root, resources),
      followers: dependentsOf(root, registry),
      belongings:
        root.name === customersResource ? registry.filter(({ ownedByCustomer }) => ownedByCustomer) : [],
    }));
    // Should one reject, the others must have ended all the same before the warehouse is closed.
    const walks = await Promise.allSettled(walkAll(run, families));
    const ended = walks.flatMap((walked, index) => {
      if (walked.status === "fulfilled") return walked.value.map((result) => ({ account, ...result }));
      const { root, dependents = [] } = families[index] ?? {};
      return [root, ...dependents].flatMap((member) =>
        member ? [unread(run, member.name, walked.reason)] : [],
      );
    });
    const amended = await markOrphans(run, without(skipped, registry), ended);
    const isAllowed = await isAnyAllowed(run, amended, without(skipped, registry));
    reports = isAllowed ? amended : amended.map(asFailure);
  } catch (error) {
    failure = error;
    reports = resources.map(({ name }) => unread(run, name, error));
  }
  reports.push(...skipped.map(({ name }) => untouched(run, name, { status: "skipped" })));
  const isComplete = failure === undefined && reports.every(({ status }) => isAsIntended(status));
  // All may have been read when it was told to stop.
  const { status, error } = isComplete ? ({ status: "complete" } as const) : outcome(run, failure);
  warehouse.sqlite.transaction(() => {
    for (const { account: _, ...result } of reports) recordResource(warehouse, account, run.id, result);
    finishRun(warehouse, account, run.id, {
      status: status === "complete" && !isComplete ? "failed" : status,
      error,
      now: now(),
    });
  })();
  return inOrder(reports, registry);
}

/**
 * Walks families side by side. What some of them find tells others which listings to read, so that these end last; and how much is
 * read of what tells hangs on whether the account itself has changed, so that it is read first.
 */
function walkAll(run: Run, families: readonly Family[]): Promise<ResourceResult[]>[] {
  const walks = new Map<Family, Promise<ResourceResult[]>>();
  const begin = (which: (root: Resource) => boolean, after: Promise<unknown>) => {
    const begun = families.filter((family) => which(family.root) && !walks.has(family));
    for (const family of begun)
      walks.set(
        family,
        after.then(() => walk(run, family, Promise.resolve())),
      );
    return Promise.allSettled(begun.flatMap((family) => walks.get(family) ?? []));
  };
  const known = begin(({ name }) => name === accountResource, Promise.resolve());
  const told = begin(({ tells }) => tells !== undefined, known);
  return families.map((family) => walks.get(family) ?? walk(run, family, told));
}

/** The resource to whose records those of others may belong (`ownedByCustomer`). */
const customersResource = "customers";

/**
 * False where ChartMogul lets the key read no list at all: then it is the account that is shut, by a trial that has expired, say. Where
 * a sync was to read none but refused ones, the others tell.
 */
async function isAnyAllowed(
  { api }: Run,
  reports: readonly ResourceReport[],
  registry: readonly Resource[],
): Promise<boolean> {
  const refused = new Set(
    reports.flatMap(({ resource, status }) => (status === "not_allowed" ? [resource] : [])),
  );
  if (refused.size === 0) return true;
  // The account itself answers also where nothing else does.
  const isTelling = ({ name }: { readonly name: string }) => name !== accountResource && !refused.has(name);
  if (reports.some(({ resource, pages }) => isTelling({ name: resource }) && pages > 0)) return true;
  for (const { extract } of registry.filter(isTelling)) {
    try {
      if ((await extract.count?.(api)) !== undefined) return true;
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 403)) return false;
    }
  }
  return false;
}

const asFailure = (report: ResourceReport): ResourceReport =>
  report.status === "not_allowed" ? { ...report, status: "failed" } : report;

/** The report on a resource that could not even be begun. */
function unread(run: Run, resource: string, error: unknown): ResourceReport {
  return untouched(run, resource, outcome(run, error));
}

/** The report on a resource of which nothing was read. */
function untouched(
  { warehouse, account }: Run,
  resource: string,
  ended: Pick<ResourceReport, "status" | "error">,
): ResourceReport {
  const never = {
    milliseconds: 0,
    announced_pages: null,
    walk_started_at: null,
    fresh_as_of: null,
    read_to_end: 0,
    reconciled: 0,
  } as const;
  const missing = countOpenRejects(warehouse, account, resource);
  return { account, resource, ...ended, ...createCounts(), missing, ...never };
}

function isRoot({ extract }: Resource): boolean {
  return extract.parent === undefined;
}

function dependentsOf(root: Resource, resources: readonly Resource[]): Resource[] {
  return resources.filter(({ extract }) => extract.parent === root.name);
}

const without = (some: readonly Resource[], all: readonly Resource[]) =>
  all.filter((resource) => !some.includes(resource));

function inOrder(reports: readonly ResourceReport[], registry: readonly Resource[]): ResourceReport[] {
  return registry.flatMap(({ name }) => reports.filter(({ resource }) => resource === name));
}
