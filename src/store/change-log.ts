import type { Warehouse } from "../database/open.ts";
import type { Value } from "../schema/columns.ts";

/** A value of a record that has changed. */
export interface Difference {
  /** The column, or `table.key.column` for one of a child. */
  readonly field: string;
  readonly before: Value;
  readonly after: Value;
  /** True where the value only repeats what other records or tables have. */
  readonly volatile: boolean;
}

/** Logs the changes of one resource's records. Called within the transaction that stores the records. */
export interface ChangeLog {
  /** `values` are the record's own and its children's, each as a difference from NULL. */
  inserted(key: string, values: () => readonly Difference[]): void;
  updated(key: string, differences: readonly Difference[]): void;
  deleted(key: string): void;
  restored(key: string): void;
}

/** The walk whose changes are logged. */
export interface ChangeLogContext {
  readonly account: string;
  readonly resource: string;
  readonly run: number;
  readonly now: () => Date;
  /** True to keep volatile values too. */
  readonly everyField: boolean;
}

/** Opens a change log at the beginning of a walk. */
export type OpenChangeLog = (warehouse: Warehouse, circumstances: ChangeLogContext) => ChangeLog;
