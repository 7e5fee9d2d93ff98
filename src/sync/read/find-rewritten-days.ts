import type { Resource } from "../../resources/resource.ts";
import { formatTimestamp, parseTimestamp } from "../../schema/timestamp.ts";
import { readPastWalks } from "../../state/runs.ts";
import { findRewrittenGroups, lacksReplacements, type RecordGroup } from "../../store/replacements.ts";
import { openTombstones } from "../../store/tombstones.ts";
import { day } from "../plan/cadence.ts";
import { computeDayAfter, full, type IncrementalMode, type ReadMode } from "../plan/read-mode.ts";
import type { Run } from "../run.ts";
import { askEach } from "./ask-each.ts";
import { findMissingKeys, listCoveredKeys } from "./missing-keys.ts";
import type { Walk } from "./open-walk.ts";

/** Days of a listing, both included. */
export interface Days {
  readonly since: string;
  readonly until: string;
}

/** What an incremental walk must read as well. */
interface RewrittenDays {
  /** The walk's mode once they are read. */
  readonly mode: ReadMode;
  /** Empty where all of the listing must be read. */
  readonly days: readonly Days[];
  /** True where the days, once read, had everything that they should have had. */
  readonly isWhole: () => boolean;
}

// Records that ChartMogul gives at once.
const recordsOnAPage = 200;
// A record that is found a little late, or in another time zone, does not mean that a history was rewritten.
const daysOfDelay = 2;

const everything: RewrittenDays = { mode: full, days: [], isWhole: () => true };

/**
 * Finds the days that an incremental walk must read as well, because ChartMogul has rewritten histories. It then computes all
 * records of a customer again, also those from before the walk's first day. Undefined where no history was rewritten.
 *
 * All of the listing is read in two cases. First, where more records of a history are missing than have come instead: some may
 * have moved to an earlier day, or the customer is gone. Second, where it takes no more requests than reading each of these
 * histories.
 */
export async function findRewrittenDays(
  { run, resource, own }: Pick<Walk, "run" | "resource" | "own">,
  mode: IncrementalMode,
): Promise<RewrittenDays | undefined> {
  const { warehouse, account, now } = run;
  const { invalidates, dateColumn } = resource;
  if (!invalidates || dateColumn === undefined) return undefined;
  const tombstones = openTombstones(warehouse, account, resource, now);
  const wasListed = own.seen.lookup();
  const covered = listCoveredKeys(tombstones, resource, mode);
  const { keys: missing } = await findMissingKeys(covered, (key) => !wasListed(key));
  const { lastComplete, lastCompleteRun } = readPastWalks(warehouse, account, resource.name, now());
  const group: RecordGroup = {
    by: invalidates.by,
    dateColumn,
    from: computeDayAfter(mode.day),
    after: lastCompleteRun,
  };
  if (lacksReplacements(warehouse, account, resource, missing, group)) return everything;

  const onTime = lastComplete === undefined ? mode.day : daysBefore(lastComplete, daysOfDelay);
  const rewritten = findRewrittenGroups(warehouse, account, resource, missing, { ...group, until: onTime });
  const histories = [...new Set([...rewritten, ...run.refreshQueue(resource.name).parents()])];
  if (histories.length === 0) return undefined;
  const pagesOfAll = Math.ceil(tombstones.count() / recordsOnAPage);
  if (!resource.readHistoryDates || histories.length >= pagesOfAll) return everything;
  const dates = await readDates(run, resource.readHistoryDates, histories);
  if (!dates) return everything;
  const days = joinDaysAround(
    [...dates.values()].flat().filter((date) => date < computeDayAfter(computeDayAfter(mode.day))),
  );
  if (histories.length + days.length >= pagesOfAll) return everything;
  return {
    mode: { ...mode, histories },
    days,
    isWhole() {
      const isMet = own.seen.lookup();
      return [...dates].every(([history, { length }]) => {
        const met = tombstones.liveKeysWith(invalidates.by, [history]).filter(isMet);
        return met.length >= length;
      });
    },
  };
}

/** Reads the dates of each history; undefined where ChartMogul does not have one of them. */
async function readDates(
  { api }: Run,
  ask: NonNullable<Resource["readHistoryDates"]>,
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
 * The days of these timestamps and the days around them. It is not documented in which time zone ChartMogul begins a day, nor whether
 * the last requested day is included.
 */
export function joinDaysAround(dates: readonly string[]): Days[] {
  const days: { since: string; until: string }[] = [];
  for (const date of dates.toSorted()) {
    const [since, until] = [daysBefore(date, 1).slice(0, 10), daysBefore(date, -2).slice(0, 10)];
    const last = days.at(-1);
    if (last && since <= last.until) last.until = until;
    else days.push({ since, until });
  }
  return days;
}

const daysBefore = (at: string, days: number) =>
  formatTimestamp(new Date(parseTimestamp(at).getTime() - days * day));
