import type { Gap } from "../../changes/gaps.ts";
import { fillLines } from "./fill-lines.ts";

/** Says what may be missing from the changes of these resources, one entry for each cause. */
export function describeGaps(gaps: readonly Gap[], asked: readonly string[]): string[] {
  const groups = new Map<string, Gap[]>();
  for (const gap of gaps) {
    const cause = `${gap.resource === null} ${gap.reason} ${gap.reason === "kept_later" ? gap.at?.slice(0, 10) : gap.at}`;
    groups.set(cause, [...(groups.get(cause) ?? []), gap]);
  }
  return [...groups.values()]
    .map((group) => sentence(group, asked))
    .flatMap((text) => fillLines("", text.split(" "), "  "))
    .map((line) => `  ${line}`);
}

function sentence(group: readonly Gap[], asked: readonly string[]): string {
  const [{ resource, reason } = { resource: null, reason: "never_complete" }] = group;
  // Walks of one run begin in different seconds: the last beginning counts for all.
  const at = group
    .map((gap) => gap.at ?? "")
    .sort()
    .at(-1);
  const isAll = group.length === asked.length && asked.length > 1;
  const which = isAll ? "" : `${group.map((gap) => gap.resource).join(", ")}: `;
  const them = group.length === 1 ? "it" : "them";
  if (resource === null) {
    return reason === "running"
      ? `the sync that began at ${at} UTC has not ended`
      : `the sync of ${at} UTC was interrupted; the rest is as it was before`;
  }
  switch (reason) {
    case "never_complete":
      return isAll
        ? "this account had no complete sync yet: nothing counts as a change"
        : `${which}no complete sync yet: nothing counts as a change`;
    case "kept_later":
      return `${which}changes are kept since ${at} UTC`;
    case "not_allowed":
      return `${which}the API key may not read ${them}${upTo(at)}`;
    case "skipped":
      return `${which}skipped by the last sync${upTo(at)}`;
    case "delete_limit":
      return `${which}last sync exceeded the delete limit; changes up to ${at} UTC`;
    case "failed":
      return `${which}last sync failed; changes up to ${at} UTC`;
    default:
      return `${which}last sync was ${reason}; changes up to ${at} UTC`;
  }
}

const upTo = (at: string | undefined) => (at ? `; changes up to ${at} UTC` : "");
