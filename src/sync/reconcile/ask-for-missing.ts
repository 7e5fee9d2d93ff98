import type { Detail } from "../../api/api-client.ts";
import { ApiError, IncompleteError } from "../../errors.ts";
import type { Resource } from "../../resources/resource.ts";
import { isTooLong } from "../../schema/key-length.ts";
import { askEach } from "../read/ask-each.ts";
import type { Run } from "../run.ts";

// One page of them: more cannot all have moved behind the cursor during one walk.
const mostMoved = 200;

/** What ChartMogul says about records that a listing did not have. */
export interface MissingRecords {
  readonly gone: readonly string[];
  /** Records that are still there. */
  readonly present: readonly { readonly key: string; readonly record: unknown }[];
  /** Keys about which it says neither: they stay as they are. */
  readonly unclear: readonly { readonly key: string; readonly error: ApiError }[];
}

/** What ChartMogul says about one record. */
type FoundRecord =
  | { readonly is: "gone" }
  | { readonly is: "present"; readonly record: unknown }
  | { readonly is: "unclear"; readonly error: ApiError };

const gone: FoundRecord = { is: "gone" };

/**
 * Requests each record by its key, where the API has such a request: a record may move behind the cursor while the listing is read.
 * `wasListed` are those that the listing had. Throws an IncompleteError where the listing left out more than moves explain.
 */
export async function askForMissing(
  run: Run,
  resource: Resource,
  keys: readonly string[],
  wasListed: (key: string) => boolean,
): Promise<MissingRecords> {
  const { detail } = resource;
  if (!detail) return { gone: keys, present: [], unclear: [] };
  const found = new Map<string, FoundRecord>();
  let moved = 0;
  await askEach(keys, async (key) => {
    // One truncated listing is enough to know.
    if (moved > mostMoved) return;
    const finding = await askForOne(run, resource, detail, key);
    found.set(key, finding);
    if (finding.is === "present" && !wasListed(key)) moved += 1;
  });
  if (moved > mostMoved) throw leftOutTooMuch(resource);
  const all = [...found];
  return {
    gone: all.flatMap(([key, { is }]) => (is === "gone" ? [key] : [])),
    present: all.flatMap(([key, each]) => (each.is === "present" ? [{ key, record: each.record }] : [])),
    unclear: all.flatMap(([key, each]) => (each.is === "unclear" ? [{ key, error: each.error }] : [])),
  };
}

async function askForOne(run: Run, resource: Resource, detail: Detail, key: string): Promise<FoundRecord> {
  // Such a key is not stored any more; an older version stored it.
  if (isTooLong(key)) return gone;
  let record: unknown;
  try {
    record = await detail(run.api.patient, key);
  } catch (error) {
    if (!(error instanceof ApiError && (error.status === 402 || error.status === 403))) throw error;
    return { is: "unclear", error };
  }
  if (record === undefined) return gone;
  const found = resource.keyOf(record, undefined);
  if (found === undefined)
    return { is: "unclear", error: new ApiError("ChartMogul answered with something that has no key") };
  // Another record in its place is the one that it was merged into.
  return found === key ? { is: "present", record } : gone;
}

function leftOutTooMuch({ name }: Resource): IncompleteError {
  return new IncompleteError(
    "truncated",
    `the listing of ${name} left out more than ${mostMoved} records that ChartMogul still has; none was marked as deleted`,
    "Sync again; report it if it stays.",
  );
}
