import type { Resource } from "../../resources/resource.ts";
import { type Checkpoint, openCheckpoint } from "../../state/checkpoints.ts";
import { type Invalidate, prepareInvalidate } from "../plan/invalidate.ts";
import type { WalkPlan } from "../plan/plan-walk.ts";
import { canResume } from "../plan/resume.ts";
import type { Run } from "../run.ts";
import type { WalkGroup } from "../walk-group.ts";
import { beginResourceWalk, type ResourceWalk } from "../write/resource-walk.ts";
import { prepareRestore } from "../write/restore.ts";
import { type ChildWalk, openChildWalk } from "./child-walk.ts";

/** A walk of a resource and its child resources: what its steps share. */
export interface Walk {
  readonly run: Run;
  readonly resource: Resource;
  readonly group: WalkGroup;
  readonly plan: WalkPlan;
  /** The walk of the resource itself. */
  readonly own: ResourceWalk;
  readonly children: readonly ChildWalk[];
  readonly checkpoint: Checkpoint;
  readonly invalidate: Invalidate;
}

/** Opens what a planned walk needs: nothing is read or written yet. */
export function openWalk(run: Run, group: WalkGroup, plan: WalkPlan): Walk {
  const { resource } = group;
  const own = beginResourceWalk(run, resource, prepareRestore(run, group));
  const children = plan.childPlans.map((child) => openChildWalk(run, child));
  const checkpoint = openCheckpoint(
    run.warehouse,
    run.account,
    {
      resource: resource.name,
      fingerprint: plan.fingerprint,
      run: run.id,
      isResumable: (times) => canResume(run, resource, times),
      seen: [own.seen, ...children.flatMap((child) => [child.own.seen, child.parentsRead])],
    },
    run.now,
  );
  return { run, resource, group, plan, own, children, checkpoint, invalidate: prepareInvalidate(run, group) };
}
