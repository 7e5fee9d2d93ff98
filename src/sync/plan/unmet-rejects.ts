import type { Resource } from "../../resources/resource.ts";
import { openRejects, type Reject } from "../../store/rejects.ts";
import type { Run } from "../run.ts";

/**
 * The records of a resource that earlier runs rejected and that this run has not met so far. Nothing of them is stored, so a sync
 * that leaves out what it knows must not leave out these. They are requested by their keys, or the listing is read until they are
 * met.
 */
export function findUnmetRejects(
  { warehouse, account, id, now }: Run,
  { name }: Resource,
): readonly Reject[] {
  return openRejects(warehouse, account, name, { run: id, now }).openSince(id);
}

// One page of them: the listing takes fewer requests for more.
const mostRequested = 200;

/** True where only the listing can give some of these rejected records. */
export function needsListing(
  { detail }: Pick<Resource, "detail">,
  rejects: readonly Pick<Reject, "hasKey">[],
): boolean {
  const areRequested = detail !== undefined && rejects.length <= mostRequested;
  return rejects.some(({ hasKey }) => !hasKey || !areRequested);
}
