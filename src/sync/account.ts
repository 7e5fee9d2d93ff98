import type { Resource } from "../resource.ts";
import { finishRun, recordResource, startRun } from "../warehouse/runs.ts";
import { connectSource } from "../warehouse/sources.ts";
import type { ResourceReport } from "./report.ts";
import { noCounts } from "./report.ts";
import type { Run } from "./run.ts";
import { outcome } from "./tally.ts";
import { walk } from "./walk.ts";

/**
 * Syncs these resources of one account side by side and records the run. What goes wrong is in the report; rejects only where
 * the warehouse itself can no longer be written.
 */
export async function syncAccount(
  context: Omit<Run, "id">,
  resources: readonly Resource[],
  trigger: string,
): Promise<ResourceReport[]> {
  const { warehouse, account, now } = context;
  const run: Run = { ...context, id: startRun(warehouse, account, trigger, now()) };
  let reports: ResourceReport[];
  let failure: unknown;
  try {
    connectSource(warehouse, account, await run.source.profile(), now());
    const roots = resources.filter(isRoot);
    // Should one reject, the others must have ended all the same before the warehouse is closed.
    const walks = await Promise.allSettled(
      roots.map((root) => walk(run, root, dependentsOf(root, resources))),
    );
    reports = walks.flatMap((ended, index) => {
      if (ended.status === "fulfilled") return ended.value.map((result) => ({ account, ...result }));
      const root = roots[index];
      const members = root ? [root, ...dependentsOf(root, resources)] : [];
      return members.map(({ name }) => unread(run, name, ended.reason));
    });
  } catch (error) {
    failure = error;
    reports = resources.map(({ name }) => unread(run, name, error));
  }
  for (const { account: _, ...result } of reports) recordResource(warehouse, account, run.id, result);
  const failed = reports.some(({ status }) => status === "failed");
  const { status, error } = outcome(run, failure);
  finishRun(warehouse, account, run.id, {
    status: status === "complete" && failed ? "failed" : status,
    error,
    now: now(),
  });
  return inOrder(reports, resources);
}

/** The report on a resource that could not even be begun. */
function unread(run: Run, resource: string, error: unknown): ResourceReport {
  return { account: run.account, resource, ...outcome(run, error), ...noCounts(), milliseconds: 0 };
}

function isRoot({ extract }: Resource): boolean {
  return extract.parent === undefined;
}

function dependentsOf(root: Resource, resources: readonly Resource[]): Resource[] {
  return resources.filter(({ extract }) => extract.parent === root.name);
}

function inOrder(reports: readonly ResourceReport[], resources: readonly Resource[]): ResourceReport[] {
  return resources.flatMap(({ name }) => reports.filter(({ resource }) => resource === name));
}
