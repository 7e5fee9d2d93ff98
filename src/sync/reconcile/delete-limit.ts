import { IncompleteError } from "../../errors.ts";
import type { Resource } from "../../resources/resource.ts";
import { countListedAgain } from "../../store/replacements.ts";
import type { MissingKeys } from "../read/missing-keys.ts";
import type { Rules } from "../rules.ts";
import type { Run } from "../run.ts";

// Some may have been deleted as well.
const mostOfThem = 0.9;

/**
 * True where more live records are missing than the delete limit allows: more than `percent` of them, and more than `records`. Then
 * ChartMogul or the key are more likely at fault than the records gone. `replaced` gives how many of them others have come for.
 */
export function exceedsDeleteLimit(
  { live, missing }: { readonly live: number; readonly missing: number },
  { percent, records, accepted }: Rules["deletes"],
  replaced: () => number = () => 0,
): boolean {
  const isTooMany = (count: number) => count > records && count * 100 > live * percent;
  return !accepted && isTooMany(missing) && isTooMany(missing - replaced());
}

/** The error for missing records that exceed the delete limit; undefined where they do not. */
export function findDeleteLimit(
  run: Run,
  resource: Resource,
  { live, keys }: MissingKeys,
  replaced?: () => number,
): IncompleteError | undefined {
  if (!exceedsDeleteLimit({ live, missing: keys.length }, run.rules.deletes, replaced)) return undefined;
  const { name } = resource;
  const found = `${keys.length} of ${live} live records of ${name} were not found, more than ${run.rules.deletes.percent} %`;
  const meanwhile = "Until then the summary tables leave them out.";
  const command = `sync --accept-deletes --account ${run.account}`;
  const listedAgain = countListedAgain(run.warehouse, run.account, resource, keys);
  if (listedAgain < keys.length * mostOfThem) {
    const hint = `Check whether they are still in ChartMogul. If they are really gone, run \`${command} --only ${name}\`. ${meanwhile}`;
    return new IncompleteError("delete_limit", `${found}; none was marked as deleted`, hint);
  }
  const all = listedAgain === keys.length ? "all" : listedAgain;
  return new IncompleteError(
    "delete_limit",
    `${found}, but other records have the external ids of ${all} of them, as after a data source was imported again; none was marked as deleted`,
    `If it was imported again, run \`${command}\`. ${meanwhile}`,
  );
}
