import type { Resource } from "../resource.ts";
import type { Warehouse } from "../warehouse/open.ts";
import { pastWalks } from "../warehouse/runs.ts";
import { shapeOf } from "../warehouse/table.ts";
import { timestamp } from "../warehouse/timestamp.ts";
import type { Run } from "./run.ts";

/** How much of its listing a walk reads. */
export type Scope =
  | { readonly kind: "all" }
  /** From the newest on, up to the first page of which everything is known. */
  | { readonly kind: "newest" }
  /** From this day on. */
  | { readonly kind: "since"; readonly day: string };

const everything: Scope = { kind: "all" };

/** What tells a walk over a part from one over all. */
export function inWords(scope: Scope): string[] {
  if (scope.kind === "all") return [];
  return scope.kind === "newest" ? ["newest"] : [`since ${scope.day}`];
}

const day = 86_400_000;
// A nightly sync begins some minutes earlier or later: on which night something is due must not hang on them.
const almost = 0.99;

// ChartMogul works activities out anew when history changes, and old ones only a whole walk sees go.
const daysBetweenWholeWalksByDate = 7;

/**
 * How much a walk over a resource's own listing reads this time. `isUnfinished` says that a walk before it was stopped: what it has
 * stored is known, and what comes behind it may not be.
 */
export function scopeOf(run: Run, root: Resource, isUnfinished: boolean): Scope {
  const { warehouse, account, rules, now } = run;
  const { lastWhole, lastComplete } = pastWalks(warehouse, account, root.name);
  if (rules.full || lastWhole === undefined || lastComplete === undefined) return everything;
  const isWithin = (days: number) => lastWhole > timestamp(daysBefore(now(), days * almost));
  const { lookbackDays, fullWalkDays } = rules.shortcuts;
  if (root.datedBy !== undefined && isWithin(daysBetweenWholeWalksByDate)) {
    const last = earlier(lastDate(warehouse, account, root, root.datedBy) ?? lastComplete, lastComplete);
    return { kind: "since", day: timestamp(daysBefore(instantOf(last), lookbackDays)).slice(0, 10) };
  }
  if (root.extract.newestFirst && fullWalkDays > 1 && !isUnfinished && isWithin(fullWalkDays)) {
    return { kind: "newest" };
  }
  return everything;
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
const instantOf = (of: string) => new Date(`${of.replace(" ", "T")}Z`);
const earlier = (one: string, other: string) => (one < other ? one : other);
