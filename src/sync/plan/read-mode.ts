import type { Warehouse } from "../../database/open.ts";
import { readJson } from "../../json/read-json.ts";
import type { Resource } from "../../resources/resource.ts";
import { getShape } from "../../schema/table.ts";
import { formatTimestamp, parseTimestamp } from "../../schema/timestamp.ts";
import { isWalkUnfinished } from "../../state/checkpoints.ts";
import { readPastWalks } from "../../state/runs.ts";
import { hasAccountChangedSince } from "../../store/record-changes.ts";
import { openSuspectedDeletes } from "../../store/suspected-deletes.ts";
import type { Rules } from "../rules.ts";
import type { Run } from "../run.ts";
import type { WalkGroup } from "../walk-group.ts";
import { day, isFresh } from "./cadence.ts";
import { findUnmetRejects } from "./unmet-rejects.ts";

/** How much of its listing a walk reads. */
export type ReadMode =
  | { readonly kind: "full" }
  /** From the newest record to the first page on which everything is known. */
  | { readonly kind: "newest_first" }
  | IncrementalMode;

/** Everything from this day on, and all records of some histories. */
export interface IncrementalMode {
  readonly kind: "incremental";
  /** `YYYY-MM-DD`. */
  readonly day: string;
  /** The values of the resource's `invalidates.by` whose records are all read. */
  readonly histories: readonly string[];
}

/** All of the listing. */
export const full: ReadMode = { kind: "full" };

/** Tells a walk in this mode from one in another. */
export function describeMode(mode: ReadMode): string {
  return mode.kind === "incremental" ? `${mode.kind}:${mode.day}` : mode.kind;
}

// ChartMogul computes activities again when history changes, and only a full walk notices that old ones are gone.
const daysBetweenFullWalksByDate = 7;

/** The first whole day after a date: it is not documented in which time zone ChartMogul begins a day. */
export const computeDayAfter = (date: string) => new Date(Date.parse(date) + day).toISOString().slice(0, 10);

/** What decides the read mode of a walk. Instants are timestamps. */
export interface ReadModeFacts {
  readonly rules: Pick<Rules, "full" | "deletes" | "shortcuts">;
  readonly now: Date;
  readonly lastReconciled: string | undefined;
  readonly lastComplete: string | undefined;
  /** Earlier walks missed records that were not marked, since they exceeded the delete limit. */
  readonly hasSuspectedDeletes: boolean;
  /** The account itself, such as its currency, has changed since the last reconciled walk. */
  readonly hasAccountChanged: boolean;
  /** An earlier walk did not come to its end. */
  readonly isUnfinished: boolean;
  readonly hasChildResources: boolean;
  readonly isNewestFirst: boolean;
  /** Undefined where the listing cannot be read from a day on. */
  readonly dated: { readonly lastDate: string | undefined } | undefined;
  /** Records that were rejected before and not met since, each with its date where it has one. */
  readonly unmetRejects: readonly { readonly hasKey: boolean; readonly date: string | undefined }[];
}

/** Chooses how much of its own listing a resource's walk reads in this run. */
export function chooseReadMode(run: Run, { resource, childResources }: WalkGroup): ReadMode {
  const { warehouse, account, rules, now } = run;
  const { lastReconciled, lastComplete } = readPastWalks(warehouse, account, resource.name, now());
  const { dateColumn } = resource;
  return decideReadMode({
    rules,
    now: now(),
    lastReconciled,
    lastComplete,
    hasSuspectedDeletes: openSuspectedDeletes(warehouse, account, resource.name, now).any(),
    hasAccountChanged:
      lastReconciled !== undefined && hasAccountChangedSince(warehouse, account, lastReconciled),
    isUnfinished: isWalkUnfinished(warehouse, account, resource.name),
    hasChildResources: childResources.length > 0,
    isNewestFirst: resource.listing.newestFirst === true,
    dated:
      dateColumn === undefined ? undefined : { lastDate: lastDate(warehouse, account, resource, dateColumn) },
    unmetRejects: findUnmetRejects(run, resource).map(({ hasKey, json }) => ({
      hasKey,
      date: dateColumn === undefined ? undefined : resource.dateOf(readJson(json)),
    })),
  });
}

/** Gives the read mode that these facts allow. */
export function decideReadMode(facts: ReadModeFacts): ReadMode {
  const { rules, now, lastReconciled, lastComplete, unmetRejects, dated } = facts;
  // Whoever accepts deletes wants all of them to be found.
  if (rules.full || rules.deletes.accepted) return full;
  if (lastReconciled === undefined || lastComplete === undefined) return full;
  // What an earlier walk missed may be before all that a part of the listing has.
  if (facts.hasSuspectedDeletes) return full;
  // Nobody knows where it was in the listing.
  if (unmetRejects.some(({ hasKey }) => !hasKey)) return full;
  const isWithin = (days: number) => isFresh(parseTimestamp(lastReconciled), now, days);
  if (dated && isWithin(daysBetweenFullWalksByDate)) {
    if (facts.hasAccountChanged) return full;
    const last = earlier(dated.lastDate ?? lastComplete, lastComplete);
    return holdRejects(firstDay(last, rules.shortcuts.lookbackDays), unmetRejects);
  }
  const { fullWalkDays } = rules.shortcuts;
  const mayEndEarly = facts.isNewestFirst && !facts.hasChildResources && !facts.isUnfinished;
  return mayEndEarly && fullWalkDays > 1 && isWithin(fullWalkDays) ? { kind: "newest_first" } : full;
}

/** The mode that begins early enough for what earlier runs rejected. */
function holdRejects(from: string, rejects: ReadModeFacts["unmetRejects"]): ReadMode {
  let first = from;
  for (const { date } of rejects) {
    if (date === undefined) return full;
    first = earlier(first, firstDay(date, 1));
  }
  return { kind: "incremental", day: first, histories: [] };
}

/** The last date of a resource's records, deleted ones included, as a timestamp. */
function lastDate(
  { sqlite }: Warehouse,
  account: string,
  { table }: Resource,
  column: string,
): string | undefined {
  const last = sqlite
    .prepare<[string], string | null>(
      `SELECT max("${column}") FROM "${getShape(table).name}" WHERE account = ?`,
    )
    .pluck()
    .get(account);
  return last ?? undefined;
}

const firstDay = (last: string, days: number) =>
  formatTimestamp(new Date(parseTimestamp(last).getTime() - days * day)).slice(0, 10);
const earlier = (one: string, other: string) => (one < other ? one : other);
