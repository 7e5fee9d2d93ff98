import type { Warehouse } from "../../database/open.ts";
import { readJson } from "../../json/read-json.ts";
import type { Resource } from "../../resources/resource.ts";
import { shapeOf } from "../../schema/table.ts";
import { instantOf, timestamp } from "../../schema/timestamp.ts";
import { readPastWalks } from "../../state/runs.ts";
import { hasAccountChangedSince } from "../../store/record-changes.ts";
import { openSuspectedDeletes } from "../../store/suspected-deletes.ts";
import type { Run } from "../run.ts";
import { day, dueAfter } from "./cadence.ts";
import { awaitedBy } from "./unmet-rejects.ts";

/** How much of its listing a walk reads. */
export type Scope =
  | { readonly kind: "all" }
  /** From the newest on, up to the first page of which everything is known. */
  | { readonly kind: "newest" }
  | SinceDay;

/** From this day on, and all of some histories. */
export interface SinceDay {
  readonly kind: "since";
  readonly day: string;
  /** Of whom all records are read (`tells.by`). */
  readonly histories: readonly string[];
}

/** All of the listing. */
export const everything: Scope = { kind: "all" };

/** What tells a walk over a part from one over all. */
export function inWords(scope: Scope): string[] {
  if (scope.kind === "all") return [];
  return scope.kind === "newest" ? ["newest"] : [`since ${scope.day}`];
}

// ChartMogul works activities out anew when history changes, and old ones only a whole walk sees go.
const daysBetweenWholeWalksByDate = 7;

/** In whose time zone ChartMogul begins the day that is asked for is not documented. */
export const dayAfter = (date: string) => new Date(Date.parse(date) + day).toISOString().slice(0, 10);

/** What is known of a walk before it begins. */
interface Prospect {
  /** A walk before it did not come to its end: what it has stored is known, and what comes behind it may not be. */
  readonly isUnfinished: boolean;
  /** Resources with one listing for each of its records are read with it. */
  readonly isFollowed: boolean;
}

/** How much a walk over a resource's own listing reads this time: what it may leave out, unless it was rejected before. */
export function scopeOf(run: Run, root: Resource, prospect: Prospect): Scope {
  return widened(run, root, usualScope(run, root, prospect));
}

function usualScope(run: Run, root: Resource, { isUnfinished, isFollowed }: Prospect): Scope {
  const { warehouse, account, rules, now } = run;
  const { lastReconciled, lastComplete } = readPastWalks(warehouse, account, root.name, now());
  // Deletes that were accepted are to be found, too.
  if (rules.full || rules.deletes.accepted) return everything;
  if (lastReconciled === undefined || lastComplete === undefined) return everything;
  // What a held walk has missed may lie before all that a part of the listing has.
  if (openSuspectedDeletes(warehouse, account, root.name, now).any()) return everything;
  const isWithin = (days: number) => instantOf(lastReconciled).getTime() > now().getTime() - dueAfter(days);
  const { lookbackDays, fullWalkDays } = rules.shortcuts;
  if (root.datedBy !== undefined && isWithin(daysBetweenWholeWalksByDate)) {
    if (hasAccountChangedSince(warehouse, account, lastReconciled)) return everything;
    const last = earlier(lastDate(warehouse, account, root, root.datedBy) ?? lastComplete, lastComplete);
    const first = timestamp(daysBefore(instantOf(last), lookbackDays)).slice(0, 10);
    return { kind: "since", day: first, histories: [] };
  }
  const mayBeCutShort = root.extract.newestFirst === true && !isFollowed && !isUnfinished;
  return mayBeCutShort && fullWalkDays > 1 && isWithin(fullWalkDays) ? { kind: "newest" } : everything;
}

/** The same scope, or a wider one that holds what earlier runs rejected. */
function widened(run: Run, root: Resource, scope: Scope): Scope {
  if (scope.kind === "all") return scope;
  const awaited = awaitedBy(run, root).unmet();
  // Who knows where it stood?
  if (awaited.some(({ hasKey }) => !hasKey)) return everything;
  if (scope.kind === "newest") return scope;
  let from = scope.day;
  for (const { json } of awaited) {
    const date = root.dateOf(readJson(json));
    if (date === undefined) return everything;
    from = earlier(from, timestamp(daysBefore(instantOf(date), 1)).slice(0, 10));
  }
  return { ...scope, day: from };
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
      `SELECT max("${column}") FROM "${shapeOf(table).name}" WHERE account = ?`,
    )
    .pluck()
    .get(account);
  return last ?? undefined;
}

const daysBefore = (instant: Date, days: number) => new Date(instant.getTime() - days * day);
const earlier = (one: string, other: string) => (one < other ? one : other);
