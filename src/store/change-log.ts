import type { Warehouse } from "../database/open.ts";
import type { Value } from "../schema/columns.ts";

/** One value of a record that is not what it was. */
export interface Difference {
  /** The column, or `table.key.column` for one of a child. */
  readonly field: string;
  readonly before: Value;
  readonly after: Value;
  /** True where the value only repeats what other records or tables tell. */
  readonly volatile: boolean;
}

/** Keeps what happens to the records of one resource; called within the transaction that stores them. */
export interface ChangeLog {
  /** `values` are the record's own and its children's, each as a difference from NULL. */
  inserted(key: string, values: () => readonly Difference[]): void;
  updated(key: string, differences: readonly Difference[]): void;
  deleted(key: string): void;
  restored(key: string): void;
}

/** The walk whose findings a history keeps. */
export interface ChangeLogContext {
  readonly account: string;
  readonly resource: string;
  readonly run: number;
  readonly now: () => Date;
  /** True to keep volatile values too. */
  readonly everyField: boolean;
}

/** Starts a history at the beginning of a walk. */
export type OpenChangeLog = (warehouse: Warehouse, circumstances: ChangeLogContext) => ChangeLog;
