import type { ResourceResult } from "../state/runs.ts";

/** What a sync did with one resource of one account; times in milliseconds. */
export interface ResourceReport extends ResourceResult {
  readonly account: string;
}

/** How far the walk of one resource has come; times in milliseconds. */
export interface Progress extends Counts {
  readonly account: string;
  readonly resource: string;
  readonly milliseconds: number;
}

/** Counts of a walk, in progress or ended. Each record read is inserted, updated, unchanged, restored or rejected. */
export interface Counts {
  pages: number;
  fetched: number;
  inserted: number;
  updated: number;
  unchanged: number;
  restored: number;
  rejected: number;
  deleted: number;
}

/** Creates the counts of a walk that has read nothing yet. */
export function createCounts(): Counts {
  return {
    pages: 0,
    fetched: 0,
    inserted: 0,
    updated: 0,
    unchanged: 0,
    restored: 0,
    rejected: 0,
    deleted: 0,
  };
}
