import type { Resource } from "../resources/resource.ts";

/** A resource whose listing is walked, and the resources that depend on its records. */
export interface WalkGroup {
  readonly resource: Resource;
  /** Child resources that are synced now: each has one listing for each record of the resource. */
  readonly childResources: readonly Resource[];
  /** All its child resources, also those that are not synced now: their records are deleted with their parent. */
  readonly allChildResources: readonly Resource[];
  /** Resources whose records are owned by a customer, where the resource is the customers; otherwise none. */
  readonly ownedResources: readonly Resource[];
}
