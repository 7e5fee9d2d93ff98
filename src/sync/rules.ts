/** What the operator decides about a sync. */
export interface Rules {
  /** A walk that began, or that a deadline cut off, more than this many hours ago is not resumed; 0: none is. */
  readonly resumableHours: number;
  /** True for a sync that reads everything and resumes nothing. */
  readonly full: boolean;
  /** How much a sync may leave out of what earlier syncs have read. In days; up to 1: nothing. */
  readonly shortcuts: {
    /** Child listings that may be left out are each read at least once in this many days. */
    readonly listingMaxAgeDays: number;
    /** Listings that can be read from a day on are read from this many days before the last date seen. */
    readonly lookbackDays: number;
    /** Listings that begin with the newest record are read to their end at least once in this many days. */
    readonly fullWalkDays: number;
  };
  /** The delete limit: nothing is marked where more than `percent` and more than `records` live records are missing, unless accepted. */
  readonly deletes: { readonly percent: number; readonly records: number; readonly accepted: boolean };
  readonly changes: {
    /** How long recorded changes are kept. */
    readonly days: number;
    /** True where changes of volatile fields are recorded, too. */
    readonly everyField: boolean;
  };
}

/** The rules of a sync for which the operator sets none. */
export const defaultRules: Rules = {
  resumableHours: 24,
  full: false,
  shortcuts: { listingMaxAgeDays: 1, lookbackDays: 35, fullWalkDays: 1 },
  deletes: { percent: 10, records: 20, accepted: false },
  changes: { days: 400, everyField: false },
};
