import type { Resource } from "../../resources/resource.ts";
import { instantOf, timestamp } from "../../schema/timestamp.ts";
import { readPastWalks } from "../../state/runs.ts";
import { findRewrittenGroups, lacksReplacements, type RecordGroup } from "../../store/replacements.ts";
import { openTombstones, type Tombstones } from "../../store/tombstones.ts";
import { day } from "../plan/cadence.ts";
import { dayAfter, everything, type Scope, type SinceDay } from "../plan/read-mode.ts";
import { findMissing } from "../reconcile/deletes.ts";
import type { Run } from "../run.ts";
import type { Tally } from "../write/resource-walk.ts";
import { askEach } from "./ask-each.ts";

/** Days that are read besides those that a walk began with, both included. */
export interface Days {
  readonly since: string;
  readonly until: string;
}

/** What a walk over the records since some day must read besides. */
interface Remainder {
  /** How much it has read then. */
  readonly scope: Scope;
  /** Where it must not read all of the listing: these days of it. */
  readonly days: readonly Days[];
  /** Tells, once they were read, whether they had all that they should have had. */
  readonly isWhole: () => boolean;
}

// What ChartMogul gives at once.
const perPage = 200;
// What is found a little late, in another time zone even, is no sign of a history that was rewritten.
const daysOfDelay = 2;

/**
 * What a walk over the records since some day must read besides, because ChartMogul has rewritten histories: it works out all records
 * of a customer anew, also those from before that day. Undefined where nothing says so.
 *
 * All of the listing is read where more of a history are missing than have come for them (some may have been moved to an earlier day,
 * or its customer is gone), and where that takes no more requests than to read each of these histories by itself.
 */
export async function remainderOf(
  run: Run,
  root: Resource,
  { own, scope }: { readonly own: Tally; readonly scope: SinceDay },
): Promise<Remainder | undefined> {
  const { warehouse, account, now } = run;
  const { tells, datedBy } = root;
  if (!tells || datedBy === undefined) return undefined;
  const tombstones = openTombstones(warehouse, account, root, now);
  const wasListed = own.seen.lookup();
  const covered = coveredKeys(tombstones, root, scope);
  const { keys: missing } = await findMissing(covered, (key) => !wasListed(key));
  const { lastComplete, lastCompleteRun } = readPastWalks(warehouse, account, root.name, now());
  const group: RecordGroup = { by: tells.by, datedBy, from: dayAfter(scope.day), after: lastCompleteRun };
  if (lacksReplacements(warehouse, account, root, missing, group)) return all;

  const onTime = lastComplete === undefined ? scope.day : daysBefore(lastComplete, daysOfDelay);
  const rewritten = findRewrittenGroups(warehouse, account, root, missing, { ...group, until: onTime });
  const histories = [...new Set([...rewritten, ...run.refreshQueue(root.name).parents()])];
  if (histories.length === 0) return undefined;
  const pagesOfAll = Math.ceil(tombstones.count() / perPage);
  if (!root.datesOf || histories.length >= pagesOfAll) return all;
  const dates = await datesOf(run, root.datesOf, histories);
  if (!dates) return all;
  const days = daysAround([...dates.values()].flat().filter((date) => date < dayAfter(dayAfter(scope.day))));
  if (histories.length + days.length >= pagesOfAll) return all;
  return {
    scope: { ...scope, histories },
    days,
    isWhole() {
      const isMet = own.seen.lookup();
      return [...dates].every(([history, { length }]) => {
        const met = tombstones.liveKeysWith(tells.by, [history]).filter(isMet);
        return met.length >= length;
      });
    },
  };
}

const all: Remainder = { scope: everything, days: [], isWhole: () => true };

/** The keys of the live records that a walk of this scope covers. */
export function coveredKeys(
  tombstones: Tombstones,
  { datedBy, tells }: Resource,
  scope: Scope,
): Iterable<readonly string[]> {
  if (scope.kind !== "since" || datedBy === undefined) return tombstones.liveKeys();
  const recent = tombstones.liveKeysFrom(datedBy, dayAfter(scope.day));
  if (!tells || scope.histories.length === 0) return [recent];
  return [[...new Set([...recent, ...tombstones.liveKeysWith(tells.by, scope.histories)])]];
}

/** The dates of each history; undefined where ChartMogul does not have one of them. */
async function datesOf(
  { api }: Run,
  ask: NonNullable<Resource["datesOf"]>,
  histories: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]> | undefined> {
  const found = new Map<string, readonly string[]>();
  await askEach(histories, async (history) => {
    const dates = await ask(api, history);
    if (dates) found.set(history, dates);
  });
  return found.size === histories.length ? found : undefined;
}

/**
 * The days of these timestamps and those around them: in whose time zone ChartMogul begins a day, and whether the last one that is asked for
 * counts itself, is not documented.
 */
function daysAround(dates: readonly string[]): Days[] {
  const days: { since: string; until: string }[] = [];
  for (const date of dates.toSorted()) {
    const [since, until] = [daysBefore(date, 1).slice(0, 10), daysBefore(date, -2).slice(0, 10)];
    const last = days.at(-1);
    if (last && since <= last.until) last.until = until;
    else days.push({ since, until });
  }
  return days;
}

const daysBefore = (at: string, days: number) => timestamp(new Date(instantOf(at).getTime() - days * day));
