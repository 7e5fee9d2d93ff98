/** The limits of a query. */
export interface QueryLimits {
  readonly rows: number;
  readonly milliseconds: number;
  /** Bytes of the result as JSON text. */
  readonly bytes: number;
  /** Bytes of memory that the query may use, besides those of its process without a query. */
  readonly memory: number;
}

/** The rows that a query gave within its limits. */
export interface LimitedResult {
  readonly columns: readonly string[];
  /** Each row has its values in the order of the columns. */
  readonly rows: readonly (readonly unknown[])[];
  /** Says that rows are missing, and why. */
  readonly note?: string;
}

/** The task of a query's process. */
export interface QueryTask {
  /** Path of the warehouse. */
  readonly path: string;
  readonly sql: string;
  readonly limits: QueryLimits;
}

/**
 * The final message of a query's process. Its rows are JSON text, which holds numbers that a message between processes does not.
 */
export type QueryOutcome =
  | (Omit<LimitedResult, "rows"> & { readonly rows: string })
  | { readonly error: string; readonly hint: string | undefined }
  | "out of memory";
