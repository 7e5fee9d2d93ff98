/** What the operator decides about a sync. */
export interface Rules {
  /** A walk that began longer ago than this is not resumed, nor one that a deadline cut off longer ago. */
  readonly resumableHours: number;
  /** True for a sync that reads everything, whatever the others leave out. */
  readonly full: boolean;
  /** How much a sync may leave out of what has been read before. */
  readonly shortcuts: {
    /** Where listings of single records may be left out, each is read at the latest every so many days; up to 1: by every sync. */
    readonly listingMaxAgeDays: number;
    /** Listings that can be asked for by date are read from so many days before the last date seen. */
    readonly lookbackDays: number;
    /** Listings that begin with the newest are read to their end at the latest every so many days; up to 1: by every sync. */
    readonly fullWalkDays: number;
  };
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
  full: false,
  shortcuts: { listingMaxAgeDays: 1, lookbackDays: 35, fullWalkDays: 1 },
  deletes: { percent: 10, records: 20, accepted: false },
  changes: { days: 400, everyField: false },
};
