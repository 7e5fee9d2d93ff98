/** What the operator decides about a sync. */
export interface Rules {
  /** A walk that began longer ago than this is not resumed. */
  readonly resumableHours: number;
  /** A walk that misses more of the live records than `percent` and more of them than `records` is held, unless that was accepted. */
  readonly deletes: { readonly percent: number; readonly records: number; readonly accepted: boolean };
  readonly changes: {
    /** How long changes are kept. */
    readonly days: number;
    /** True for fields too that only repeat a metric or a time. */
    readonly everyField: boolean;
  };
}

/** The rules where the operator sets none. */
export const defaultRules: Rules = {
  resumableHours: 24,
  deletes: { percent: 10, records: 20, accepted: false },
  changes: { days: 400, everyField: false },
};
