/** What a query may cost. */
export interface QueryLimits {
  readonly rows: number;
  readonly milliseconds: number;
  /** Of the result as JSON text. */
  readonly bytes: number;
  /** Bytes that the query may take, besides what its program takes anyhow. */
  readonly memory: number;
}

/** The rows that a query gave within its limits. */
export interface LimitedResult {
  readonly columns: readonly string[];
  /** For each row its values in the order of the columns. */
  readonly rows: readonly (readonly unknown[])[];
  /** Says that rows are missing, and why. */
  readonly note?: string;
}

/** What the program of a query is to do. */
export interface QueryTask {
  /** Path of the warehouse. */
  readonly path: string;
  readonly sql: string;
  readonly limits: QueryLimits;
}

/** What that program says in the end; the rows as JSON text, which holds numbers that a message between programs does not. */
export type QueryOutcome =
  | (Omit<LimitedResult, "rows"> & { readonly rows: string })
  | { readonly error: string; readonly hint: string | undefined }
  | "out of memory";
